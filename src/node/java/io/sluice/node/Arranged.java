package io.sluice.node;

import io.sluice.node.Definitions.Defined;
import io.sluice.node.handover.Way;
import io.sluice.node.integration.IntegrationSettings;

/// One integration as it is on this node. Confined to the actor of [Ingest].
final class Arranged {
    final Way way;
    IntegrationSettings settings;
    long lanes;
    boolean ended;
    int tasksWatched;
    long forgetAtNanos;

    Arranged(Way way, IntegrationSettings settings) {
        this.way = way;
        this.settings = settings;
    }

    /// Whether it is as it shall be.
    boolean isAs(Defined defined) {
        return !ended && defined.keeps(settings, lanes);
    }

    int tasks() {
        return ended ? 0 : settings.tasks();
    }

    boolean isUnfinished() {
        return ended || way.isLeaving() || way.isWaiting() || tasksWatched > tasks();
    }
}
