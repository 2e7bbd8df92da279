package io.sluice.node.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.observe.Ticking;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LockoutTest {
    private static final Duration MIN = Duration.ofSeconds(30);
    private static final Duration MAX = Duration.ofMinutes(2);

    private final Ticking clock = new Ticking(Instant.EPOCH);
    private final Lockout lockout = new Lockout(new AccessSettings.Attempts(3, MIN, MAX), clock);

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            lockout.failed("ann", "a");
        }
    }

    @Test
    void shutsTheDoorForTwiceAsLongEachTime() {
        fail(2);
        assertThat(lockout.shutFor("ann", "a")).isZero();

        fail(1);
        assertThat(lockout.shutFor("ann", "a")).isEqualTo(MIN);
        fail(1);
        assertThat(lockout.shutFor("ann", "a")).isEqualTo(MIN.multipliedBy(2));
        fail(5);
        assertThat(lockout.shutFor("ann", "a")).isEqualTo(MAX);

        clock.passes(MAX);
        assertThat(lockout.shutFor("ann", "a")).isZero();
    }

    @Test
    void shutsNobodyElseOut() {
        fail(5);

        assertThat(lockout.shutFor("ann", "b")).isZero();
        assertThat(lockout.shutFor("bob", "a")).isZero();
    }

    @Test
    void anAddressThatTriesManyUsersIsShutOut() {
        for (int i = 0; i < 30; i++) {
            lockout.failed("user" + i, "a");
        }

        assertThat(lockout.shutFor("bob", "a")).isEqualTo(MIN);
        assertThat(lockout.shutFor("bob", "b")).isZero();
    }

    @Test
    void forgetsFailuresOnceThePasswordWasRight() {
        fail(2);
        lockout.succeeded("ann", "a");
        fail(2);

        assertThat(lockout.shutFor("ann", "a")).isZero();
    }
}
