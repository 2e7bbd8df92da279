package io.sluice.node.mqtt;

import io.sluice.node.secret.PasswordHash;
import io.sluice.node.secret.Secret;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds out who a client is. Passwords are compared on virtual threads, a bounded number at a time; an unknown user
/// takes as long as a known one.
final class Credentials implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Credentials.class);

    /// What a client may be told.
    sealed interface Verdict {
        /// @param rights what the user may do
        record Known(String username, MqttSettings.Rights rights) implements Verdict {}

        record Refused(Reason reason, String why) implements Verdict {}
    }

    private final MqttSettings.Access access;
    private final Decoys decoys;
    private final Semaphore checks;
    private final BiPredicate<Secret, Secret> hashing;
    private final AtomicInteger waiting = new AtomicInteger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    Credentials(MqttSettings.Access access) {
        this(access, PasswordHash::matches);
    }

    /// @param hashing whether a password and a hash belong together
    Credentials(MqttSettings.Access access, BiPredicate<Secret, Secret> hashing) {
        this.access = access;
        this.hashing = hashing;
        this.checks = new Semaphore(access.checks(), true);
        this.decoys = new Decoys(access.users());
    }

    /// Tells the verdict once, at once or from another thread.
    ///
    /// @param certificateName common name of the client's certificate, empty if there is none
    /// @param loopback        the client and the listener are on this machine only
    /// @param wanted          false once nobody waits for the verdict: then no password is checked any more
    void identify(
            Optional<String> username,
            Secret password,
            String certificateName,
            boolean loopback,
            AtomicBoolean wanted,
            Consumer<Verdict> told) {
        var byCertificate = byCertificate(username, certificateName);
        if (byCertificate.isPresent() && password.isEmpty()) {
            told.accept(byCertificate.get());
        } else if (username.isPresent()) {
            checkPassword(username.get(), password, wanted, told);
        } else if (loopback && access.anonymous() == MqttSettings.Anonymous.LOOPBACK) {
            told.accept(new Verdict.Known("", access.anonymousRights()));
        } else {
            told.accept(new Verdict.Refused(
                    Reason.NOT_AUTHORIZED,
                    access.anonymous() == MqttSettings.Anonymous.NEVER
                            ? "expected a user name or a known certificate, was neither"
                            : "expected a user name or a known certificate beyond loopback, was neither"));
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private Optional<Verdict> byCertificate(Optional<String> username, String certificateName) {
        if (certificateName.isEmpty()) {
            return Optional.empty();
        }
        for (Map.Entry<String, MqttSettings.User> user : access.users().entrySet()) {
            if (user.getValue().certificateName().equals(certificateName)
                    && username.filter(name -> !name.equals(user.getKey())).isEmpty()) {
                return Optional.of(
                        new Verdict.Known(user.getKey(), user.getValue().rights()));
            }
        }
        return Optional.empty();
    }

    private void checkPassword(String username, Secret password, AtomicBoolean wanted, Consumer<Verdict> told) {
        if (waiting.incrementAndGet() > access.checksWaiting()) {
            waiting.decrementAndGet();
            told.accept(new Verdict.Refused(
                    Reason.SERVER_BUSY, "expected at most %d passwords to check".formatted(access.checksWaiting())));
            return;
        }
        threads.execute(() -> {
            Verdict verdict = new Verdict.Refused(Reason.UNSPECIFIED_ERROR, "the password could not be checked");
            try {
                verdict = inTurn(username, password, wanted);
            } catch (RuntimeException | StackOverflowError e) {
                log.warn("the password of user [{}] could not be checked", Shown.of(username), e);
            } finally {
                waiting.decrementAndGet();
                tell(told, verdict);
            }
        });
    }

    /// A check is not interrupted, so it may end after the listener and its event loops.
    private static void tell(Consumer<Verdict> told, Verdict verdict) {
        try {
            told.accept(verdict);
        } catch (RejectedExecutionException e) {
            log.debug("a password was checked when the listener had closed", e);
        }
    }

    private Verdict inTurn(String username, Secret password, AtomicBoolean wanted) {
        try {
            checks.acquire();
        } catch (InterruptedException _) {
            return new Verdict.Refused(Reason.SERVER_UNAVAILABLE, "the listener closes");
        }
        try {
            return wanted.get()
                    ? verdict(username, password)
                    : new Verdict.Refused(Reason.SERVER_BUSY, "the client does not wait any more");
        } finally {
            checks.release();
        }
    }

    private Verdict verdict(String username, Secret password) {
        var user = Optional.ofNullable(access.users().get(username));
        var hash = user.map(MqttSettings.User::passwordHash).filter(found -> !found.isEmpty());
        var matches = matches(password, hash.orElseGet(() -> decoys.of(username)));
        if (matches && hash.isPresent() && user.isPresent()) {
            return new Verdict.Known(username, user.get().rights());
        }
        return new Verdict.Refused(
                Reason.BAD_USER_NAME_OR_PASSWORD, "user [" + Shown.of(username) + "]: wrong password or unknown");
    }

    private boolean matches(Secret password, Secret hash) {
        try {
            return hashing.test(password, hash);
        } catch (RuntimeException e) {
            log.warn("a password hash cannot be used; expected a valid one in sluice.mqtt.users", e);
            return false;
        }
    }
}
