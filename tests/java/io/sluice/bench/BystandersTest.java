package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bench.Ledger.Fault;
import org.junit.jupiter.api.Test;

class BystandersTest {
    private static final Fault BLOW = new Fault("blow", 1_000, 1_100);

    private final Ledger ledger = new Ledger(3);
    private final Seen seen = new Seen(3);
    private int offset;

    /// A message of a device, the next of it.
    private void message(int device, long due, long acknowledged, long epoch) {
        var sequence = ledger.published(device);
        ledger.published(device, due, due);
        ledger.acknowledged(device, sequence, 0, acknowledged);
        seen.add(new Sighting(
                0, offset++, acknowledged, new Payload.Message(device, sequence, due), "k", "", "", epoch));
    }

    @Test
    void takesWhatTheSameOwnerWroteOfWhatCameAfterTheBlow() {
        message(0, 100, 110, 7);
        message(0, 900, 9_400, 7);
        message(0, 1_500, 1_600, 7);
        message(1, 100, 110, 8);
        message(1, 1_200, 1_900, 8);

        assertThat(Bystanders.of(ledger, seen, _ -> true, BLOW)).isEqualTo(new Bystanders(2, 700));
        assertThat(Bystanders.of(ledger, seen, device -> device == 0, BLOW)).isEqualTo(new Bystanders(1, 100));
    }

    @Test
    void leavesOutWhatAnotherOwnerWroteAndWhoWroteNothingBefore() {
        message(0, 100, 110, 7);
        message(0, 1_200, 9_000, 8);
        message(1, 1_200, 9_000, 7);

        assertThat(Bystanders.of(ledger, seen, _ -> true, BLOW)).isEqualTo(new Bystanders(0, 0));
    }
}
