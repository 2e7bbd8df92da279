package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GapsTest {
    private static final long SECOND = 1_000_000;

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

    /// Messages of both devices every second for 30 s, acknowledged at once; but those of device 1 due from second 5
    /// until second 17 only then.
    private void halfOfThemWaits() {
        for (var n = 0; n < 30; n++) {
            var due = n * SECOND + 1;
            for (var device = 0; device < 2; device++) {
                ledger.published(device, due, due);
                ledger.acknowledged(device, n, 0, device == 1 && n >= 5 && n < 17 ? 17 * SECOND + n : due + 50);
            }
        }
    }

    @Test
    void recoversWhenTheLastDeviceIsServedThoughOthersFlowed() {
        halfOfThemWaits();

        assertThat(Gaps.recovery(ledger, 4 * SECOND + 500_000).orElseThrow()).isBetween(12_500_000L, 12_500_100L);
    }

    @Test
    void recoversAtOnceWhereNobodyWaitsAndBlamesNothingThatCameLater() {
        halfOfThemWaits();

        assertThat(Gaps.recovery(ledger, SECOND)).hasValue(0);
        assertThat(Gaps.recovery(ledger, 20 * SECOND)).hasValue(0);
    }

    @Test
    void neverRecoversWhereSomethingIsNotAcknowledged() {
        halfOfThemWaits();
        ledger.published(0, 30 * SECOND, 30 * SECOND);

        assertThat(Gaps.recovery(ledger, 29 * SECOND)).isEmpty();
    }
}
