package io.sluice.node.api;

import io.sluice.node.broker.Check;
import io.sluice.node.event.Arrival;
import io.sluice.node.integration.IntegrationSettings;
import io.sluice.node.integration.Preview;
import java.util.List;
import java.util.SortedMap;

/// What the node's configuration makes of definitions.
public interface Configured {

    /// Integrations declared in files, by name, as JSON of what each says itself.
    SortedMap<String, String> declared();

    /// A definition as it would be read.
    ///
    /// @param problems empty if it can be used
    record Read(IntegrationSettings settings, List<String> problems) {}

    /// @param definition JSON text
    Read read(String name, String definition);

    /// What an integration would make of an arrival.
    Preview preview(IntegrationSettings settings, Arrival arrival);

    /// Walks the way to the Kafka of an integration. Blocks.
    List<Check.Step> check(IntegrationSettings settings);
}
