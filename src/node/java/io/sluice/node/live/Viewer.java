package io.sluice.node.live;

import io.sluice.node.event.Arrival;

/// Somebody who watches.
@FunctionalInterface
public interface Viewer {

    /// Shows a message. Any thread; must not block.
    ///
    /// @param node that received it
    /// @return false if it is not shown, because the viewer does not keep up or takes none of that size
    boolean show(Arrival arrival, String node);
}
