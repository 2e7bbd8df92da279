package io.sluice.node.event;

import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// What integrations before this one noted about a message, by name.
///
/// @param texts not to be written to
public record Metadata(SortedMap<String, String> texts) {
    /// Kafka's offset of the record that the message became, −1 if Kafka did not tell.
    public static final String OFFSET = "offset";

    /// Kafka's partition of that record.
    public static final String PARTITION = "partition";

    /// Kafka's topic of that record.
    public static final String TOPIC = "topic";

    /// Why the message could not be delivered.
    public static final String ERROR = "error";

    /// Every name there can be.
    public static final Set<String> NAMES = Set.of(OFFSET, PARTITION, TOPIC, ERROR);

    /// No integration before this one.
    public static final Metadata NONE = new Metadata(Collections.emptySortedMap());

    public Metadata {
        texts = texts.isEmpty()
                ? Collections.emptySortedMap()
                : Collections.unmodifiableSortedMap(new TreeMap<>(texts));
    }

    public boolean isEmpty() {
        return texts.isEmpty();
    }

    /// The text of a name, empty if there is none.
    public String get(String name) {
        return texts.getOrDefault(name, "");
    }

    /// The same, with a text more or another one.
    public Metadata with(String name, String text) {
        var more = new TreeMap<>(texts);
        more.put(name, text);
        return new Metadata(more);
    }

    int weight() {
        if (texts.isEmpty()) {
            return 0;
        }
        var weight = 0;
        for (var entry : texts.entrySet()) {
            weight += 2 * (entry.getKey().length() + entry.getValue().length()) + 64;
        }
        return weight;
    }
}
