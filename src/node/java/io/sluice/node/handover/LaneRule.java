package io.sluice.node.handover;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// When a node may hand over by a new distribution of an integration's subjects over its tasks: when no node of the
/// cluster can have anything under way by an older one any more. Otherwise a subject would be written by two tasks at
/// the same time, and its records' `sluice-epoch` could fall. Pure.
public final class LaneRule {
    private LaneRule() {}

    /// How an integration stands on a node.
    ///
    /// @param oldest lanes of the oldest destination that still has something, or may have; -1 if there is none
    /// @param begun  newest lanes that were ever handed over by; -1 if there are none
    public record Lanes(long oldest, long begun) {}

    /// How a node stands.
    ///
    /// @param applied version of the catalog that its routes follow; it never goes back
    public record Standing(long applied, Map<String, Lanes> lanes) {
        public Standing {
            lanes = Map.copyOf(lanes);
        }
    }

    /// Whether a node may begin with lanes: each other node has been heard, has come as far in the catalog, has
    /// nothing older left, and has not gone further.
    ///
    /// @param others what each other node of the cluster last said; empty where it was not heard yet
    public static boolean mayBegin(String integration, long lanes, Collection<Optional<Standing>> others) {
        return others.stream()
                .allMatch(other -> other.filter(standing -> standing.applied() >= lanes
                                && letsBegin(standing.lanes().get(integration), lanes))
                        .isPresent());
    }

    private static boolean letsBegin(@Nullable Lanes there, long lanes) {
        return there == null || ((there.oldest() < 0 || there.oldest() >= lanes) && there.begun() <= lanes);
    }
}
