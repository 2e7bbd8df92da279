package io.sluice.node.handover;

import io.sluice.node.event.Arrival;
import java.util.List;

/// Arrivals for one task, in order of receipt, with the way back.
///
/// @param arrivals never empty
/// @param subjects the subject of each arrival, same order and length
/// @param weight   bytes held in memory, see [Arrival#weight()]
/// @param settled  run once, on any thread, when every arrival is safe; must not block
/// @param sinceNanos when it was made, by [System#nanoTime()] of the node that made it
public record Batch(List<Arrival> arrivals, List<String> subjects, long weight, Runnable settled, long sinceNanos) {

    public Batch {
        if (arrivals.isEmpty() || arrivals.size() != subjects.size()) {
            throw new IllegalArgumentException(
                    "batch: expected as many subjects as arrivals and at least one, was %d and %d"
                            .formatted(subjects.size(), arrivals.size()));
        }
    }

    /// One that is made now.
    public Batch(List<Arrival> arrivals, List<String> subjects, long weight, Runnable settled) {
        this(arrivals, subjects, weight, settled, System.nanoTime());
    }

    public int size() {
        return arrivals.size();
    }

    @Override
    public String toString() {
        return "Batch[" + size() + " arrivals, " + weight + " bytes]";
    }
}
