package io.sluice.node.observe;

import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/// Counts of one integration on this node, taken away bit by bit. Counted by any thread, once per batch.
public final class Tally {
    private final LongAdder routed = new LongAdder();
    private final LongAdder routedBytes = new LongAdder();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder queued = new LongAdder();
    private final LongAdder parked = new LongAdder();
    private final LongAdder discarded = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder resends = new LongAdder();
    private final Recorder latencies = new Recorder(Latencies.DIGITS);
    private @Nullable Histogram recycled;
    private Sums taken = Sums.NONE;
    private long lagMillisMax;

    Tally() {}

    /// Messages were handed towards the integration.
    public void routed(long messages, long bytes) {
        routed.add(messages);
        routedBytes.add(bytes);
    }

    /// The messages of one batch are safe.
    ///
    /// @param nanos since they were handed over
    public void safe(long deliveredOnes, long parkedOnes, long nanos) {
        delivered.add(deliveredOnes);
        parked.add(parkedOnes);
        latencies.recordValueWithCount(Math.clamp(nanos / 1_000, 0, Latencies.MICROS_MAX), deliveredOnes + parkedOnes);
    }

    /// The messages of one batch are in the queue topic, or among the dead letters since it does not take them.
    ///
    /// @param nanos since they were handed over
    public void queued(long queuedOnes, long parkedOnes, long nanos) {
        queued.add(queuedOnes);
        parked.add(parkedOnes);
        latencies.recordValueWithCount(Math.clamp(nanos / 1_000, 0, Latencies.MICROS_MAX), queuedOnes + parkedOnes);
    }

    public void discarded(long messages) {
        discarded.add(messages);
    }

    public void resent(long batches) {
        resends.add(batches);
    }

    void failed() {
        failures.increment();
    }

    synchronized void lag(long millis) {
        lagMillisMax = Math.max(lagMillisMax, millis);
    }

    /// All since the last time. What is counted meanwhile is in this one or the next, never lost.
    synchronized Figures take() {
        var sums = new Sums(
                routed.sum(),
                routedBytes.sum(),
                delivered.sum(),
                queued.sum(),
                parked.sum(),
                discarded.sum(),
                failures.sum(),
                resends.sum());
        var histogram = latencies.getIntervalHistogram(recycled);
        var figures = new Figures(
                sums.minus(taken),
                lagMillisMax,
                histogram.getTotalCount() == 0 ? 0 : histogram.getMaxValue(),
                Latencies.encoded(histogram));
        taken = sums;
        recycled = histogram;
        lagMillisMax = 0;
        return figures;
    }
}
