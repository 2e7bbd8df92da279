package io.sluice.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.TestKafka;
import io.sluice.node.broker.BrokerSettings;
import io.sluice.node.event.Arrival;
import io.sluice.node.event.CloudEvents;
import io.sluice.node.event.Properties;
import io.sluice.node.handover.Destination;
import io.sluice.node.integration.IntegrationSettings;
import io.sluice.node.integration.Preview;
import io.sluice.node.integration.Preview.Header;
import io.sluice.node.integration.Preview.Made.Parked;
import io.sluice.node.integration.Preview.Made.Written;
import io.sluice.node.settings.Configuration;
import io.sluice.node.settings.Problems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.pekko.cluster.typed.Cluster;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is foretold of an arrival is what a node writes of it.
class PreviewTest {
    private static final String NODE = "127.0.0.1:17355";
    private static final List<String> FORMATS =
            List.of("payload", "json", "cloudevents-binary", "cloudevents-structured");

    private final DefinitionRules rules = new DefinitionRules(
            Configuration.reference().resolve(), Set.of("default"), java.util.Collections.emptySortedMap());
    private final TaskPlans plans = new TaskPlans(brokers(), NODE, (_, _) -> List.of());

    @TempDir
    private Path folder = Path.of("");

    private static Map<String, BrokerSettings> brokers() {
        var settings = NodeSettings.from(Configuration.reference().resolve());
        return settings.withEmbedded("127.0.0.1:9092").brokers();
    }

    @Test
    void tellsRecordSubjectTaskAndWhetherAFilterWantsIt() {
        var integration = integration("""
                {"filters": ["other/#", "plant/+/valves"], "topic": "t-${topic[1]}", "tasks": 7,
                 "format": "payload", "key": "k-${qos}", "headers": {"b": "2", "a": "${clientId}"}}""");

        var preview = plans.preview(integration, arrival("plant/7/valves", "23.5"));
        var elsewhere = plans.preview(integration, arrival("plant/7/pumps", "23.5"));

        assertThat(preview.matches()).isTrue();
        assertThat(elsewhere.matches()).isFalse();
        assertThat(preview.subject()).isEqualTo("valve-1");
        assertThat(preview.task()).isEqualTo(Destination.task("valve-1", 7));
        assertThat(written(preview).topic()).isEqualTo("t-7");
        assertThat(written(preview).key()).hasValue("k-1".getBytes(UTF_8));
        assertThat(written(preview).value()).hasValue("23.5".getBytes(UTF_8));
        assertThat(written(preview).timestamp()).isEmpty();
        assertThat(names(written(preview).headers()))
                .startsWith("ce_id")
                .contains("a", "b")
                .endsWith("sluice-epoch");
    }

    @ParameterizedTest
    @ValueSource(strings = {"payload", "json", "cloudevents-binary", "cloudevents-structured"})
    void tellsATombstone(String format) {
        var text = "{\"format\": \"%s\", \"topic\": \"t\", \"tombstone-on-empty\": %s}";

        var tombstone = plans.preview(integration(text.formatted(format, true)), arrival("plant/7", ""));
        var empty = plans.preview(integration(text.formatted(format, false)), arrival("plant/7", ""));

        assertThat(written(tombstone).value()).isEmpty();
        assertThat(written(empty).value()).isPresent();
    }

    @Test
    void tellsWhyItWouldBeADeadLetter() {
        var text = "{\"topic\": \"t-$[kind]\", \"format\": \"payload\", \"missing\": {\"topic\": \"%s\"}}";
        var arrival = arrival("plant/7", "{}");

        var failed = plans.preview(integration(text.formatted("fail")), arrival);
        var empty = plans.preview(integration(text.formatted("empty")), arrival);
        var literal = plans.preview(integration(text.formatted("literal")), arrival);

        assertThat(failed.made()).isInstanceOfSatisfying(Parked.class, parked -> {
            assertThat(parked.reason()).isEqualTo("unformattable");
            assertThat(parked.error()).contains("topic", "kind");
        });
        assertThat(written(empty).topic()).isEqualTo("t-");
        assertThat(literal.made()).isInstanceOf(Parked.class);
    }

    @Test
    void tellsADeadLetterForWantOfASubject() {
        var text = "{\"topic\": \"t\", \"subject\": \"${username}\", \"missing\": {\"subject\": \"%s\"}, \"tasks\": 3}";
        var arrival = arrival("plant/7", "23.5");

        var failed = plans.preview(integration(text.formatted("fail")), arrival);
        var literal = plans.preview(integration(text.formatted("literal")), arrival);

        assertThat(failed.subject()).isEmpty();
        assertThat(failed.made()).isInstanceOf(Parked.class);
        assertThat(literal.subject()).isEqualTo("${username}");
        assertThat(written(literal).key()).hasValue("${username}".getBytes(UTF_8));
    }

    @Test
    @Tag("kafka")
    void isWhatANodeWrites() {
        var definitions = new LinkedHashMap<String, String>();
        for (var format : FORMATS) {
            definitions.put(format, """
                    {"filters": ["plant/#"], "topic": "%s", "format": "%s", "key": "${topic[1]}-$[n]", "tasks": 2,
                     "metadata": {"site": "north"}, "headers": {"h": "${metadata.site} ${clientId}"}}""".formatted(TestKafka.newTopic("preview", 1, Map.of()), format));
        }
        var payload = "{\"n\": 42, \"text\": \"é\\\"\"}";
        try (var node = OneNode.start(folder, TestKafka.bootstrapServers(), "")) {
            definitions.forEach(node::define);
            definitions.keySet().forEach(name -> node.awaitTasks(name, 2));
            try (var device = RawDevice.connect(node.mqtt(), "valve-1")) {
                device.publish(1, 1, false, "plant/7/valves", payload);

                var writtenByNode = new LinkedHashMap<String, ConsumerRecord<byte[], byte[]>>();
                for (var format : FORMATS) {
                    var settings = integration(format, Objects.requireNonNull(definitions.get(format)));
                    var topic = settings.format().topic();
                    writtenByNode.put(format, TestKafka.read(topic, 1).getFirst());
                }
                var arrival = arrivalOf(Objects.requireNonNull(writtenByNode.get("cloudevents-binary")), payload);
                var here = new TaskPlans(brokers(), name(node), (_, _) -> List.of());
                writtenByNode.forEach((format, record) -> assertSame(
                        record,
                        written(here.preview(
                                integration(format, Objects.requireNonNull(definitions.get(format))), arrival))));
            }
        }
    }

    private static String name(OneNode node) {
        return Cluster.get(node.node().system()).selfMember().address().hostPort();
    }

    /// What the node made up itself is taken from one of its records.
    private static Arrival arrivalOf(ConsumerRecord<byte[], byte[]> record, String payload) {
        var event = CloudEvents.read(record).orElseThrow();
        return arrival(
                "plant/7/valves",
                payload,
                event.id(),
                event.time().orElseThrow().toEpochMilli());
    }

    private static void assertSame(ConsumerRecord<byte[], byte[]> record, Written foretold) {
        assertThat(foretold.topic()).isEqualTo(record.topic());
        assertThat(foretold.key()).hasValue(record.key());
        assertThat(foretold.value().map(value -> new String(value, UTF_8))).hasValue(new String(record.value(), UTF_8));
        var headers = new ArrayList<Header>();
        record.headers().forEach(header -> headers.add(new Header(header.key(), header.value())));
        assertThat(texts(foretold.headers())).isEqualTo(texts(headers));
    }

    private static List<String> texts(List<Header> headers) {
        return headers.stream()
                .filter(header -> !header.name().equals("sluice-epoch"))
                .map(header -> header.name() + "=" + new String(header.value(), UTF_8))
                .toList();
    }

    private static List<String> names(List<Header> headers) {
        return headers.stream().map(Header::name).toList();
    }

    private static Written written(Preview preview) {
        assertThat(preview.made()).isInstanceOf(Written.class);
        return (Written) preview.made();
    }

    private static Arrival arrival(String topic, String payload) {
        return arrival(topic, payload, "id-1", 1_795_168_800_007L);
    }

    private static Arrival arrival(String topic, String payload, String id, long receivedAt) {
        return new Arrival(
                id, topic, payload.getBytes(UTF_8), 1, false, false, "valve-1", "", "", receivedAt, Properties.NONE);
    }

    private IntegrationSettings integration(String definition) {
        return integration("plant-7", definition);
    }

    private IntegrationSettings integration(String name, String definition) {
        var problems = new Problems();
        var settings = rules.integration(name, definition, problems);
        assertThat(problems.found()).isEmpty();
        return settings;
    }
}
