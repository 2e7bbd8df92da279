package io.sluice.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import io.sluice.node.access.AccessRules;
import io.sluice.node.catalog.Key;
import io.sluice.node.catalog.Kind;
import io.sluice.node.catalog.Rules;
import io.sluice.node.integration.Chains;
import io.sluice.node.integration.IntegrationSettings;
import io.sluice.node.integration.Next;
import io.sluice.node.route.TopicFilter;
import io.sluice.node.settings.Definition;
import io.sluice.node.settings.Problems;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Judges definitions by the same rules as the sections of a configuration file.
///
/// @param resolved the node's configuration, for what a definition leaves out
/// @param brokers  names of all brokers
/// @param declared integrations of the configuration, by name, as JSON of what each says itself
record DefinitionRules(Config resolved, Set<String> brokers, SortedMap<String, String> declared) implements Rules {

    static DefinitionRules of(Config resolved, NodeSettings settings) {
        var declared = new TreeMap<String, String>();
        for (var integration : settings.integrations()) {
            var own = resolved.getConfig("sluice.integrations").getConfig(ConfigUtil.joinPath(integration.name()));
            declared.put(integration.name(), own.root().render(ConfigRenderOptions.concise()));
        }
        return new DefinitionRules(resolved, settings.brokers().keySet(), declared);
    }

    @Override
    public Optional<String> declaredIn(Key key) {
        return key.kind() == Kind.INTEGRATION && declared.containsKey(key.name())
                ? Optional.of("the configuration, at sluice.integrations." + key.name())
                : Optional.empty();
    }

    @Override
    public List<Problem> problems(Map<Key, String> all, Set<Key> changed) {
        var found = new ArrayList<Problem>();
        for (var key : changed) {
            var definition = all.get(key);
            if (definition != null) {
                problems(key, definition).forEach(problem -> found.add(new Problem(key, key + ": " + problem)));
            }
        }
        found.addAll(chainProblems(all, changed));
        var ofAccess = changed.stream().filter(DefinitionRules::isOfAccess).collect(Collectors.toUnmodifiableSet());
        found.addAll(AccessRules.problems(all, ofAccess));
        return found;
    }

    /// An integration whose subjects stay with their tasks goes on.
    @Override
    public boolean continues(Key key, String before, String after) {
        if (key.kind() != Kind.INTEGRATION) {
            return false;
        }
        var problems = new Problems();
        var former = integration(key.name(), before, problems);
        var next = integration(key.name(), after, problems);
        return problems.found().isEmpty() && next.distributesAs(former);
    }

    private List<Problem> chainProblems(Map<Key, String> all, Set<Key> changed) {
        var keys = changed.stream()
                .filter(key -> key.kind() == Kind.INTEGRATION && !declared.containsKey(key.name()))
                .sorted(Comparator.comparing(Key::name))
                .toList();
        if (keys.isEmpty()) {
            return List.of();
        }
        var found = new ArrayList<Problem>();
        var chains = new Chains(nexts(all));
        for (var key : keys) {
            if (all.containsKey(key)) {
                chains.check(
                        key.name(),
                        (name, problem) ->
                                found.add(new Problem(key, "%s: integration.%s %s".formatted(key, name, problem))));
            } else {
                chains.naming(key.name())
                        .forEach(name -> found.add(new Problem(
                                key, "%s: must stay, integration [%s] sends on to it".formatted(key, name))));
            }
        }
        return found;
    }

    /// Where each integration sends on; what the configuration declares goes first.
    private Map<String, Next> nexts(Map<Key, String> all) {
        var nexts = new HashMap<String, Next>();
        all.forEach((key, definition) -> {
            if (key.kind() == Kind.INTEGRATION) {
                nexts.put(key.name(), next(definition));
            }
        });
        declared.forEach((name, definition) -> nexts.put(name, next(definition)));
        return nexts;
    }

    private Next next(String definition) {
        return new Next(
                Definition.text(definition, resolved, "sluice.integration-defaults", "on-success"),
                Definition.text(definition, resolved, "sluice.integration-defaults", "on-failure"));
    }

    private List<String> problems(Key key, String definition) {
        var problems = new Problems();
        switch (key.kind()) {
            case INTEGRATION -> integration(key.name(), definition, problems);
            case INGRESS -> problems.add("ingress cannot be defined yet");
            case USER, TOKEN -> {} // judged together, for they refer to one another
        }
        return problems.found();
    }

    private static boolean isOfAccess(Key key) {
        return key.kind() == Kind.USER || key.kind() == Kind.TOKEN;
    }

    /// What an integration of this name would be.
    IntegrationSettings integration(String name, String definition, Problems problems) {
        var section = Definition.section("integration", definition, resolved, "sluice.integration-defaults", problems);
        var settings = IntegrationSettings.from(name, section, brokers, TopicFilter::parse);
        section.close();
        return settings;
    }
}
