package io.sluice.node.catalog;

import java.time.Instant;
import java.util.Optional;

/// One change, as it is stored: all of them in their order are the audit log.
///
/// @param definition what it is now, JSON text; empty if it was removed
/// @param by         who changed it
/// @param continues  whether what was begun under the former definition goes on, see [Rules#continues]
public record Changed(Key key, Optional<String> definition, String by, Instant at, boolean continues) {

    /// One that begins anew.
    public Changed(Key key, Optional<String> definition, String by, Instant at) {
        this(key, definition, by, at, false);
    }

    /// Without the definition, which may hold a hash.
    @Override
    public String toString() {
        return "Changed[%s, %s, by=%s, at=%s]".formatted(key, definition.isPresent() ? "put" : "removed", by, at);
    }
}
