package io.sluice.node.access;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// Somebody who was let in.
///
/// @param name    of the user
/// @param scopes  what it may do now, by this means
/// @param by      the means
/// @param expires when the means ends by itself
/// @param session digest of the session, empty for a token
public record Caller(String name, Role role, Set<Scope> scopes, Means by, Instant expires, Optional<String> session) {

    /// By what somebody is let in.
    public enum Means {
        SESSION,
        TOKEN
    }

    public Caller {
        scopes = Set.copyOf(scopes);
    }

    public boolean may(Scope scope) {
        return scopes.contains(scope);
    }
}
