package io.sluice.node.mqtt;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.node.secret.Secret;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;

/// Checking passwords, with a check of the test's own.
class CredentialsTest {
    private static final MqttSettings.Access ACCESS = Listening.settings(
                    """
            password-checks = 1
            users { anna.password-hash = "%s", ben.password-hash = "%s" }
            """.formatted(AccessTest.BCRYPT, AccessTest.ARGON2))
            .access();

    @Test
    void tellsWhoWaitsThatItsPasswordCouldNotBeChecked() throws Exception {
        var checking = new CompletableFuture<Thread>();
        BiPredicate<Secret, Secret> failing = (_, _) -> {
            checking.complete(Thread.currentThread());
            throw new StackOverflowError("on purpose");
        };
        var escaped = new ConcurrentLinkedQueue<Throwable>();
        var before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((_, error) -> escaped.add(error));
        try (var credentials = new Credentials(ACCESS, failing)) {
            assertThat(identify(credentials, "anna").get(20, SECONDS))
                    .isInstanceOfSatisfying(
                            Credentials.Verdict.Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Reason.UNSPECIFIED_ERROR));
            assertThat(checking.get(20, SECONDS).join(Duration.ofSeconds(20))).isTrue();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(escaped).isEmpty();
    }

    @Test
    void checksNoPasswordForAClientThatLeft() throws Exception {
        var checked = new ConcurrentLinkedQueue<String>();
        var firstMayEnd = new CountDownLatch(1);
        BiPredicate<Secret, Secret> slow = (_, hash) -> {
            checked.add(hash.reveal().equals(AccessTest.BCRYPT) ? "anna" : "ben");
            try {
                return firstMayEnd.await(20, SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        try (var credentials = new Credentials(ACCESS, slow)) {
            var first = identify(credentials, "anna");
            await().until(() -> checked.size() == 1);
            var benWaits = new AtomicBoolean(true);
            var gone = identify(credentials, "ben", benWaits);
            benWaits.set(false);
            firstMayEnd.countDown();

            assertThat(first.get(20, SECONDS)).isInstanceOf(Credentials.Verdict.Known.class);
            assertThat(gone.get(20, SECONDS)).isInstanceOf(Credentials.Verdict.Refused.class);
            assertThat(identify(credentials, "anna").get(20, SECONDS)).isInstanceOf(Credentials.Verdict.Known.class);
            assertThat(checked).containsExactly("anna", "anna");
        }
    }

    @Test
    void comparesAnUnknownNameWithTheSameHashEveryTimeAndNotAllNamesWithOne() throws Exception {
        var hashes = new HashSet<String>();
        for (int i = 0; i < 40; i++) {
            var first = comparedWith("nobody-" + i);
            var afterARestart = comparedWith("nobody-" + i);

            assertThat(afterARestart).isEqualTo(first);
            hashes.add(first);
        }
        assertThat(hashes).containsExactlyInAnyOrder(AccessTest.BCRYPT, AccessTest.ARGON2);
    }

    private static String comparedWith(String username) throws Exception {
        var compared = new CompletableFuture<String>();
        BiPredicate<Secret, Secret> recording = (_, hash) -> compared.complete(hash.reveal());
        try (var credentials = new Credentials(ACCESS, recording)) {
            assertThat(identify(credentials, username).get(20, SECONDS))
                    .isInstanceOf(Credentials.Verdict.Refused.class);
        }
        return compared.getNow("");
    }

    private static CompletableFuture<Credentials.Verdict> identify(Credentials credentials, String username) {
        return identify(credentials, username, new AtomicBoolean(true));
    }

    private static CompletableFuture<Credentials.Verdict> identify(
            Credentials credentials, String username, AtomicBoolean wanted) {
        var verdict = new CompletableFuture<Credentials.Verdict>();
        credentials.identify(Optional.of(username), Secret.of("secret"), "", false, wanted, verdict::complete);
        return verdict;
    }
}
