package io.sluice.node;

import io.sluice.node.api.Configured;
import io.sluice.node.broker.Check;
import io.sluice.node.event.Arrival;
import io.sluice.node.integration.IntegrationSettings;
import io.sluice.node.integration.Preview;
import io.sluice.node.settings.Problems;
import java.util.List;
import java.util.SortedMap;

/// What this node would make of definitions, by the rules and with the tools that it uses for those in force.
record Definable(DefinitionRules rules, TaskPlans plans, Queues queues) implements Configured {

    @Override
    public SortedMap<String, String> declared() {
        return rules.declared();
    }

    @Override
    public Read read(String name, String definition) {
        var problems = new Problems();
        var settings = rules.integration(name, definition, problems);
        return new Read(settings, problems.found());
    }

    @Override
    public Preview preview(IntegrationSettings settings, Arrival arrival) {
        return plans.preview(settings, arrival);
    }

    @Override
    public List<Check.Step> check(IntegrationSettings settings) {
        return plans.check(settings, queues.toCheck(settings), Check.Limits.USUAL);
    }
}
