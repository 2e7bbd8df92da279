package io.sluice.node.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.sluice.node.broker.BrokerSettings;
import io.sluice.node.format.FormatSettings;
import io.sluice.node.format.FormatSettings.OnMissing;
import io.sluice.node.integration.IntegrationSettings.Acks;
import io.sluice.node.integration.IntegrationSettings.Compression;
import io.sluice.node.integration.IntegrationSettings.Fencing;
import io.sluice.node.secret.Secret;
import io.sluice.node.settings.Section;
import io.sluice.node.settings.SettingsContract;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntegrationSettingsTest implements SettingsContract<IntegrationSettings> {
    private String name = "plant-7";

    @Override
    public String path() {
        return "sluice.integration-defaults";
    }

    @Override
    public IntegrationSettings read(Section section) {
        return IntegrationSettings.from(name, section, Set.of("default", "msk"), _ -> {});
    }

    @Override
    public IntegrationSettings defaults() {
        var format = new FormatSettings(
                "plant-7",
                FormatSettings.Format.CLOUDEVENTS_BINARY,
                "tbmq.messages",
                "${clientId}",
                "",
                Map.of(),
                Map.of(),
                false,
                new FormatSettings.Missing(OnMissing.FAIL, OnMissing.FAIL, OnMissing.FAIL, OnMissing.FAIL),
                false,
                "sluice/plant-7",
                "io.sluice.mqtt.published");
        return new IntegrationSettings(
                "plant-7",
                true,
                List.of("tbmq/#"),
                "default",
                format,
                "sluice-producer",
                Acks.ALL,
                Compression.NONE,
                64 << 10,
                Optional.empty(),
                32 << 20,
                8 << 20,
                Map.of(),
                2,
                Fencing.NONE,
                "",
                "",
                new IntegrationSettings.Queue(IntegrationSettings.QueueKind.NONE, "default", Optional.empty(), 0));
    }

    @Override
    public Map<String, String> changes() {
        return Map.ofEntries(
                Map.entry("enabled", "false"),
                Map.entry("filters", "[\"a/#\", \"b/+\"]"),
                Map.entry("broker", "msk"),
                Map.entry("topic", "plant.${topic[1]}"),
                Map.entry("subject", "${topicName}"),
                Map.entry("key", "$[id]"),
                Map.entry("format", "json"),
                Map.entry("headers", "{ plant.name = seven }"),
                Map.entry("metadata", "{ site = north }"),
                Map.entry("missing.topic", "empty"),
                Map.entry("missing.subject", "literal"),
                Map.entry("missing.key", "empty"),
                Map.entry("missing.headers", "empty"),
                Map.entry("tombstone-on-empty", "true"),
                Map.entry("user-properties-as-headers", "true"),
                Map.entry("source", "urn:plant:7"),
                Map.entry("type", "plant.measured"),
                Map.entry("client-id-prefix", "plant"),
                Map.entry("acks", "1"),
                Map.entry("compression", "zstd"),
                Map.entry("batch-size", "0"),
                Map.entry("linger", "5ms"),
                Map.entry("buffer-memory", "64 MiB"),
                Map.entry("max-request-size", "2 MiB"),
                Map.entry("other-properties", "{ request.timeout.ms = 20000 }"),
                Map.entry("tasks", "128"),
                Map.entry("fencing", "transactional"),
                Map.entry("on-success", "archive"),
                Map.entry("on-failure", "alarms"),
                Map.entry("queue", "kafka"),
                Map.entry("queue-broker", "msk"),
                Map.entry("queue-retention", "7d"),
                Map.entry("queue-size-max", "1 GiB"));
    }

    @Test
    void producesSafelyAndInOrderByDefault() {
        assertThat(properties(Map.of()))
                .containsEntry("client.id", "sluice-producer-plant-7-1")
                .containsEntry("bootstrap.servers", List.of("kafka-1:9092"))
                .containsEntry("acks", "all")
                .containsEntry("enable.idempotence", true)
                .containsEntry("retries", Integer.MAX_VALUE)
                .containsEntry("delivery.timeout.ms", Integer.MAX_VALUE)
                .containsEntry("max.block.ms", Long.MAX_VALUE)
                .containsEntry("linger.ms", 0L)
                .containsEntry("batch.size", 64 << 10)
                .containsEntry("buffer.memory", 32L << 20)
                .containsEntry("max.request.size", 8 << 20)
                .containsEntry("compression.type", "none")
                .doesNotContainKey("transactional.id");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "0, 0"})
    void isIdempotentOnlyWithAcksAll(String acks, String sent) {
        assertThat(properties(Map.of("acks", acks)))
                .containsEntry("acks", sent)
                .containsEntry("enable.idempotence", false);
    }

    @Test
    void fencesByATransactionalIdPerTask() {
        assertThat(properties(Map.of("fencing", "transactional")))
                .containsEntry("transactional.id", "sluice-plant-7-1");
        assertThat(problemsWith(Map.of("fencing", "transactional", "acks", "1")))
                .containsExactly("command line: sluice.integration-defaults.fencing must be none unless acks is all");
    }

    @Test
    void givesKafkaNothingItDoesNotKnowOrTake() {
        for (var change : changes().entrySet()) {
            var properties = new HashMap<>(properties(Map.of(change.getKey(), change.getValue())));
            assertThat(ProducerConfig.configNames()).containsAll(properties.keySet());
            properties.put("key.serializer", ByteArraySerializer.class);
            properties.put("value.serializer", ByteArraySerializer.class);
            assertThatCode(() -> new ProducerConfig(properties))
                    .as(change.getKey())
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void passesOnWhatTheAllowListLetThrough() {
        assertThat(properties(Map.of(
                        "other-properties",
                        "{ request.timeout.ms = 20000, \"client.dns.lookup\" =" + " use_all_dns_ips }")))
                .containsEntry("request.timeout.ms", "20000")
                .containsEntry("client.dns.lookup", "use_all_dns_ips");
    }

    @Test
    void waitsAsLongAsTheLingerSays() {
        assertThat(properties(Map.of("linger", "5ms"))).containsEntry("linger.ms", 5L);
        assertThat(problemsWith(Map.of("linger", "often", "tasks", "0")))
                .containsExactly(
                        "command line: sluice.integration-defaults.linger must be adaptive or a time such as 30s, was"
                                + " often",
                        "command line: sluice.integration-defaults.tasks must be at least 1, was 0");
        assertThat(problemsWith(Map.of("linger", "6s")))
                .containsExactly("command line: sluice.integration-defaults.linger must be at most 5s, was 6s");
    }

    @Test
    void refusesABufferThatTheLargestRecordNeverFits() {
        assertThat(problemsWith(Map.of("buffer-memory", "4 MiB")))
                .containsExactly("command line: sluice.integration-defaults.buffer-memory must be at least"
                        + " max-request-size, or the largest record never fits");
    }

    @Test
    void refusesABatchThatTheBufferNeverHolds() {
        assertThat(problemsWith(Map.of("batch-size", "16 MiB", "buffer-memory", "8 MiB")))
                .containsExactly("command line: sluice.integration-defaults.batch-size must be at most buffer-memory,"
                        + " or no batch ever fits");
    }

    @Test
    void refusesNoFilterAndTheSameTwice() {
        assertThat(problemsWith(Map.of("filters", "[]")))
                .containsExactly(
                        "command line: sluice.integration-defaults.filters must hold at least one topic filter,"
                                + " e.g. \"#\"");
        assertThat(problemsWith(Map.of("filters", "[a, b, a]")))
                .containsExactly(
                        "command line: sluice.integration-defaults.filters must not hold a topic filter twice");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            '',     'expected a topic name, was empty'
            .,      'expected a topic name, was "."'
            ..,     'expected a topic name, was ".."'
            'a b',  'expected a-z A-Z 0-9 . _ - only, was "a b"'
            größe,  'expected a-z A-Z 0-9 . _ - only, was "größe"'
            a/b,    'expected a-z A-Z 0-9 . _ - only, was "a/b"'
            """)
    void refusesATopicThatKafkaRefuses(String topic, String problem) {
        assertThat(problemsWith(Map.of("topic", topic)))
                .containsExactly("command line: sluice.integration-defaults.topic: " + problem);
    }

    @Test
    void refusesASourceThatIsNoUri() {
        assertThat(problemsWith(Map.of("source", "not a uri", "client-id-prefix", "a b")))
                .containsExactly(
                        "command line: sluice.integration-defaults.source: expected a URI reference, was \"not a uri\"",
                        "command line: sluice.integration-defaults.client-id-prefix must be 1 to 100 letters, digits,"
                                + " dots, underscores or dashes, was a b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plant.7", "-plant", "plant 7", "plant/7"})
    void refusesANameThatIsNotOneEverywhere(String name) {
        this.name = name;

        assertThat(problemsWith(Map.of("source", "x")))
                .singleElement()
                .asString()
                .endsWith("integration [" + name
                        + "]: expected a name of at most 64 letters, digits, underscores or dashes");
    }

    @Test
    void readsFreeNamesAsTheyStand() {
        assertThat(readWith(Map.of("headers", "{ a.b = 1, \"c d\" = \"${qos}\" }"))
                        .format()
                        .headers())
                .isEqualTo(Map.of("a.b", "1", "c d", "${qos}"));
    }

    private Map<String, Object> properties(Map<String, String> keys) {
        var broker = new BrokerSettings(
                "default",
                BrokerSettings.Service.KAFKA,
                BrokerSettings.Auth.NONE,
                "",
                Secret.of(""),
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of("kafka-1:9092"));
        return readWith(keys).producerProperties(broker, 1);
    }
}
