package io.sluice.node.handover;

import io.sluice.node.event.Arrival;
import java.util.List;

/// Arrivals for one task, in order of receipt, with the way back.
///
/// @param arrivals never empty
/// @param subjects the subject of each arrival, same order and length
/// @param weight   bytes held in memory, see [Arrival#weight()]
/// @param settled  run once, on any thread, when every arrival is safe; must not block
public record Batch(List<Arrival> arrivals, List<String> subjects, long weight, Runnable settled) {

    public Batch {
        if (arrivals.isEmpty() || arrivals.size() != subjects.size()) {
            throw new IllegalArgumentException(
                    "batch: expected as many subjects as arrivals and at least one, was %d and %d"
                            .formatted(subjects.size(), arrivals.size()));
        }
    }

    public int size() {
        return arrivals.size();
    }

    @Override
    public String toString() {
        return "Batch[" + size() + " arrivals, " + weight + " bytes]";
    }
}
