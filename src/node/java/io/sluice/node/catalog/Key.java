package io.sluice.node.catalog;

import java.util.Comparator;

/// Names a definition. Ordered by kind, then name.
///
/// @param name free within its kind; who defines a kind says what a name may look like
public record Key(Kind kind, String name) implements Comparable<Key> {
    private static final Comparator<Key> ORDER = Comparator.comparing(Key::kind).thenComparing(Key::name);

    @Override
    public int compareTo(Key other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return "%s [%s]".formatted(kind, name);
    }
}
