package io.sluice.node.route;

import java.util.List;

/// Who wants a topic, now. Read by any thread; a replacement is seen whole or not at all.
///
/// @param <T> the target, told apart by `equals`
public final class Routes<T> {
    private volatile FilterTrie<T> current;

    private Routes(FilterTrie<T> current) {
        this.current = current;
    }

    public static <T> Routes<T> of(List<Route<T>> routes) {
        return new Routes<>(FilterTrie.of(routes));
    }

    /// From now on these routes count and no others. The new ones are built aside, so matching goes on meanwhile.
    public void replace(List<Route<T>> routes) {
        current = FilterTrie.of(routes);
    }

    /// The targets that want a topic, each once, in the order in which they first stood in the list of routes. The list
    /// cannot be changed.
    public List<T> match(String topic) {
        return current.match(topic);
    }
}
