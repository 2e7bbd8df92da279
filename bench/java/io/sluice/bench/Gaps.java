package io.sluice.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/// How long devices went without an acknowledgement. Pure.
final class Gaps {
    private static final long LATE_MICROS = 1_000_000;
    private static final long QUIET_MICROS = 2_000_000;

    private Gaps() {}

    /// The longest time, of all devices, from when a message was due, or the acknowledgement before if that came later,
    /// until its acknowledgement: how long a device that had something to say waited for a word.
    ///
    /// @return microseconds
    static long longest(Ledger ledger) {
        var longest = 0L;
        for (var device = 0; device < ledger.devices(); device++) {
            var before = 0L;
            for (var sequence = 0; sequence < ledger.published(device); sequence++) {
                if (ledger.acknowledged(device, sequence)) {
                    var at = ledger.acknowledgedAt(device, sequence);
                    longest = Math.max(longest, at - Math.max(before, ledger.dueAt(device, sequence)));
                    before = Math.max(before, at);
                }
            }
        }
        return longest;
    }

    /// How long after an instant all devices were served again: until the last of those acknowledgements that came
    /// more than a second late, when none such followed for two seconds. Where a part of a cluster fails, the rest
    /// flows and what comes back brings a burst, so that the rate of all says little.
    ///
    /// @return microseconds, 0 if nobody waited; empty if a message that waited was never acknowledged
    static OptionalLong recovery(Ledger ledger, long since) {
        var waits = waits(ledger, since);
        var until = since;
        for (var wait : waits) {
            if (wait.from() > until + QUIET_MICROS) {
                break;
            }
            if (wait.until() == Ledger.NEVER) {
                return OptionalLong.empty();
            }
            until = Math.max(until, wait.until());
        }
        return OptionalLong.of(until - since);
    }

    /// From when it was late until it was acknowledged.
    private record Wait(long from, long until) {}

    private static List<Wait> waits(Ledger ledger, long since) {
        var waits = new ArrayList<Wait>();
        for (var device = 0; device < ledger.devices(); device++) {
            for (var sequence = 0; sequence < ledger.published(device); sequence++) {
                var from = ledger.dueAt(device, sequence) + LATE_MICROS;
                var until = ledger.acknowledgedAt(device, sequence);
                if (until > from && until > since) {
                    waits.add(new Wait(from, until));
                }
            }
        }
        waits.sort(Comparator.comparingLong(Wait::from));
        return waits;
    }
}
