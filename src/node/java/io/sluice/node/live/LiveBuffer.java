package io.sluice.node.live;

import io.sluice.node.event.Arrival;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Messages on their way to somebody who may be slow. Any thread adds and takes no lock; one takes out.
public final class LiveBuffer {

    /// @param messages most of them
    /// @param bytes    most that they hold together
    public record Bounds(int messages, long bytes) {}

    /// A message and the node that received it.
    public record Received(Arrival arrival, String node) {}

    private final Bounds bounds;
    private final Queue<Received> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger messages = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    public LiveBuffer(Bounds bounds) {
        this.bounds = bounds;
    }

    /// False if there is no room for it.
    public boolean offer(Arrival arrival, String node) {
        var weight = arrival.weight();
        if (messages.incrementAndGet() > bounds.messages()) {
            messages.decrementAndGet();
            return false;
        }
        if (bytes.addAndGet(weight) > bounds.bytes()) {
            bytes.addAndGet(-weight);
            messages.decrementAndGet();
            return false;
        }
        waiting.add(new Received(arrival, node));
        return true;
    }

    /// The oldest, in their order.
    ///
    /// @param bytesMax of all of them; a single one may hold more
    public List<Received> take(long bytesMax) {
        var taken = new ArrayList<Received>();
        long held = 0;
        for (var next = waiting.peek(); next != null; next = waiting.peek()) {
            var weight = next.arrival().weight();
            if (!taken.isEmpty() && held + weight > bytesMax) {
                break;
            }
            held += weight;
            taken.add(waiting.remove());
            bytes.addAndGet(-weight);
            messages.decrementAndGet();
        }
        return taken;
    }

    public boolean isEmpty() {
        return waiting.isEmpty();
    }
}
