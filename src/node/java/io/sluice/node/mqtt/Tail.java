package io.sluice.node.mqtt;

import io.sluice.node.event.Arrival;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The live view: what this node receives, shown at QoS 0 to whoever subscribed. A viewer that does not keep up misses
/// messages. Reading takes no lock and costs one look while nobody watches.
final class Tail {
    /// One filter of one viewer.
    static final class Subscription {
        private final Filter filter;
        private final Connection viewer;
        private final boolean noLocal;

        Subscription(Filter filter, Connection viewer, boolean noLocal) {
            this.filter = filter;
            this.viewer = viewer;
            this.noLocal = noLocal;
        }
    }

    /// A level of the filters. `#` stands at the level above it.
    private static final class Level {
        final Map<String, Level> next = new ConcurrentHashMap<>(2);
        final List<Subscription> here = new CopyOnWriteArrayList<>();
        final List<Subscription> below = new CopyOnWriteArrayList<>();

        boolean isEmpty() {
            return next.isEmpty() && here.isEmpty() && below.isEmpty();
        }
    }

    private final Level root = new Level();
    private final AtomicInteger subscriptions = new AtomicInteger();
    private final Counts counts;

    Tail(Counts counts) {
        this.counts = counts;
    }

    synchronized void add(Subscription subscription) {
        var level = root;
        for (var name : subscription.filter.levels()) {
            if (name.equals("#")) {
                level.below.add(subscription);
                subscriptions.incrementAndGet();
                return;
            }
            level = level.next.computeIfAbsent(name, _ -> new Level());
        }
        level.here.add(subscription);
        subscriptions.incrementAndGet();
    }

    synchronized void remove(Subscription subscription) {
        if (remove(root, subscription, 0)) {
            subscriptions.decrementAndGet();
        }
    }

    /// Shows a message to its viewers. Called on the loop that received it.
    ///
    /// @param publisher not shown to its own subscriptions that are not local
    void show(Arrival arrival, Connection publisher) {
        if (subscriptions.get() > 0) {
            show(root, Filter.levels(arrival.topic()), 0, arrival, publisher);
        }
    }

    private void show(Level level, List<String> topic, int depth, Arrival arrival, Connection publisher) {
        if (depth == topic.size()) {
            show(level.here, arrival, publisher);
            show(level.below, arrival, publisher);
            return;
        }
        var name = topic.get(depth);
        if (depth > 0 || !name.startsWith("$")) {
            show(level.below, arrival, publisher);
            descend(level.next.get("+"), topic, depth, arrival, publisher);
        }
        descend(level.next.get(name), topic, depth, arrival, publisher);
    }

    private void descend(@Nullable Level next, List<String> topic, int depth, Arrival arrival, Connection publisher) {
        if (next != null) {
            show(next, topic, depth + 1, arrival, publisher);
        }
    }

    private boolean remove(Level level, Subscription subscription, int depth) {
        var levels = subscription.filter.levels();
        if (depth == levels.size()) {
            return level.here.remove(subscription);
        }
        if (levels.get(depth).equals("#")) {
            return level.below.remove(subscription);
        }
        var next = level.next.get(levels.get(depth));
        var removed = next != null && remove(next, subscription, depth + 1);
        if (next != null && next.isEmpty()) {
            level.next.remove(levels.get(depth));
        }
        return removed;
    }

    private void show(List<Subscription> viewers, Arrival arrival, Connection publisher) {
        for (var subscription : viewers) {
            if (subscription.noLocal && subscription.viewer == publisher) {
                continue;
            }
            (subscription.viewer.show(arrival) ? counts.tailed : counts.tailDropped).increment();
        }
    }
}
