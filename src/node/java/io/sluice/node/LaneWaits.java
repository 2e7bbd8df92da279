package io.sluice.node;

import io.sluice.node.handover.LaneRule;
import io.sluice.node.handover.LaneRule.Lanes;
import io.sluice.node.handover.LaneRule.Obstacle;
import io.sluice.node.handover.LaneRule.Standing;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells for which nodes an integration waits before it hands over by a new distribution of subjects, once that takes
/// longer than a change does. One thread at a time.
final class LaneWaits {
    private static final Logger log = LoggerFactory.getLogger(LaneWaits.class);
    private static final Duration QUIET = Duration.ofSeconds(5);

    private final BiConsumer<String, String> listener;
    private final Map<String, Long> since = new HashMap<>();
    private final Map<String, String> told;

    /// @param told     keeps for what each integration waits
    /// @param listener told an integration and for what it waits, each time that changes
    LaneWaits(Map<String, String> told, BiConsumer<String, String> listener) {
        this.told = told;
        this.listener = listener;
    }

    /// How an integration is now.
    ///
    /// @param waits whether its oldest destination has not begun
    /// @param lanes of that one
    void look(String integration, boolean waits, long lanes, SortedMap<String, Optional<Standing>> others, long nanos) {
        if (!waits) {
            since.remove(integration);
            if (told.remove(integration) != null) {
                log.info("integration [{}] waits no longer", integration);
            }
            return;
        }
        if (nanos - since.computeIfAbsent(integration, _ -> nanos) < QUIET.toNanos()) {
            return;
        }
        var why = why(integration, lanes, others);
        if (!why.isEmpty() && !why.equals(told.put(integration, why))) {
            log.warn("integration [{}] waits, what comes for it is not acknowledged: {}", integration, why);
            listener.accept(integration, why);
        }
    }

    /// One of those that wait, and for what.
    static Optional<String> any(Map<String, String> waiting) {
        return waiting.entrySet().stream()
                .findFirst()
                .map(wait -> "integration [%s] waits: %s".formatted(wait.getKey(), wait.getValue()));
    }

    private static String why(String integration, long lanes, SortedMap<String, Optional<Standing>> others) {
        for (var other : others.entrySet()) {
            var obstacle = LaneRule.obstacle(integration, lanes, other.getValue());
            if (obstacle.isPresent()) {
                var node = "node " + other.getKey().replaceFirst("#.*", "");
                return obstacle.get() == Obstacle.NOT_HEARD
                        ? node + " has not said how it stands"
                        : node
                                + because(
                                        obstacle.get(),
                                        integration,
                                        lanes,
                                        other.getValue().orElseThrow());
            }
        }
        return "";
    }

    private static String because(Obstacle obstacle, String integration, long lanes, Standing there) {
        if (there.applied() < 0) {
            return " has not read the catalog yet";
        }
        if (obstacle == Obstacle.BEHIND) {
            return " follows version %d of the catalog, expected %d".formatted(there.applied(), lanes);
        }
        var theirs = there.lanes().getOrDefault(integration, new Lanes(-1, -1));
        if (lanes == 0 || theirs.oldest() == 0) {
            return " has it %s, this one %s: define it in one place on all nodes"
                    .formatted(place(obstacle == Obstacle.HAS_OLDER ? theirs.oldest() : theirs.begun()), place(lanes));
        }
        return obstacle == Obstacle.HAS_OLDER
                ? " still has version %d of it, expected %d: not all of that is delivered, or its log says why it cannot follow"
                        .formatted(theirs.oldest(), lanes)
                : " went on to version %d of it, expected %d".formatted(theirs.begun(), lanes);
    }

    private static String place(long lanes) {
        return lanes == 0 ? "in a file" : "in the catalog (version %d)".formatted(lanes);
    }
}
