package io.sluice.node.live;

import io.sluice.node.route.Route;
import io.sluice.node.route.TopicFilter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Who else wants to see what: told again and again, and forgotten when it is not. Pure, one thread.
///
/// @param <W> who, told apart by `equals`
/// @param <T> what is kept for each, made once
final class Leases<W, T> {
    private record Lease<T>(T target, List<String> filters, long endsAtNanos) {}

    private final long nanos;
    private final Function<W, T> targets;
    private final Map<W, Lease<T>> leases = new LinkedHashMap<>();

    /// @param nanos   for which a word counts
    /// @param targets makes what is kept for who is new
    Leases(long nanos, Function<W, T> targets) {
        this.nanos = nanos;
        this.targets = targets;
    }

    /// One wants to see this, and nothing else. True if that changes what goes to it.
    boolean renew(W who, List<String> filters, long now) {
        if (filters.isEmpty()) {
            return leases.remove(who) != null;
        }
        var known = leases.get(who);
        var target = known == null ? targets.apply(who) : known.target();
        leases.put(who, new Lease<>(target, List.copyOf(filters), now + nanos));
        return known == null || !known.filters().equals(filters);
    }

    /// Forgets those whose lease has ended. True if there were any.
    boolean expire(long now) {
        return leases.values().removeIf(lease -> now - lease.endsAtNanos() >= 0);
    }

    /// Forgets all but these. True if there were others.
    boolean retain(Set<W> there) {
        return leases.keySet().retainAll(there);
    }

    Optional<T> of(W who) {
        return Optional.ofNullable(leases.get(who)).map(Lease::target);
    }

    List<Route<T>> routes() {
        var routes = new ArrayList<Route<T>>();
        leases.values()
                .forEach(lease -> lease.filters()
                        .forEach(filter -> routes.add(new Route<>(TopicFilter.parse(filter), lease.target()))));
        return routes;
    }
}
