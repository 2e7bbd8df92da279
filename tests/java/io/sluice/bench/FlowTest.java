package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FlowTest {
    private static final int RATE = 1_000;
    private static final int SECONDS = 10;
    private static final long START = 1_000_000_000;

    /// One message a millisecond, acknowledged 2 ms later; those that would be between two seconds come at the second.
    private static Ledger ledger(int silentFrom, int silentUntil) {
        var ledger = new Ledger(1);
        for (var n = 0; n < RATE * SECONDS; n++) {
            var at = START + n * 1_000L;
            var acknowledged = at + 2_000;
            var silent = acknowledged >= START + silentFrom * 1_000L && acknowledged < START + silentUntil * 1_000L;
            ledger.published(0, at, at);
            ledger.acknowledged(0, n, 0, silent ? START + silentUntil * 1_000L : acknowledged);
        }
        return ledger;
    }

    @Test
    void recoversWhenTheSilenceEnds() {
        var flow = Flow.of(ledger(3_000, 5_500), START);

        assertThat(flow.recovery(START + 3_000_000, RATE)).hasValue(2_500_000);
    }

    @Test
    void recoversAtOnceWhenNothingWasDisturbed() {
        var flow = Flow.of(ledger(0, 0), START);

        assertThat(flow.recovery(START + 3_000_000, RATE).orElseThrow()).isLessThanOrEqualTo(50_000);
    }

    @Test
    void neverRecoversWhenNothingComes() {
        var ledger = ledger(0, 0);
        var flow = Flow.of(ledger, START);

        assertThat(flow.recovery(START + SECONDS * 1_000_000L, RATE)).isEmpty();
    }

    @Test
    void countsWhatCameInBetween() {
        var ledger = ledger(3_000, 5_500);

        assertThat(Flow.between(ledger, START + 3_000_000, START + 5_500_000)).isZero();
        assertThat(Flow.between(ledger, START + 3_000_000, START + 5_500_001)).isEqualTo(2_501);
    }
}
