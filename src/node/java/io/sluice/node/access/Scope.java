package io.sluice.node.access;

import java.util.Locale;

/// What somebody may do.
public enum Scope {
    /// See everything but users.
    VIEW,
    /// Publish messages.
    PUBLISH,
    /// Change integrations, and what became of messages.
    OPERATE,
    /// Say who may do what, and undo what others did.
    ADMINISTER;

    /// @throws IllegalArgumentException if there is no such scope
    public static Scope of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
