package io.sluice.bench;

/// How long devices went without an acknowledgement. Pure.
final class Gaps {
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
}
