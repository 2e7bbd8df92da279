package io.sluice.bench;

import io.sluice.bench.Ledger.Fault;
import java.util.function.IntPredicate;

/// How those fared whom a blow should not concern: devices that kept their node, for messages published after it that
/// were written by the owner from before it. What was under way, the dead owner may have written. Pure.
///
/// @param devices    how many there were
/// @param gapMicros  longest time that one of these messages waited for its acknowledgement
record Bystanders(int devices, long gapMicros) {

    /// @param stayed whether a device kept its node
    static Bystanders of(Ledger ledger, Seen seen, IntPredicate stayed, Fault blow) {
        var devices = 0;
        var gap = 0L;
        for (var device = 0; device < ledger.devices(); device++) {
            if (stayed.test(device)) {
                var longest = longest(ledger, seen.track(device), device, blow);
                devices += longest >= 0 ? 1 : 0;
                gap = Math.max(gap, longest);
            }
        }
        return new Bystanders(devices, gap);
    }

    /// @return negative if the owner has written nothing of the device before the blow, or nothing after it
    private static long longest(Ledger ledger, Seen.Track track, int device, Fault blow) {
        var before = -1;
        while (before + 1 < track.size() && track.seenAt(before + 1) < blow.from()) {
            before++;
        }
        var longest = -1L;
        for (var i = before + 1; before >= 0 && i < track.size(); i++) {
            var sequence = track.sequence(i);
            if (track.epoch(i) == track.epoch(before)
                    && ledger.publishedAt(device, sequence) > blow.until()
                    && ledger.acknowledged(device, sequence)) {
                var waited = ledger.acknowledgedAt(device, sequence) - ledger.dueAt(device, sequence);
                longest = Math.max(longest, waited);
            }
        }
        return longest;
    }
}
