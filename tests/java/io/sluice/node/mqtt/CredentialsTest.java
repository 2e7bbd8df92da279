package io.sluice.node.mqtt;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.secret.Secret;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
        BiPredicate<Secret, Secret> failing = (_, _) -> {
            throw new StackOverflowError("on purpose");
        };
        try (var credentials = new Credentials(ACCESS, failing)) {
            assertThat(identify(credentials, "anna").get(20, SECONDS))
                    .isInstanceOfSatisfying(
                            Credentials.Verdict.Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Reason.UNSPECIFIED_ERROR));
        }
    }

    private static CompletableFuture<Credentials.Verdict> identify(Credentials credentials, String username) {
        var verdict = new CompletableFuture<Credentials.Verdict>();
        credentials.identify(Optional.of(username), Secret.of("secret"), "", false, verdict::complete);
        return verdict;
    }
}
