package io.sluice.node.integration;

import java.util.Locale;

/// Where a task stands, see [Task].
public enum TaskPhase {
    STARTING,
    RUNNING,
    BACKING_OFF,
    DRAINING,
    STOPPED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
