package io.sluice.node.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.node.event.Arrival;
import io.sluice.node.route.Route;
import io.sluice.node.route.Routes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/// What is watched on a node and from other nodes, and of what it receives. Any thread.
public final class LiveView {
    /// Most that other nodes are told of one by one.
    static final int FILTERS_MAX = 500;

    static final int FILTERS_BYTES_MAX = 64 << 10;

    private static final String ALL = "#";
    private static final Object NOBODY = new Object();

    private final FilterTree tree = new FilterTree();
    private final Routes<Onlooker> onlookers = Routes.of(List.of());
    private volatile int watching;
    private volatile String node = "";

    // held together by the lock
    private final TreeMap<String, Integer> filters = new TreeMap<>();
    private int subscriptions;
    private int watchedElsewhere;
    private Runnable listener = () -> {};

    /// As which the node is known, from now on.
    void named(String name) {
        node = name;
    }

    public synchronized void add(Subscription subscription) {
        tree.add(subscription);
        subscriptions++;
        count();
        var known = filters.size();
        subscription.filters().forEach(filter -> filters.merge(filter.text(), 1, Integer::sum));
        if (filters.size() != known) {
            listener.run();
        }
    }

    public synchronized void remove(Subscription subscription) {
        if (!tree.remove(subscription)) {
            return;
        }
        subscriptions--;
        count();
        var known = filters.size();
        subscription
                .filters()
                .forEach(
                        filter -> filters.computeIfPresent(filter.text(), (_, times) -> times == 1 ? null : times - 1));
        if (filters.size() != known) {
            listener.run();
        }
    }

    /// Shows a message that this node received. Called once it is taken, by the thread that took it.
    public void show(Arrival arrival) {
        show(arrival, NOBODY);
    }

    /// @param publisher not shown to subscriptions without it
    public void show(Arrival arrival, Object publisher) {
        if (watching == 0) {
            return;
        }
        tree.show(arrival, node, publisher);
        for (var onlooker : onlookers.match(arrival.topic())) {
            onlooker.show(arrival);
        }
    }

    /// Shows what another node received, to the viewers of this one alone.
    void showOf(String other, Arrival arrival) {
        tree.show(arrival, other, NOBODY);
    }

    /// From now on these nodes watch, and no others.
    synchronized void follow(List<Route<Onlooker>> routes) {
        onlookers.replace(routes);
        watchedElsewhere = routes.size();
        count();
    }

    /// @param changed told, under a lock, whenever something else is watched here; must not block
    synchronized void onChange(Runnable changed) {
        listener = changed;
    }

    /// What other nodes have to know: filters that match all that is watched here. Of too many, `#` for all but those
    /// whose first character is `$`.
    synchronized List<String> watched() {
        if (filters.containsKey(ALL) || !fits(filters.keySet())) {
            return allAndSome();
        }
        return List.copyOf(filters.keySet());
    }

    private List<String> allAndSome() {
        var some = new ArrayList<String>();
        some.add(ALL);
        var bytes = 0;
        for (var filter : filters.subMap("$", "%").keySet()) {
            bytes += filter.getBytes(UTF_8).length;
            if (some.size() == FILTERS_MAX || bytes > FILTERS_BYTES_MAX) {
                break;
            }
            some.add(filter);
        }
        return some;
    }

    private void count() {
        watching = subscriptions + watchedElsewhere;
    }

    private static boolean fits(Collection<String> filters) {
        if (filters.size() > FILTERS_MAX) {
            return false;
        }
        var bytes = 0;
        for (var filter : filters) {
            bytes += filter.getBytes(UTF_8).length;
        }
        return bytes <= FILTERS_BYTES_MAX;
    }
}
