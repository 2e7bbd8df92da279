package io.sluice.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FenceTest {
    private static final Duration LIMIT = Duration.ofSeconds(8);

    private long nanos;
    private long millis = 1_000_000;
    private final Fence fence = new Fence(() -> nanos, () -> millis);

    private void passes(double seconds) {
        nanos += (long) (seconds * 1e9);
        millis += (long) (seconds * 1e3);
    }

    private void goesOn(double seconds) {
        for (var passed = 0.0; passed < seconds; passed += 0.5) {
            passes(0.5);
            fence.beat();
        }
    }

    @Test
    void aNodeAloneMayAlwaysWrite() {
        passes(3 * 86_400);

        assertThat(fence.isOpen()).isTrue();
    }

    @Test
    void howLongTheStartTookIsNoStandstill() {
        passes(60);
        fence.limit(LIMIT);
        assertThat(fence.isOpen()).isTrue();

        fence.beat();
        assertThat(fence.isOpen()).isTrue();
    }

    /// Whoever runs first after the standstill: who writes, or who beats.
    @Test
    void aNodeThatStoodStillMayNotWriteBeforeItHasBeatenForAsLong() {
        fence.limit(LIMIT);
        goesOn(30);
        assertThat(fence.isOpen()).isTrue();

        passes(8.1);
        assertThat(fence.isOpen()).as("nobody has noticed yet").isFalse();
        fence.beat();
        assertThat(fence.isOpen()).as("the heart has noticed").isFalse();
        goesOn(7.5);
        assertThat(fence.isOpen()).isFalse();
        goesOn(1);
        assertThat(fence.isOpen()).isTrue();
    }

    @Test
    void aStandstillThatNobodyTakesForDeathIsNone() {
        fence.limit(LIMIT);
        goesOn(30);
        passes(7.9);

        assertThat(fence.isOpen()).isTrue();
        fence.beat();
        assertThat(fence.isOpen()).isTrue();
    }

    /// The monotonic clock of a suspended machine may stand still with it.
    @Test
    void aStandstillThatOnlyTheTimeOfDayShowsCounts() {
        fence.limit(LIMIT);
        goesOn(30);
        millis += 61_000;

        assertThat(fence.isOpen()).isFalse();
        fence.beat();
        assertThat(fence.isOpen()).isFalse();
    }

    @Test
    void aTimeOfDayThatIsSetBackIsNoStandstill() {
        fence.limit(LIMIT);
        goesOn(30);
        millis -= 3_600_000;

        assertThat(fence.isOpen()).isTrue();
        fence.beat();
        assertThat(fence.isOpen()).isTrue();
    }

    @Test
    void whoWasTakenOutNeverWritesAgain() {
        fence.limit(LIMIT);
        goesOn(30);
        fence.takeOut();
        goesOn(30);

        assertThat(fence.isOpen()).isFalse();
        assertThat(fence.isTakenOut()).isTrue();
    }
}
