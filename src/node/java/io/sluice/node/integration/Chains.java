package io.sluice.node.integration;

import io.sluice.node.settings.Section;
import io.sluice.node.settings.Spelling;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Checks where integrations send on what they delivered or could not deliver.
final class Chains {
    private final Map<String, IntegrationSettings> integrations;

    Chains(Map<String, IntegrationSettings> integrations) {
        this.integrations = integrations;
    }

    /// Notes what is wrong with `on-success` and `on-failure` of one integration.
    void check(Section section, IntegrationSettings integration) {
        check(section, "on-success", integration, integration.onSuccess());
        check(section, "on-failure", integration, integration.onFailure());
    }

    private void check(Section section, String key, IntegrationSettings from, String to) {
        if (to.isEmpty()) {
            return;
        }
        if (!integrations.containsKey(to)) {
            section.problem(key, "must name an integration, was " + to + Spelling.hint(to, integrations.keySet()));
        } else if (leads(to, from.name(), new HashSet<>())) {
            section.problem(key, "must not lead back to %s, was %s".formatted(from.name(), to));
        } else {
            section.problem(key, "must be empty: chains are not available yet");
        }
    }

    private boolean leads(String from, String to, Set<String> seen) {
        return from.equals(to) || (seen.add(from) && next(from).anyMatch(name -> leads(name, to, seen)));
    }

    private Stream<String> next(String name) {
        var integration = integrations.get(name);
        return integration == null ? Stream.of() : Stream.of(integration.onSuccess(), integration.onFailure());
    }
}
