package io.sluice.node.catalog;

import io.sluice.node.cluster.ClusterMessage;
import java.time.Instant;

/// A definition as it stands.
///
/// @param definition JSON text
/// @param version    of the catalog when it was last changed: its ETag
/// @param since      of the catalog when it was last changed so that what was begun under it does not go on
/// @param by         who changed it
/// @param at         when
public record Entry(Key key, String definition, long version, long since, String by, Instant at)
        implements ClusterMessage {

    /// A node that does not know `since` leaves it out.
    public Entry {
        since = since == 0 ? version : since;
    }

    /// Without the definition, which may hold a hash.
    @Override
    public String toString() {
        return "Entry[%s, version=%d, by=%s, at=%s]".formatted(key, version, by, at);
    }
}
