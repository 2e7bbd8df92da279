package io.sluice.node.live;

import io.sluice.node.event.Arrival;
import io.sluice.node.route.SplitFilter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// The filters of all viewers, level by level. Reading takes no lock. Who adds or removes holds one.
final class FilterTree {
    /// One filter of a subscription.
    ///
    /// @param filter its index there
    private record Entry(Subscription subscription, int filter) {}

    /// A level of the filters. `#` stands at the level above it.
    private static final class Level {
        final Map<String, Level> next = new ConcurrentHashMap<>(2);
        final List<Entry> here = new CopyOnWriteArrayList<>();
        final List<Entry> below = new CopyOnWriteArrayList<>();

        boolean isEmpty() {
            return next.isEmpty() && here.isEmpty() && below.isEmpty();
        }
    }

    /// A message on its way through the tree.
    private record Message(List<String> topic, Arrival arrival, String node, Object publisher) {}

    private final Level root = new Level();

    void add(Subscription subscription) {
        for (int i = 0; i < subscription.filters().size(); i++) {
            add(new Entry(subscription, i), subscription.filters().get(i).levels());
        }
    }

    /// False if it was not there.
    boolean remove(Subscription subscription) {
        var removed = false;
        for (int i = 0; i < subscription.filters().size(); i++) {
            var levels = subscription.filters().get(i).levels();
            removed |= remove(root, new Entry(subscription, i), levels, 0);
        }
        return removed;
    }

    /// Shows a message to whoever wants it.
    void show(Arrival arrival, String node, Object publisher) {
        show(root, 0, new Message(SplitFilter.levels(arrival.topic()), arrival, node, publisher));
    }

    private void add(Entry entry, List<String> levels) {
        var level = root;
        for (var name : levels) {
            if (name.equals("#")) {
                level.below.add(entry);
                return;
            }
            level = level.next.computeIfAbsent(name, _ -> new Level());
        }
        level.here.add(entry);
    }

    private static boolean remove(Level level, Entry entry, List<String> levels, int depth) {
        if (depth == levels.size()) {
            return level.here.remove(entry);
        }
        if (levels.get(depth).equals("#")) {
            return level.below.remove(entry);
        }
        var next = level.next.get(levels.get(depth));
        var removed = next != null && remove(next, entry, levels, depth + 1);
        if (next != null && next.isEmpty()) {
            level.next.remove(levels.get(depth));
        }
        return removed;
    }

    private static void show(Level level, int depth, Message message) {
        if (depth == message.topic.size()) {
            show(level.here, message);
            show(level.below, message);
            return;
        }
        var name = message.topic.get(depth);
        if (depth > 0 || !name.startsWith("$")) {
            show(level.below, message);
            descend(level.next.get("+"), depth, message);
        }
        descend(level.next.get(name), depth, message);
    }

    private static void descend(@Nullable Level next, int depth, Message message) {
        if (next != null) {
            show(next, depth + 1, message);
        }
    }

    private static void show(List<Entry> entries, Message message) {
        for (var entry : entries) {
            entry.subscription.show(entry.filter, message.topic, message.arrival, message.node, message.publisher);
        }
    }
}
