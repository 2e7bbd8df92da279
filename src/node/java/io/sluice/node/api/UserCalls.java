package io.sluice.node.api;

import io.sluice.node.access.Caller;
import io.sluice.node.access.Gate;
import io.sluice.node.access.Role;
import io.sluice.node.access.Scope;
import io.sluice.node.access.Token;
import io.sluice.node.access.User;
import io.sluice.node.catalog.Change;
import io.sluice.node.catalog.Entry;
import io.sluice.node.catalog.Key;
import io.sluice.node.catalog.Kind;
import io.sluice.node.http.Answer;
import io.sluice.node.http.Call;
import io.sluice.node.http.ErrorCode;
import io.sluice.node.http.Handler;
import io.sluice.node.http.Problem;
import io.sluice.node.secret.Secret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Users and tokens.
final class UserCalls {
    private static final int DAYS = 30;

    /// More than anybody has programs.
    private static final int TOKENS_OF_USER_MAX = 100;

    private record ShownUser(
            String name, String role, boolean locked, long version, String changedBy, Instant changedAt) {

        static ShownUser of(Entry entry) {
            var user = User.of(entry);
            return new ShownUser(
                    user.name(), user.role().toString(), user.locked(), entry.version(), entry.by(), entry.at());
        }
    }

    private record ShownToken(
            String name, String owner, List<String> scopes, String note, Instant createdAt, Instant expires) {

        static ShownToken of(Token token) {
            return new ShownToken(
                    token.name(),
                    token.owner(),
                    SessionCalls.words(token.scopes()),
                    token.note(),
                    token.createdAt(),
                    token.expires());
        }
    }

    private record MadeToken(String name, String secret, Instant expires, List<String> scopes) {}

    private final Gate gate;
    private final Catalogue catalogue;
    private final Clock clock;

    UserCalls(Gate gate, Catalogue catalogue, Clock clock) {
        this.gate = gate;
        this.catalogue = catalogue;
        this.clock = clock;
    }

    Map<String, Handler> handlers() {
        return Map.of(
                "listUsers", this::list,
                "createUser", this::create,
                "getUser", call -> shown(call.name("name")),
                "changeUser", this::change,
                "removeUser", this::remove,
                "listTokens", this::listTokens,
                "createToken", this::createToken,
                "revokeToken", this::revokeToken);
    }

    private Answer list(Call call) {
        var all = catalogue.state().entries().values().stream()
                .filter(entry -> entry.key().kind() == Kind.USER)
                .map(ShownUser::of)
                .toList();
        return Answer.ok(Map.of("items", all));
    }

    private Answer create(Call call) {
        var name = call.field("name");
        var user = User.of(name, Role.of(call.field("role")), gate.hash(Secret.of(call.field("password"))));
        catalogue.change(
                List.of(new Change.Put(User.key(name), user.definition(), new Change.Absent())),
                call.caller().name());
        var made = ShownUser.of(entry(User.key(name)));
        return Answer.created("/v1/users/" + name, made).tagged(made.version());
    }

    private Answer change(Call call) {
        var key = User.key(call.name("name"));
        var known = catalogue.state();
        var found = known.find(key).orElseThrow(() -> absent(key));
        Tags.checkMatch(call, key, found.version());
        var user = User.of(found);
        if (call.json().has("role")) {
            user = user.with(Role.of(call.field("role")));
        }
        if (call.json().has("password")) {
            user = user.with(gate.hash(Secret.of(call.field("password"))));
        }
        if (call.json().has("locked")) {
            user = user.locked(call.json().path("locked").asBoolean());
        }
        catalogue.change(
                List.of(new Change.Put(key, user.definition(), new Change.At(found.version()))),
                call.caller().name());
        return shown(key.name());
    }

    /// And the user's tokens with it.
    private Answer remove(Call call) {
        var key = User.key(call.name("name"));
        var changes = new ArrayList<Change>();
        Token.all(catalogue.state()).stream()
                .filter(token -> token.owner().equals(key.name()))
                .forEach(token -> changes.add(new Change.Remove(Token.key(token.name()), new Change.Anything())));
        changes.add(new Change.Remove(key, Tags.expected(call, catalogue.state(), key)));
        catalogue.change(changes, call.caller().name());
        return Answer.noContent();
    }

    private Answer listTokens(Call call) {
        var caller = call.caller();
        var all = Token.all(catalogue.state()).stream()
                .filter(token -> caller.may(Scope.ADMINISTER) || token.owner().equals(caller.name()))
                .map(ShownToken::of)
                .toList();
        return Answer.ok(Map.of("items", all));
    }

    private Answer createToken(Call call) {
        var caller = call.caller();
        if (caller.by() == Caller.Means.TOKEN) {
            throw Problem.of(ErrorCode.FORBIDDEN, "expected a session, was a token; a token cannot make tokens");
        }
        var scopes = scopes(call);
        if (!caller.scopes().containsAll(scopes)) {
            throw Problem.of(
                    ErrorCode.FORBIDDEN,
                    "scopes: expected some of %s, was %s"
                            .formatted(SessionCalls.words(caller.scopes()), SessionCalls.words(scopes)));
        }
        var now = clock.instant();
        checkNumber(caller.name(), now);
        var made = Token.make(
                caller.name(),
                scopes,
                call.field("note"),
                now,
                now.plus(Duration.ofDays(call.json().path("days").asInt(DAYS))));
        var token = made.token();
        catalogue.change(
                List.of(new Change.Put(Token.key(token.name()), token.definition(), new Change.Absent())),
                caller.name());
        return Answer.created(
                "/v1/tokens",
                new MadeToken(
                        token.name(), made.shown().reveal(), token.expires(), SessionCalls.words(token.scopes())));
    }

    private void checkNumber(String owner, Instant now) {
        var owned = Token.all(catalogue.state()).stream()
                .filter(token -> token.owner().equals(owner))
                .filter(token -> token.expires().isAfter(now))
                .count();
        if (owned >= TOKENS_OF_USER_MAX) {
            throw Problem.of(
                    ErrorCode.FULL,
                    "user [%s]: expected at most %d tokens, was one more; revoke some"
                            .formatted(owner, TOKENS_OF_USER_MAX));
        }
    }

    private static Set<Scope> scopes(Call call) {
        var scopes = EnumSet.noneOf(Scope.class);
        call.fields("scopes").forEach(word -> scopes.add(Scope.of(word)));
        return scopes;
    }

    /// Of another's token nobody but an admin is told that it is there.
    private Answer revokeToken(Call call) {
        var caller = call.caller();
        var token = Token.of(entry(Token.key(call.name("name"))));
        if (!token.owner().equals(caller.name()) && !caller.may(Scope.ADMINISTER)) {
            throw absent(Token.key(token.name()));
        }
        catalogue.change(List.of(new Change.Remove(Token.key(token.name()), new Change.Anything())), caller.name());
        return Answer.noContent();
    }

    private Answer shown(String name) {
        var user = ShownUser.of(entry(User.key(name)));
        return Answer.ok(user).tagged(user.version());
    }

    private Entry entry(Key key) {
        return catalogue.state().find(key).orElseThrow(() -> absent(key));
    }

    private static Problem absent(Key key) {
        return Problem.of(ErrorCode.ABSENT, "%s: expected one, was none".formatted(key));
    }
}
