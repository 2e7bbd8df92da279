package io.sluice.node.access;

import io.sluice.node.access.Denied.Reason;
import io.sluice.node.catalog.CatalogState;
import io.sluice.node.secret.Secret;
import io.sluice.node.store.StoredSessions;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets in, or does not. Blocks: call it from a virtual thread.
public final class Gate {
    private static final Logger log = LoggerFactory.getLogger(Gate.class);
    private static final String BEARER = "bearer ";

    /// What a request shows.
    ///
    /// @param authorization value of the header `Authorization`
    /// @param cookie        the session's cookie
    /// @param csrf          what a page has to know besides the cookie, which a browser sends along by itself
    /// @param changes       whether the request may change anything
    public record Shown(
            Optional<String> authorization, Optional<String> cookie, Optional<String> csrf, boolean changes) {}

    /// A new session.
    ///
    /// @param cookie for the browser alone
    /// @param csrf   for the page
    public record Opened(Caller caller, Secret cookie, String csrf) {}

    private final Supplier<CatalogState> catalog;
    private final AccessSettings settings;
    private final Clock clock;
    private final Sessions sessions;
    private final Passwords passwords;
    private final Lockout lockout;

    /// @param catalog as this node knows it
    public Gate(Supplier<CatalogState> catalog, StoredSessions sessions, AccessSettings settings, Clock clock) {
        this.catalog = catalog;
        this.settings = settings;
        this.clock = clock;
        this.sessions = new Sessions(sessions, clock);
        this.passwords = new Passwords(settings.checks());
        this.lockout = new Lockout(settings.attempts(), clock);
    }

    /// Who makes a request. A token is looked at before a session.
    ///
    /// @throws Denied if it is nobody who may
    public Caller identify(Shown shown) {
        if (shown.authorization().isPresent()) {
            return byToken(shown.authorization().get());
        }
        var cookie = shown.cookie()
                .orElseThrow(() -> new Denied(
                        Reason.NOBODY, "expected a token (Authorization: Bearer slc_…) or a session, was neither"));
        var caller = bySession(Digest.of(cookie));
        if (shown.changes() && !Digest.equal(shown.csrf().orElse(""), csrf(cookie))) {
            throw new Denied(
                    Reason.FORGED,
                    "expected header Sluice-Csrf with what the login gave, was %s"
                            .formatted(shown.csrf().isPresent() ? "something else" : "none"));
        }
        return caller;
    }

    /// What a page of this session has to show, as its login was told.
    public String csrf(String cookie) {
        return Digest.of("csrf " + cookie);
    }

    /// Opens a session. An unknown user takes as long as a wrong password.
    ///
    /// @param address where the request came from
    /// @throws Denied if user or password is wrong, or there were too many wrong ones
    public Opened login(String name, Secret password, String address) {
        var user = verified(name, password, address);
        var expires = clock.instant().plus(settings.sessionExpiry());
        var cookie = sessions.open(user, expires);
        log.info("user [{}] logged in from [{}]", name, address);
        return new Opened(caller(user, Digest.of(cookie.reveal()), expires), cookie, csrf(cookie.reveal()));
    }

    public void logout(Caller caller) {
        caller.session().ifPresent(sessions::close);
    }

    /// The same user with a new password, once the old one was shown.
    ///
    /// @throws Denied as a login
    public User changed(String name, Secret old, Secret password, String address) {
        return verified(name, old, address).with(hash(password));
    }

    /// @throws Denied if too many passwords are checked
    public Secret hash(Secret password) {
        return passwords.hash(password);
    }

    private User verified(String name, Secret password, String address) {
        checkOpen(name, address);
        var user = User.find(catalog.get(), name).filter(found -> !found.locked());
        var matches = user.map(found -> passwords.matches(password, found.hash(), () -> checkOpen(name, address)))
                .orElseGet(() -> passwords.matchesNobody(password, () -> checkOpen(name, address)));
        if (!matches || user.isEmpty()) {
            lockout.failed(name, address);
            log.warn("a login from [{}] was refused: wrong password, unknown or locked user", address);
            throw new Denied(Reason.WRONG_PASSWORD, "expected a user and its password, was something else");
        }
        lockout.succeeded(name, address);
        return user.get();
    }

    /// Asked before a password waits for its turn and again when it has it: many may come at once.
    private void checkOpen(String name, String address) {
        var shutFor = lockout.shutFor(name, address);
        if (!shutFor.isZero()) {
            throw new Denied(
                    Reason.LOCKED_OUT,
                    "too many wrong passwords; expected no further one for %d s".formatted(shutFor.toSeconds() + 1),
                    shutFor);
        }
    }

    private Caller byToken(String authorization) {
        var now = clock.instant();
        if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            throw new Denied(Reason.NOT_GOOD, "header Authorization: expected Bearer and a token, was something else");
        }
        var known = catalog.get();
        var token = Token.find(known, authorization.substring(BEARER.length()).trim())
                .orElseThrow(() -> notGood("expected a token of this cluster, was an unknown one"));
        if (!token.expires().isAfter(now)) {
            throw notGood("expected a token that is good, was one that expired at " + token.expires());
        }
        var owner = User.find(known, token.owner())
                .filter(user -> !user.locked())
                .orElseThrow(() -> notGood("expected a token whose owner may come in, was one of who may not"));
        return new Caller(
                owner.name(),
                owner.role(),
                both(token.scopes(), owner.role().scopes()),
                Caller.Means.TOKEN,
                token.expires(),
                Optional.empty());
    }

    private Caller bySession(String id) {
        var row = sessions.find(id).orElseThrow(() -> notGood("expected a session that is open, was one that is not"));
        var user = User.find(catalog.get(), row.user())
                .filter(found -> !found.locked())
                .filter(found -> Digest.equal(found.stamp(), row.stamp()))
                .orElseThrow(
                        () -> notGood("expected a session that is open, was one from before a change of the user"));
        return caller(user, id, row.expires());
    }

    private static Caller caller(User user, String session, Instant expires) {
        return new Caller(
                user.name(), user.role(), user.role().scopes(), Caller.Means.SESSION, expires, Optional.of(session));
    }

    private static Set<Scope> both(Set<Scope> some, Set<Scope> others) {
        var both = EnumSet.noneOf(Scope.class);
        some.stream().filter(others::contains).forEach(both::add);
        return both;
    }

    private static Denied notGood(String text) {
        return new Denied(Reason.NOT_GOOD, text);
    }
}
