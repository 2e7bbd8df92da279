package io.sluice.bench;

import java.util.OptionalLong;

/// Acknowledgements over time, counted in slots of 50 ms. Pure.
final class Flow {
    private static final long SLOT_MICROS = 50_000;
    private static final int WINDOW_SLOTS = 10;
    private static final double FLOWING = 0.9;

    private final long start;
    private final int[] slots;

    private Flow(long start, int slots) {
        this.start = start;
        this.slots = new int[slots];
    }

    /// @param start nothing was published before it
    static Flow of(Ledger ledger, long start) {
        var end = start;
        for (var device = 0; device < ledger.devices(); device++) {
            for (var sequence = 0; sequence < ledger.published(device); sequence++) {
                if (ledger.acknowledged(device, sequence)) {
                    end = Math.max(end, ledger.acknowledgedAt(device, sequence));
                }
            }
        }
        var flow = new Flow(start, (int) ((end - start) / SLOT_MICROS) + 1);
        for (var device = 0; device < ledger.devices(); device++) {
            for (var sequence = 0; sequence < ledger.published(device); sequence++) {
                if (ledger.acknowledged(device, sequence)) {
                    flow.slots[(int) ((ledger.acknowledgedAt(device, sequence) - start) / SLOT_MICROS)]++;
                }
            }
        }
        return flow;
    }

    /// How long after a fault acknowledgements flowed again: until a slot that brought 90 % of what the rate asks, and
    /// began half a second that did.
    ///
    /// @param rate messages per second before the fault
    /// @return microseconds; empty if they never did
    OptionalLong recovery(long fault, long rate) {
        var wanted = rate * FLOWING * SLOT_MICROS / 1_000_000;
        for (var slot = (int) ((fault - start) / SLOT_MICROS) + 1; slot < slots.length; slot++) {
            if (slots[slot] >= wanted && sum(slot) >= wanted * WINDOW_SLOTS) {
                return OptionalLong.of(Math.max(0, start + slot * SLOT_MICROS - fault));
            }
        }
        return OptionalLong.empty();
    }

    private int sum(int slot) {
        var sum = 0;
        for (var i = slot; i < Math.min(slot + WINDOW_SLOTS, slots.length); i++) {
            sum += slots[i];
        }
        return sum;
    }

    /// Acknowledgements that came strictly between two instants, to the slot.
    static long between(Ledger ledger, long from, long until) {
        var count = 0L;
        for (var device = 0; device < ledger.devices(); device++) {
            for (var sequence = 0; sequence < ledger.published(device); sequence++) {
                var at = ledger.acknowledgedAt(device, sequence);
                count += at > from && at < until ? 1 : 0;
            }
        }
        return count;
    }
}
