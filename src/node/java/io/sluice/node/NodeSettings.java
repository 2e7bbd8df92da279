package io.sluice.node;

import com.typesafe.config.Config;
import io.sluice.node.api.ApiSettings;
import io.sluice.node.bridge.BridgeSettings;
import io.sluice.node.broker.BrokerSettings;
import io.sluice.node.catalog.CatalogSettings;
import io.sluice.node.cluster.ClusterSettings;
import io.sluice.node.embedded.EmbeddedKafkaSettings;
import io.sluice.node.handover.HandoverSettings;
import io.sluice.node.integration.IntegrationSettings;
import io.sluice.node.integration.TaskSettings;
import io.sluice.node.mqtt.MqttSettings;
import io.sluice.node.observe.HistorySettings;
import io.sluice.node.observe.ManagementSettings;
import io.sluice.node.queue.QueueSettings;
import io.sluice.node.route.TopicFilter;
import io.sluice.node.settings.InvalidSettings;
import io.sluice.node.settings.Problems;
import io.sluice.node.settings.Section;
import io.sluice.node.store.StoreSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// All of a node's settings.
///
/// @param dataDir       parent of everything the node keeps on disk
/// @param brokers       by name; only `default` may lack servers, and only if the embedded Kafka runs
/// @param integrations  enabled or not
/// @param mqttBrokers   enabled or not
/// @param embeddedKafka empty if it shall not run
public record NodeSettings(
        Path dataDir,
        MqttSettings mqtt,
        Map<String, BrokerSettings> brokers,
        List<IntegrationSettings> integrations,
        List<BridgeSettings> mqttBrokers,
        HandoverSettings handover,
        TaskSettings task,
        QueueSettings queue,
        CatalogSettings catalog,
        Optional<EmbeddedKafkaSettings> embeddedKafka,
        StoreSettings store,
        HistorySettings history,
        ManagementSettings management,
        ApiSettings api,
        ClusterSettings cluster) {

    private static final String DEFAULT = "default";

    public NodeSettings {
        brokers = Map.copyOf(brokers);
        integrations = List.copyOf(integrations);
        mqttBrokers = List.copyOf(mqttBrokers);
    }

    /// Reads root `sluice` of a resolved configuration.
    ///
    /// @throws InvalidSettings with every problem found
    public static NodeSettings from(Config config) {
        var problems = new Problems();
        var root = Section.of(config, "sluice", problems);
        root.foreign("dispatchers"); // read by Pekko, which is given them too
        var mqtt = MqttSettings.from(root.section("mqtt"));

        var brokerParts = root.sections("brokers", "broker-defaults");
        var brokers = new LinkedHashMap<String, BrokerSettings>();
        brokerParts.forEach((name, part) -> brokers.put(name, BrokerSettings.from(name, part)));
        var dataDir = root.file("data-dir");
        if (dataDir.toString().isEmpty()) {
            root.problem("data-dir", "must not be empty");
        }
        var embedded =
                EmbeddedKafkaSettings.from(root.section("embedded-kafka"), dataDir, lacksServers(brokers.get(DEFAULT)));
        brokerParts.forEach((name, part) -> checkServers(name, part, brokers.get(name), embedded.isPresent()));

        var integrationParts = root.sections("integrations", "integration-defaults");
        var integrations = IntegrationSettings.all(integrationParts, brokers.keySet(), TopicFilter::parse);
        for (var integration : integrations) {
            var part = Objects.requireNonNull(integrationParts.get(integration.name()));
            checkSize(integration, part, brokers.get(integration.broker()), embedded);
        }

        var management = ManagementSettings.from(root.section("management"));
        var store = root.section("store");
        var settings = new NodeSettings(
                dataDir,
                mqtt,
                brokers,
                integrations,
                BridgeSettings.all(root.sections("mqtt-brokers", "mqtt-broker-defaults")),
                HandoverSettings.from(root.section("handover")),
                TaskSettings.from(root.section("task")),
                QueueSettings.from(root.section("queue")),
                CatalogSettings.from(root.section("catalog")),
                embedded,
                StoreSettings.from(store),
                HistorySettings.from(root.section("history")),
                management,
                ApiSettings.from(root.section("api")),
                ClusterSettings.from(root.section("cluster"), management));
        if (settings.cluster().findsOthers() && settings.store().postgresql().isEmpty()) {
            store.problem(
                    "type",
                    "must be postgresql where sluice.cluster.discovery finds other nodes, was h2: nodes of a cluster share one store");
        }
        root.close();
        problems.throwIfAny();
        return settings;
    }

    /// The same with the embedded Kafka, now that it runs, as the servers of every broker that has none.
    public NodeSettings withEmbedded(String bootstrapServer) {
        var reachable = new LinkedHashMap<>(brokers);
        reachable.replaceAll((_, broker) -> lacksServers(broker) ? broker.at(List.of(bootstrapServer)) : broker);
        return new NodeSettings(
                dataDir,
                mqtt,
                reachable,
                integrations,
                mqttBrokers,
                handover,
                task,
                queue,
                catalog,
                embeddedKafka,
                store,
                history,
                management,
                api,
                cluster);
    }

    private static boolean lacksServers(@Nullable BrokerSettings broker) {
        return broker != null && broker.bootstrapServers().isEmpty();
    }

    private static void checkServers(String name, Section part, @Nullable BrokerSettings broker, boolean embedded) {
        if (lacksServers(broker) && !(name.equals(DEFAULT) && embedded)) {
            part.problem("bootstrap-servers", "must name at least one server, e.g. kafka-1:9092");
        }
    }

    /// The embedded broker must take the largest record an integration may send it, or that record would be parked.
    private static void checkSize(
            IntegrationSettings integration,
            Section part,
            @Nullable BrokerSettings broker,
            Optional<EmbeddedKafkaSettings> embedded) {
        var max = embedded.map(EmbeddedKafkaSettings::messageMaxBytes).orElse(Integer.MAX_VALUE);
        if (lacksServers(broker) && integration.maxRequestSize() > max) {
            part.problem(
                    "max-request-size",
                    "must be at most sluice.embedded-kafka.message-max, %d bytes, was %d bytes"
                            .formatted(max, integration.maxRequestSize()));
        }
    }
}
