package io.sluice.node.api;

import io.sluice.node.access.Caller;
import io.sluice.node.access.Gate;
import io.sluice.node.access.Scope;
import io.sluice.node.access.User;
import io.sluice.node.catalog.Change;
import io.sluice.node.http.Answer;
import io.sluice.node.http.Call;
import io.sluice.node.http.ErrorCode;
import io.sluice.node.http.Handler;
import io.sluice.node.http.Problem;
import io.sluice.node.secret.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Sessions: log in, who am I, another password, log out.
final class SessionCalls {
    private record Session(String user, String role, List<String> scopes, String csrf, Instant expires) {}

    private record Known(
            String name, String role, List<String> scopes, String by, Optional<String> csrf, Instant expires) {}

    private final Gate gate;
    private final Catalogue catalogue;
    private final boolean tls;

    SessionCalls(Gate gate, Catalogue catalogue, boolean tls) {
        this.gate = gate;
        this.catalogue = catalogue;
        this.tls = tls;
    }

    Map<String, Handler> handlers() {
        return Map.of(
                "login", this::login,
                "whoAmI", this::whoAmI,
                "logout", this::logout,
                "changePassword", this::changePassword);
    }

    private Answer login(Call call) {
        var opened = gate.login(call.field("user"), Secret.of(call.field("password")), call.address());
        var caller = opened.caller();
        var session = new Session(
                caller.name(), caller.role().toString(), words(caller.scopes()), opened.csrf(), caller.expires());
        return Answer.ok(session)
                .header(
                        "Set-Cookie",
                        cookie(
                                opened.cookie().reveal(),
                                Duration.between(Instant.now(), caller.expires())
                                        .toSeconds()));
    }

    private Answer whoAmI(Call call) {
        var caller = call.caller();
        return Answer.ok(new Known(
                caller.name(),
                caller.role().toString(),
                words(caller.scopes()),
                caller.by().name().toLowerCase(Locale.ROOT),
                caller.by() == Caller.Means.SESSION ? call.sessionCookie().map(gate::csrf) : Optional.empty(),
                caller.expires()));
    }

    private Answer logout(Call call) {
        gate.logout(call.caller());
        return Answer.noContent().header("Set-Cookie", cookie("", 0));
    }

    private Answer changePassword(Call call) {
        var caller = call.caller();
        if (caller.by() != Caller.Means.SESSION) {
            throw Problem.of(ErrorCode.FORBIDDEN, "expected a session, was a token; log in with the password");
        }
        var key = User.key(caller.name());
        var version = catalogue.state().find(key).map(entry -> entry.version()).orElse(0L);
        var changed =
                gate.changed(caller.name(), Secret.of(call.field("old")), Secret.of(call.field("new")), call.address());
        catalogue.change(List.of(new Change.Put(key, changed.definition(), new Change.At(version))), caller.name());
        return Answer.noContent().header("Set-Cookie", cookie("", 0));
    }

    private String cookie(String value, long seconds) {
        return "sluice-session=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%d%s"
                .formatted(value, seconds, tls ? "; Secure" : "");
    }

    static List<String> words(Set<Scope> scopes) {
        return scopes.stream().sorted().map(Scope::toString).toList();
    }
}
