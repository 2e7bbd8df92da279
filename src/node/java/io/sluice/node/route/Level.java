package io.sluice.node.route;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One level of the filters that share all levels above it, with what may follow.
final class Level<T> {
    private final String name;

    /// Who wants a topic that ends here; null if nobody.
    final FilterTrie.@Nullable Ending<T> here;

    /// Who wants all that follows, by `#`; null if nobody.
    final FilterTrie.@Nullable Ending<T> below;

    /// What follows by `+`; null if nothing.
    final @Nullable Level<T> any;

    /// What follows by name: open addressing over a power of two of slots, at most half of them taken.
    private final @Nullable Level<T>[] slots;

    private Level(
            String name,
            FilterTrie.@Nullable Ending<T> here,
            FilterTrie.@Nullable Ending<T> below,
            @Nullable Level<T> any,
            List<Level<T>> children) {
        this.name = name;
        this.here = here;
        this.below = below;
        this.any = any;
        this.slots = slots(children);
    }

    /// The child named by a part of a topic, found without cutting it out; null if there is none.
    @Nullable
    Level<T> child(String topic, int start, int end) {
        var mask = slots.length - 1;
        for (int i = hash(topic, start, end) & mask; ; i = (i + 1) & mask) {
            var child = slots[i];
            if (child == null || (child.name.length() == end - start && topic.startsWith(child.name, start))) {
                return child;
            }
        }
    }

    private static <T> @Nullable Level<T>[] slots(List<Level<T>> children) {
        @SuppressWarnings("unchecked")
        var slots = (@Nullable Level<T>[]) new Level<?>[Integer.highestOneBit(children.size() + 1) * 4];
        var mask = slots.length - 1;
        for (var child : children) {
            var i = hash(child.name, 0, child.name.length()) & mask;
            while (slots[i] != null) {
                i = (i + 1) & mask;
            }
            slots[i] = child;
        }
        return slots;
    }

    private static int hash(String text, int start, int end) {
        var hash = 0;
        for (int i = start; i < end; i++) {
            hash = 31 * hash + text.charAt(i);
        }
        return hash ^ (hash >>> 16);
    }

    /// A level while filters are still added.
    static final class Draft {
        private final BitSet here = new BitSet();
        private final BitSet below = new BitSet();
        private final Map<String, Draft> children = new LinkedHashMap<>();

        /// Adds the part of a filter from an index on.
        void add(String filter, int start, int ordinal) {
            var end = FilterTrie.levelEnd(filter, start);
            var level = filter.substring(start, end);
            if (level.equals("#")) {
                below.set(ordinal);
                return;
            }
            var child = children.computeIfAbsent(level, _ -> new Draft());
            if (end == filter.length()) {
                child.here.set(ordinal);
            } else {
                child.add(filter, end + 1, ordinal);
            }
        }

        <T> Level<T> built(String name, List<T> targets) {
            var any = children.get("+");
            var named = children.entrySet().stream()
                    .filter(child -> !child.getKey().equals("+"))
                    .map(child -> child.getValue().built(child.getKey(), targets))
                    .toList();
            return new Level<>(
                    name,
                    FilterTrie.Ending.of(here, targets),
                    FilterTrie.Ending.of(below, targets),
                    any == null ? null : any.built("+", targets),
                    named);
        }
    }
}
