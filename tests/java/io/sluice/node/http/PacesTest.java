package io.sluice.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PacesTest {
    private final AtomicLong nanos = new AtomicLong();
    private final Paces paces = new Paces(new HttpSettings.Pace(10, 3), nanos::get);

    @Test
    void letsABurstPassAndThenThePace() {
        for (int i = 0; i < 3; i++) {
            assertThat(paces.take("ann")).isZero();
        }
        assertThat(paces.take("ann")).isBetween(Duration.ofMillis(100), Duration.ofMillis(101));

        nanos.addAndGet(Duration.ofMillis(101).toNanos());

        assertThat(paces.take("ann")).isZero();
        assertThat(paces.take("ann")).isPositive();
    }

    @Test
    void keepsCallersApart() {
        for (int i = 0; i < 4; i++) {
            paces.take("ann");
        }

        assertThat(paces.take("bob")).isZero();
    }

    @Test
    void savesNoMoreThanABurst() {
        nanos.addAndGet(Duration.ofHours(1).toNanos());

        for (int i = 0; i < 3; i++) {
            assertThat(paces.take("ann")).isZero();
        }
        assertThat(paces.take("ann")).isPositive();
    }
}
