package io.sluice.node.live;

import io.sluice.node.event.Arrival;
import java.util.concurrent.atomic.AtomicInteger;

/// What is watched on a node, and of what it receives. Any thread.
public final class LiveView {
    private static final Object NOBODY = new Object();

    private final FilterTree tree = new FilterTree();
    private final AtomicInteger watching = new AtomicInteger();
    private volatile String node = "";

    /// As which the node is known, from now on.
    public void named(String name) {
        node = name;
    }

    public synchronized void add(Subscription subscription) {
        tree.add(subscription);
        watching.incrementAndGet();
    }

    public synchronized void remove(Subscription subscription) {
        if (tree.remove(subscription)) {
            watching.decrementAndGet();
        }
    }

    /// Shows a message that this node received. Called once it is taken, by the thread that took it.
    public void show(Arrival arrival) {
        show(arrival, NOBODY);
    }

    /// @param publisher not shown to subscriptions without it
    public void show(Arrival arrival, Object publisher) {
        if (watching.get() > 0) {
            tree.show(arrival, node, publisher);
        }
    }
}
