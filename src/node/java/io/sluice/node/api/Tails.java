package io.sluice.node.api;

import io.sluice.node.live.LiveView;
import io.sluice.node.live.Subscription;
import io.sluice.node.observe.Meters;
import io.sluice.node.route.SplitFilter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/// All streams of live messages that are read from this node.
///
/// Bounded: what waits for a reader by its buffer, and beyond that one piece; the next is made when the connection has
/// room for it. A reader that takes nothing at all keeps its place no longer than the connection may be idle.
final class Tails {
    private final TailSettings settings;
    private final LiveView live;
    private final Subscription.Counts counts;
    private final Executor threads;
    private final Map<Tail, Subscription> open = new ConcurrentHashMap<>();
    private volatile boolean closing;

    /// @param threads may block
    Tails(TailSettings settings, LiveView live, Meters meters, Executor threads) {
        this.settings = settings;
        this.live = live;
        this.counts = new Subscription.Counts(
                meters.tailed(HttpIngress.INGRESS, "sent"), meters.tailed(HttpIngress.INGRESS, "dropped"));
        this.threads = threads;
        meters.tailViewers(HttpIngress.INGRESS, open::size);
    }

    boolean hasRoom() {
        return open.size() < settings.viewersMax() && !closing;
    }

    /// Begins when it is read. If the last place was taken meanwhile it ends at once.
    ///
    /// @param may whether the reader may still watch; may block
    Source<ByteString, NotUsed> source(List<SplitFilter> filters, BooleanSupplier may) {
        return Source.unfoldResourceAsync(
                        () -> CompletableFuture.completedFuture(open(filters, may)),
                        tail -> CompletableFuture.supplyAsync(() -> tail.next().map(ByteString::fromString), threads),
                        tail -> {
                            close(tail);
                            return CompletableFuture.completedFuture(Done.getInstance());
                        })
                .takeWithin(settings.timeMax().plus(settings.heartbeat()));
    }

    /// Ends all of them, and each that comes later.
    void close() {
        closing = true;
        open.keySet().forEach(Tail::end);
    }

    private synchronized Tail open(List<SplitFilter> filters, BooleanSupplier may) {
        var tail = new Tail(settings, may);
        if (!hasRoom()) {
            tail.end();
            return tail;
        }
        var subscription = Subscription.of(filters, tail, counts);
        open.put(tail, subscription);
        live.add(subscription);
        if (closing) {
            tail.end();
        }
        return tail;
    }

    private void close(Tail tail) {
        tail.end();
        var subscription = open.remove(tail);
        if (subscription != null) {
            live.remove(subscription);
        }
    }
}
