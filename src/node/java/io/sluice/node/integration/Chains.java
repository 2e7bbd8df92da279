package io.sluice.node.integration;

import io.sluice.node.settings.Spelling;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/// Checks where integrations send on what they delivered or could not deliver: to one that there is, enabled or not,
/// and never back. Pure.
///
/// @param integrations by name
public record Chains(Map<String, Next> integrations) {
    public Chains {
        integrations = Map.copyOf(integrations);
    }

    /// Tells what is wrong with `on-success` and `on-failure` of one integration.
    ///
    /// @param problems told the key and what is wrong
    public void check(String name, BiConsumer<String, String> problems) {
        var next = Objects.requireNonNull(integrations.get(name));
        check("on-success", name, next.onSuccess(), problems);
        check("on-failure", name, next.onFailure(), problems);
    }

    /// Integrations that name one, in order.
    public List<String> naming(String name) {
        return integrations.entrySet().stream()
                .filter(entry -> next(entry.getKey()).anyMatch(name::equals))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    private void check(String key, String from, String to, BiConsumer<String, String> problems) {
        if (to.isEmpty()) {
            return;
        }
        if (!integrations.containsKey(to)) {
            problems.accept(key, "must name an integration, was " + to + Spelling.hint(to, integrations.keySet()));
            return;
        }
        var way = new ArrayList<>(List.of(from, to));
        if (leads(way, from, new HashSet<>())) {
            problems.accept(key, "must not lead back to %s, was %s: %s".formatted(from, to, String.join(" → ", way)));
        }
    }

    /// Lengthens a way until it ends at a name; as it was, if it cannot.
    private boolean leads(List<String> way, String to, Set<String> seen) {
        var last = way.getLast();
        if (last.equals(to)) {
            return true;
        }
        if (!seen.add(last)) {
            return false;
        }
        for (var name : next(last).toList()) {
            way.add(name);
            if (leads(way, to, seen)) {
                return true;
            }
            way.removeLast();
        }
        return false;
    }

    private Stream<String> next(String name) {
        var next = integrations.get(name);
        return next == null
                ? Stream.of()
                : Stream.of(next.onSuccess(), next.onFailure()).filter(to -> !to.isEmpty());
    }
}
