package io.sluice.node.handover;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;

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

    /// What keeps a node from beginning with lanes.
    public enum Obstacle {
        /// The other node has not been heard yet.
        NOT_HEARD,
        /// It does not follow as new a version of the catalog.
        BEHIND,
        /// It has, or may have, something of an older distribution.
        HAS_OLDER,
        /// It has begun with a newer one.
        WENT_FURTHER
    }

    /// Whether a node may begin with lanes: no other node is an obstacle.
    ///
    /// @param others what each other node of the cluster last said; empty where it was not heard yet
    public static boolean mayBegin(String integration, long lanes, Collection<Optional<Standing>> others) {
        return others.stream()
                .allMatch(other -> obstacle(integration, lanes, other).isEmpty());
    }

    /// What another node is to it.
    ///
    /// @param other what it last said; empty if it was not heard yet
    public static Optional<Obstacle> obstacle(String integration, long lanes, Optional<Standing> other) {
        if (other.isEmpty()) {
            return Optional.of(Obstacle.NOT_HEARD);
        }
        if (other.get().applied() < lanes) {
            return Optional.of(Obstacle.BEHIND);
        }
        var there = other.get().lanes().get(integration);
        if (there == null) {
            return Optional.empty();
        }
        if (there.begun() > lanes) {
            return Optional.of(Obstacle.WENT_FURTHER);
        }
        return there.oldest() < 0 || there.oldest() >= lanes ? Optional.empty() : Optional.of(Obstacle.HAS_OLDER);
    }
}
