package io.sluice.node;

import io.sluice.node.catalog.CatalogState;
import io.sluice.node.catalog.Entry;
import io.sluice.node.catalog.Key;
import io.sluice.node.catalog.Kind;
import io.sluice.node.integration.IntegrationSettings;
import io.sluice.node.settings.Problems;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What the configuration and the catalog say together. The configuration goes first: a definition of the
/// catalog that bears the name of one in a file is not used. One thread at a time.
final class Definitions {

    /// @param version of the catalog at which it was last changed; 0 if it stands in the configuration
    /// @param lanes   of the catalog since which its subjects are distributed over tasks as they are; 0 likewise
    record Defined(IntegrationSettings settings, long version, long lanes) {

        /// Whether what was made of settings and lanes stays as it is. Equal settings may have come back over others
        /// that this node did not see: then its lanes are not those of the other nodes.
        boolean keeps(IntegrationSettings others, long otherLanes) {
            return lanes == otherLanes && settings.equals(others);
        }
    }

    /// @param integrations enabled ones, by name
    /// @param problems     definitions of the catalog that cannot be used on this node: where one was
    ///                     usable before, it stays as it was
    record Read(SortedMap<String, Defined> integrations, List<String> problems) {
        Read {
            integrations = Collections.unmodifiableSortedMap(integrations);
            problems = List.copyOf(problems);
        }
    }

    /// @param settings empty if it could not be used
    /// @param lanes    of those
    private record Known(long version, Optional<IntegrationSettings> settings, long lanes, List<String> problems) {}

    private final DefinitionRules rules;
    private final List<IntegrationSettings> declared;
    private Map<Key, Known> known = Map.of();

    Definitions(DefinitionRules rules, List<IntegrationSettings> declared) {
        this.rules = rules;
        this.declared = List.copyOf(declared);
    }

    Read read(CatalogState catalog) {
        var now = new TreeMap<Key, Known>();
        var integrations = new TreeMap<String, Defined>();
        var problems = new TreeMap<Key, List<String>>();
        for (var entry : catalog.entries().values()) {
            if (entry.key().kind() == Kind.INTEGRATION
                    && rules.declaredIn(entry.key()).isEmpty()) {
                var found = known(entry);
                now.put(entry.key(), found);
                found.settings()
                        .ifPresent(settings -> integrations.put(
                                settings.name(), new Defined(settings, entry.version(), found.lanes())));
                problems.put(entry.key(), found.problems());
            }
        }
        known = now;
        declared.forEach(settings -> integrations.put(settings.name(), new Defined(settings, 0, 0)));
        integrations.values().removeIf(defined -> !defined.settings().enabled());
        return new Read(
                integrations, problems.values().stream().flatMap(List::stream).toList());
    }

    private Known known(Entry entry) {
        var before = known.get(entry.key());
        if (before != null && before.version() == entry.version()) {
            return before;
        }
        var problems = new Problems();
        var settings = rules.integration(entry.key().name(), entry.definition(), problems);
        return problems.found().isEmpty()
                ? new Known(entry.version(), Optional.of(settings), entry.since(), List.of())
                : new Known(
                        entry.version(),
                        before == null ? Optional.empty() : before.settings(),
                        before == null ? 0 : before.lanes(),
                        problems.found().stream()
                                .map(problem -> "%s at version %d: %s".formatted(entry.key(), entry.version(), problem))
                                .toList());
    }
}
