package io.sluice.node.observe;

import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// The tally of each integration of this node. Any thread.
public final class Tallies {
    private final ConcurrentMap<String, Tally> tallies = new ConcurrentHashMap<>();
    private final Set<String> gone = ConcurrentHashMap.newKeySet();

    /// Look it up once and keep it.
    public Tally of(String integration) {
        return tallies.compute(integration, (name, found) -> {
            gone.remove(name);
            return found == null ? new Tally() : found;
        });
    }

    /// A task's stream into Kafka failed. Counts if the node knows the integration.
    public void failed(String integration) {
        var tally = tallies.get(integration);
        if (tally != null) {
            tally.failed();
        }
    }

    /// A task has not finished a message of this age.
    public void lag(String integration, long millis) {
        var tally = tallies.get(integration);
        if (tally != null) {
            tally.lag(millis);
        }
    }

    /// Nothing more will be counted; what was is still taken.
    void forget(String integration) {
        gone.add(integration);
    }

    /// All since the last time, by integration; those left out where nothing happened.
    SortedMap<String, Figures> take() {
        var taken = new TreeMap<String, Figures>();
        for (var integration : tallies.keySet()) {
            tallies.computeIfPresent(integration, (name, tally) -> {
                var figures = tally.take();
                if (!figures.isNothing()) {
                    taken.put(name, figures);
                }
                return gone.remove(name) ? null : tally;
            });
        }
        return taken;
    }
}
