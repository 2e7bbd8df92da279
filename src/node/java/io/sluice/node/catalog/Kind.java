package io.sluice.node.catalog;

import java.util.Locale;

/// What can be defined. Its name is stored: a new kind is added at the end, none is renamed.
public enum Kind {
    /// Where messages come from besides the node's own listeners.
    INGRESS,
    /// What becomes of messages, and which Kafka they go to.
    INTEGRATION,
    /// Who may log in.
    USER,
    /// By what a program is let in.
    TOKEN;

    /// @throws IllegalArgumentException if there is no such kind
    public static Kind of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
