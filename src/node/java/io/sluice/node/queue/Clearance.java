package io.sluice.node.queue;

import java.util.Collection;
import java.util.OptionalLong;

/// Up to which distribution of an integration's subjects over its tasks its tasks may write: a newer one may put a
/// subject elsewhere, so nothing of it is written before all that is queued under older ones, in any partition, is
/// safe. When lanes begin, what follows older ones is handed over or queued to the end, so the queue only loses from it
/// what is being settled. Pure.
public final class Clearance {
    private Clearance() {}

    /// One partition of a queue.
    ///
    /// @param begin      offset of the first record it still has
    /// @param settled    all records below this offset are safe
    /// @param end        offset of the record that comes next
    /// @param firstLanes which distribution the first record that is not safe follows; empty if there is none
    public record Part(int partition, long begin, long settled, long end, OptionalLong firstLanes) {
        public long lag() {
            return Math.max(0, end - settled);
        }
    }

    /// @param known lanes that have begun, as known before the partitions were looked at
    public static long of(long known, Collection<Part> parts) {
        return parts.stream()
                .flatMapToLong(part -> part.firstLanes().stream())
                .min()
                .orElse(known);
    }
}
