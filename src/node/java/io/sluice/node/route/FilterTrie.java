package io.sluice.node.route;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Topic filters, level by level. Never changes once built, so any thread may match.
///
/// A match walks the topic by index, makes no substring, and builds a list only when filters of different places match.
final class FilterTrie<T> {
    private final List<T> targets;
    private final Level<T> root;

    private FilterTrie(List<T> targets, Level<T> root) {
        this.targets = targets;
        this.root = root;
    }

    static <T> FilterTrie<T> of(List<Route<T>> routes) {
        var ordinals = new LinkedHashMap<T, Integer>();
        var root = new Level.Draft();
        for (var route : routes) {
            var ordinal = ordinals.computeIfAbsent(route.target(), _ -> ordinals.size());
            root.add(route.filter().text(), 0, ordinal);
        }
        var targets = List.copyOf(ordinals.keySet());
        return new FilterTrie<>(targets, root.built("", targets));
    }

    /// The distinct targets whose filters match, in the order of their first route.
    List<T> match(String topic) {
        var found = new Found<>(targets);
        if (topic.startsWith("$")) {
            // no wildcard in the first level wants such a topic (MQTT-4.7.2-1)
            var end = levelEnd(topic, 0);
            enter(root.child(topic, 0, end), topic, end, found);
        } else {
            walk(root, topic, 0, found);
        }
        return found.list();
    }

    private void walk(Level<T> parent, String topic, int start, Found<T> found) {
        found.add(parent.below);
        var end = levelEnd(topic, start);
        enter(parent.any, topic, end, found);
        enter(parent.child(topic, start, end), topic, end, found);
    }

    private void enter(@Nullable Level<T> level, String topic, int end, Found<T> found) {
        if (level == null) {
            return;
        }
        if (end < topic.length()) {
            walk(level, topic, end + 1, found);
        } else {
            found.add(level.here);
            found.add(level.below); // a/# wants a as well
        }
    }

    static int levelEnd(String topic, int start) {
        var slash = topic.indexOf('/', start);
        return slash < 0 ? topic.length() : slash;
    }

    /// Collects endings. A single one is handed out as it is.
    private static final class Found<T> {
        private final List<T> targets;
        private @Nullable Ending<T> single;
        private @Nullable BitSet several;

        Found(List<T> targets) {
            this.targets = targets;
        }

        void add(@Nullable Ending<T> ending) {
            if (ending == null) {
                return;
            }
            if (single == null) {
                single = ending;
                return;
            }
            if (several == null) {
                several = (BitSet) single.ordinals.clone();
            }
            several.or(ending.ordinals);
        }

        List<T> list() {
            if (several != null) {
                return Ending.pick(several, targets);
            }
            return single == null ? List.of() : single.targets;
        }
    }

    /// The targets of filters that end at one place: as places in the list of all targets, and themselves.
    record Ending<T>(BitSet ordinals, List<T> targets) {

        static <T> @Nullable Ending<T> of(BitSet ordinals, List<T> all) {
            return ordinals.isEmpty() ? null : new Ending<>(ordinals, pick(ordinals, all));
        }

        static <T> List<T> pick(BitSet ordinals, List<T> all) {
            var picked = new ArrayList<T>(ordinals.cardinality());
            for (int i = ordinals.nextSetBit(0); i >= 0; i = ordinals.nextSetBit(i + 1)) {
                picked.add(all.get(i));
            }
            return List.copyOf(picked);
        }
    }
}
