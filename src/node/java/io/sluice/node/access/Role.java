package io.sluice.node.access;

import java.util.Locale;
import java.util.Set;

/// What a user is.
public enum Role {
    VIEWER,
    OPERATOR,
    ADMIN;

    public Set<Scope> scopes() {
        return switch (this) {
            case VIEWER -> Set.of(Scope.VIEW);
            case OPERATOR -> Set.of(Scope.VIEW, Scope.PUBLISH, Scope.OPERATE);
            case ADMIN -> Set.of(Scope.values());
        };
    }

    /// @throws IllegalArgumentException if there is no such role
    public static Role of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
