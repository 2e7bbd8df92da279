package io.sluice.bench;

import java.util.function.LongSupplier;

/// Watches what a node occupies, and judges it against two bounds: one for all of the time, and one for what is added
/// while Kafka stands still, when everything that arrives has to wait somewhere.
final class Memory {
    private static final long UNKNOWN = 0;
    private static final long KIB_PER_MIB = 1_024;

    private final LongSupplier residentKib;
    private long highestKib;
    private long floorKib = UNKNOWN;
    private long grownKib;

    /// @param highestMib at any time
    /// @param grownMib   added while Kafka stands still
    record Bounds(long highestMib, long grownMib) {}

    /// @param residentKib of the node's process now, 0 if that is not known
    Memory(LongSupplier residentKib) {
        this.residentKib = residentKib;
    }

    void look() {
        var now = residentKib.getAsLong();
        highestKib = Math.max(highestKib, now);
        if (floorKib != UNKNOWN) {
            grownKib = Math.max(grownKib, now - floorKib);
        }
    }

    /// From here on growth counts.
    void standstillBegins() {
        floorKib = residentKib.getAsLong();
    }

    void standstillEnds() {
        look();
        floorKib = UNKNOWN;
    }

    long highestMib() {
        return highestKib / KIB_PER_MIB;
    }

    long grownMib() {
        return grownKib / KIB_PER_MIB;
    }

    Verdict judge(Verdict verdict, Bounds bounds) {
        var judged = verdict;
        if (highestMib() > bounds.highestMib()) {
            judged = judged.with(
                    Defect.MEMORY,
                    1,
                    "the node: expected %d MiB or less, was %d".formatted(bounds.highestMib(), highestMib()));
        }
        if (grownMib() > bounds.grownMib()) {
            judged = judged.with(
                    Defect.MEMORY,
                    1,
                    "the node while Kafka stood still: expected to grow by %d MiB or less, was %d"
                            .formatted(bounds.grownMib(), grownMib()));
        }
        return judged;
    }
}
