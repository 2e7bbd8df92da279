package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GapsTest {
    private final Ledger ledger = new Ledger(2);

    @Test
    void isTheLongestWaitOfAnyDevice() {
        for (var n = 0; n < 3; n++) {
            ledger.published(0, 1_000L * n + 1, 1_000L * n + 1);
            ledger.acknowledged(0, n, 0, 1_000L * n + 101);
            ledger.published(1, 1_000L * n + 1, 1_000L * n + 1);
        }
        ledger.acknowledged(1, 0, 0, 101);
        ledger.acknowledged(1, 1, 0, 5_001);
        ledger.acknowledged(1, 2, 0, 5_002);

        assertThat(Gaps.longest(ledger)).isEqualTo(4_000);
    }

    @Test
    void countsFromWhenAMessageWasDueNotFromWhenItCouldBeSent() {
        ledger.published(0, 1_000, 8_000);
        ledger.acknowledged(0, 0, 0, 9_000);

        assertThat(Gaps.longest(ledger)).isEqualTo(8_000);
    }

    @Test
    void isNothingWhereNothingWasAcknowledged() {
        ledger.published(0, 1, 1);

        assertThat(Gaps.longest(ledger)).isZero();
    }
}
