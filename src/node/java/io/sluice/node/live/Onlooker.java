package io.sluice.node.live;

import io.sluice.node.event.Arrival;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// Another node that watches what this one receives. Any thread shows it something; the exchange sends it on, one batch
/// at a time, so that a slow connection has no more of it on the way than that.
final class Onlooker {
    private final LiveBuffer buffer;
    private final Runnable waking;
    private final Subscription.Counts counts;
    private final AtomicBoolean awake = new AtomicBoolean();

    // of the exchange
    private long number;
    private boolean underWay;

    /// @param waking told when there is something for it, and not again before [#take] found nothing; must not block
    Onlooker(LiveBuffer.Bounds bounds, Runnable waking, Subscription.Counts counts) {
        this.buffer = new LiveBuffer(bounds);
        this.waking = waking;
        this.counts = counts;
    }

    void show(Arrival arrival) {
        if (buffer.offer(arrival, "")) {
            wake();
        } else {
            counts.dropped().increment();
        }
    }

    /// Nothing is sent while a batch is under way.
    boolean isUnderWay() {
        return underWay;
    }

    /// What goes next; empty: nothing, until it is woken.
    List<Arrival> take(long bytesMax) {
        var taken =
                buffer.take(bytesMax).stream().map(LiveBuffer.Received::arrival).toList();
        if (taken.isEmpty()) {
            awake.set(false);
            if (!buffer.isEmpty()) {
                wake(); // it came between the two
            }
        } else {
            underWay = true;
            number++;
            counts.sent().increment(taken.size());
        }
        return taken;
    }

    /// Number of the batch that was taken last.
    long number() {
        return number;
    }

    /// A batch is there, or shall be waited for no longer. False if another one is waited for.
    boolean arrived(long batch) {
        var expected = underWay && batch == number;
        underWay &= !expected;
        return expected;
    }

    private void wake() {
        if (awake.compareAndSet(false, true)) {
            waking.run();
        }
    }
}
