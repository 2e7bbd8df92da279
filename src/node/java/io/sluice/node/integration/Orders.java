package io.sluice.node.integration;

import java.util.Optional;

/// What one task is to do, by what its node knows now. Any thread; answers at once.
public interface Orders {
    /// The plan in its newest version, equal to an earlier answer as long as it is the same; empty if the
    /// integration is gone.
    Optional<TaskPlan> plan();

    /// The newest distribution of subjects over tasks whose forerunners have their end on this node.
    long lanes();

    /// Whether the task is to be alive; otherwise it serves what is still handed over to it, and ends.
    boolean isWanted();

    /// Whether the integration has ended: what is in its queue stays there.
    default boolean isRetired() {
        return false;
    }
}
