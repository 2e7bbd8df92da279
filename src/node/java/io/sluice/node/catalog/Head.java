package io.sluice.node.catalog;

import io.sluice.node.cluster.ClusterMessage;
import java.util.Collection;

/// By what a node knows that it has seen a version of the catalog whole.
///
/// @param version of the catalog
/// @param count   how many definitions it holds
/// @param digest  over what they are called and their versions, in whatever order
record Head(long version, int count, long digest) implements ClusterMessage {
    static final Head NONE = new Head(-1, 0, 0);

    static Head of(long version, Collection<Entry> entries) {
        long digest = 0;
        for (var entry : entries) {
            digest ^= mixed(
                    31L * entry.key().kind().name().hashCode()
                            + entry.key().name().hashCode(),
                    entry.version());
        }
        return new Head(version, entries.size(), digest);
    }

    /// Spreads both over all bits (the finalizer of SplitMix64), so that two changes do not cancel each other out.
    private static long mixed(long name, long version) {
        long bits = name * 0x9E3779B97F4A7C15L + version;
        bits = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        bits = (bits ^ (bits >>> 27)) * 0x94D049BB133111EBL;
        return bits ^ (bits >>> 31);
    }
}
