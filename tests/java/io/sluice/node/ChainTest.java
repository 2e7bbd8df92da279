package io.sluice.node;

import static io.sluice.node.RawDevice.PUBACK;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an integration delivered, or could not deliver, goes on into the next one, and is safe there before its
/// publisher hears so.
@Tag("kafka")
class ChainTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String NO_TOPIC = "no/device/publishes/here";

    @TempDir
    private Path folder = Path.of("");

    @AfterEach
    void letKafkaGoOn() {
        OtherKafka.resume();
    }

    private OneNode start(String integrations) {
        return start(integrations, "");
    }

    private OneNode start(String integrations, String hocon) {
        return OneNode.start(folder, TestKafka.bootstrapServers(), """
                        sluice.integrations { %s }
                        sluice.brokers.other.bootstrap-servers = "%s"
                        %s
                        """.formatted(
                                integrations, OtherKafka.bootstrapServers(), hocon))
                .awaitReady();
    }

    private static String newTopic(int partitions) {
        return TestKafka.newTopic("chain", partitions, Map.of());
    }

    private static void awaitAck(RawDevice device, int packetId) {
        await("acknowledged").atMost(LIMIT).until(() -> device.heard(PUBACK, packetId));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }

    private static String value(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.value(), UTF_8);
    }

    private static void booksBalance(OneNode node, String... integrations) {
        await("nothing is in flight").atMost(LIMIT).until(() -> node.gauge("sluice.in.flight.messages") == 0);
        var routed = 0L;
        for (var integration : integrations) {
            var ofIt = node.count("sluice.routed.messages", "integration", integration);
            assertThat(ofIt)
                    .as(integration)
                    .isEqualTo(node.count("sluice.integration.ended.messages", "integration", integration));
            routed += ofIt;
        }
        assertThat(node.count("sluice.received.messages")).isEqualTo(routed);
    }

    @Test
    void whatIsDeliveredGoesOnWithWhereItsRecordIs() {
        var a = newTopic(3);
        var b = newTopic(2);
        var c = newTopic(1);
        try (var node = start("""
                a { topic = "%s", on-success = b }
                b { topic = "%s", filters = ["%s"], key = "${metadata.partition}-${metadata.offset}"
                    headers.of-a = "${metadata.topic}/${metadata.partition}/${metadata.offset}", on-success = c }
                c { topic = "%s", filters = ["%s"], headers.of-b = "${metadata.topic}/${metadata.partition}/${metadata.offset}" }
                """.formatted(a, b, NO_TOPIC, c, NO_TOPIC));
                var device = RawDevice.connect(node.mqtt(), "device")) {
            for (int i = 1; i <= 10; i++) {
                device.publish(1, i, false, "tbmq/x", "v-" + i);
                awaitAck(device, i);
                assertThat(TestKafka.readAll(c))
                        .as("safe at the end of the chain")
                        .hasSize(i);
            }

            var ofA = TestKafka.readAll(a);
            var ofB = TestKafka.readAll(b);
            var ofC = TestKafka.readAll(c);
            assertThat(ofC).extracting(ChainTest::value).containsExactlyElementsOf(texts(1, 10));
            for (var record : ofB) {
                var before = ofA.stream()
                        .filter(each -> value(each).equals(value(record)))
                        .findFirst()
                        .orElseThrow();
                assertThat(header(record, "of-a"))
                        .isEqualTo("%s/%d/%d".formatted(a, before.partition(), before.offset()));
                assertThat(new String(record.key(), UTF_8))
                        .isEqualTo("%d-%d".formatted(before.partition(), before.offset()));
                assertThat(header(record, "ce_id")).isEqualTo(header(before, "ce_id") + "/a/success");
                assertThat(header(record, "ce_subject")).isEqualTo("device");
                assertThat(header(record, "ce_mqtttopic")).isEqualTo("tbmq/x");
                assertThat(header(record, "ce_time")).isEqualTo(header(before, "ce_time"));
            }
            for (var record : ofC) {
                var before = ofB.stream()
                        .filter(each -> value(each).equals(value(record)))
                        .findFirst()
                        .orElseThrow();
                assertThat(header(record, "of-b"))
                        .isEqualTo("%s/%d/%d".formatted(b, before.partition(), before.offset()));
                assertThat(header(record, "ce_id")).isEqualTo(header(before, "ce_id") + "/b/success");
            }
            assertThat(node.count("sluice.received.messages", "ingress", "chain"))
                    .isEqualTo(20);
            booksBalance(node, "a", "b", "c");
        }
    }

    private static List<String> texts(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> "v-" + i).toList();
    }

    @Test
    void whatCannotBeDeliveredGoesOnWithTheReasonAndIsNoDeadLetter() {
        var a = TestKafka.newTopic("chain", 1, Map.of("max.message.bytes", "4000"));
        var c = newTopic(1);
        try (var node = start("""
                a { topic = "%s", key = "$[id]", on-failure = c, tasks = 1 }
                c { topic = "%s", filters = ["%s"], headers.why = "${metadata.error}" }
                """.formatted(a, c, NO_TOPIC));
                var device = RawDevice.connect(node.mqtt(), "device")) {
            var large = "{\"id\": 2, \"x\": \"%s\"}".formatted("x".repeat(9_000));
            device.publish(1, 1, false, "tbmq/x", "no JSON");
            device.publish(1, 2, false, "tbmq/x", large);
            device.publish(1, 3, false, "tbmq/x", "{\"id\": 3}");
            IntStream.rangeClosed(1, 3).forEach(i -> awaitAck(device, i));

            assertThat(TestKafka.readAll(a)).extracting(ChainTest::value).containsExactly("{\"id\": 3}");
            var failed = TestKafka.readAll(c);
            assertThat(failed).extracting(ChainTest::value).containsExactly("no JSON", large);
            assertThat(failed)
                    .extracting(record -> header(record, "why"))
                    .satisfiesExactly(
                            why -> assertThat(why).startsWith("unformattable: key \"$[id]\": expected a value"),
                            why -> assertThat(why).startsWith("refused by kafka: "));
            assertThat(failed)
                    .allSatisfy(record -> assertThat(header(record, "ce_id")).endsWith("/a/failure"));
            assertThat(node.node().store().deadLetters().count("a")).isZero();
            assertThat(node.count("sluice.integration.ended.messages", "integration", "a", "end", "parked"))
                    .isEqualTo(2);
            booksBalance(node, "a", "c");
        }
    }

    @Test
    void whileTheNextIsDisabledThePublisherWaits() {
        var a = newTopic(1);
        var b = newTopic(1);
        var ofA = "{\"topic\": \"%s\", \"tasks\": 1, \"on-success\": \"b\"}".formatted(a);
        var ofB = "{\"topic\": \"%s\", \"filters\": [\"%s\"], \"enabled\": %s}";
        try (var node = start("");
                var device = RawDevice.connect(node.mqtt(), "device")) {
            node.define("b", ofB.formatted(b, NO_TOPIC, false));
            node.define("a", ofA);
            node.awaitTasks("a", 1);
            device.publish(1, 1, false, "tbmq/x", "v-1");
            device.publish(1, 2, false, "tbmq/x", "v-2");

            await("its task says why")
                    .atMost(LIMIT)
                    .until(() -> node.node().tasks().stream()
                            .anyMatch(task ->
                                    task.problem().equals("waits for integration [b], which is removed or disabled")
                                            && task.lagSeconds() > 1));
            assertThat(TestKafka.readAll(a)).hasSize(2);
            assertThat(device.heard()).isEmpty();

            node.define("b", ofB.formatted(b, NO_TOPIC, true));
            awaitAck(device, 2);
            assertThat(TestKafka.readAll(b)).extracting(ChainTest::value).containsExactly("v-1", "v-2");
            assertThat(TestKafka.readAll(a)).as("nothing is sent twice for it").hasSize(2);
            await("no problem is left")
                    .atMost(LIMIT)
                    .until(() -> node.node().tasks().stream()
                            .allMatch(task -> task.problem().isEmpty()));
            booksBalance(node, "a", "b");
        }
    }

    /// What the next integration discards for its end goes again when it is back.
    @Test
    void whatTheNextDiscardsIsNotLost() {
        var a = newTopic(1);
        var b = "chain-" + UUID.randomUUID();
        var ofB = "{\"topic\": \"%s\", \"broker\": \"other\", \"filters\": [\"%s\"], \"enabled\": %s}";
        try (var node = OneNode.start(
                        folder, TestKafka.bootstrapServers(), """
                        sluice.brokers.other.bootstrap-servers = "%s"
                        sluice.task.drain-timeout = 1s
                        """.formatted(OtherKafka.bootstrapServers()));
                var device = RawDevice.connect(node.mqtt(), "device")) {
            node.define("b", ofB.formatted(b, NO_TOPIC, true));
            node.define("a", "{\"topic\": \"%s\", \"tasks\": 1, \"on-success\": \"b\"}".formatted(a));
            node.awaitTasks("b", 2);
            device.publish(1, 1, false, "tbmq/x", "v-1");
            awaitAck(device, 1);
            OtherKafka.pause();
            device.publish(1, 2, false, "tbmq/x", "v-2");
            device.publish(1, 3, false, "tbmq/x", "v-3");
            await("they wait for b")
                    .atMost(LIMIT)
                    .until(() -> node.gauge("sluice.in.flight.messages", "integration", "b") == 2);

            node.define("b", ofB.formatted(b, NO_TOPIC, false));
            await("they are discarded")
                    .atMost(LIMIT)
                    .until(() -> node.count("sluice.integration.ended.messages", "integration", "b", "end", "discarded")
                            == 2);
            assertThat(device.heard(PUBACK, 2)).isFalse();
            OtherKafka.resume();
            node.define("b", ofB.formatted(b, NO_TOPIC, true));
            awaitAck(device, 3);

            var values = TestKafka.readAll(OtherKafka.bootstrapServers(), b).stream()
                    .map(ChainTest::value)
                    .toList();
            assertThat(new LinkedHashSet<>(values)).containsExactly("v-1", "v-2", "v-3");
            booksBalance(node, "a", "b");
        }
    }

    @Test
    void aSubjectKeepsItsOrderThroughTheChainWhileTasksStopAndNothingIsLost() {
        var a = newTopic(3);
        var b = newTopic(3);
        var random = new Random(4);
        try (var node = start("""
                a { topic = "%s", on-success = b, tasks = 2 }
                b { topic = "%s", filters = ["%s"], tasks = 3 }
                """.formatted(a, b, NO_TOPIC))) {
            var devices = new ArrayList<RawDevice>();
            for (int device = 0; device < 6; device++) {
                devices.add(RawDevice.connect(node.mqtt(), "device-" + device));
            }
            for (int turn = 0; turn < 40; turn++) {
                var n = turn;
                devices.forEach(device -> device.publishTogether(
                        1,
                        10 * n + 1,
                        "tbmq/x",
                        IntStream.range(10 * n, 10 * n + 10)
                                .mapToObj("%05d"::formatted)
                                .toList()));
                if (turn % 4 == 3) {
                    node.drainTask(random.nextBoolean() ? "a" : "b", random.nextInt(2));
                } else if (turn % 7 == 0) {
                    node.killTask(random.nextBoolean() ? "a" : "b", random.nextInt(2));
                }
                if (turn >= 5) {
                    awaitAck(devices.getFirst(), 10 * (turn - 4)); // the faults come while messages are under way
                }
            }
            devices.forEach(device -> awaitAck(device, 400));

            for (var topic : List.of(a, b)) {
                var records = TestKafka.readAll(topic);
                assertThat(inOrder(records).values())
                        .hasSize(6)
                        .allSatisfy(values -> assertThat(values).hasSize(400).isSorted());
                assertThat(records.stream()
                                .map(record -> header(record, "ce_id"))
                                .distinct())
                        .as("repeats are named as the first")
                        .hasSize(2_400);
            }
            booksBalance(node, "a", "b");
            devices.forEach(RawDevice::close);
        }
    }

    /// Each value once, as it first came, by subject.
    private static Map<String, List<String>> inOrder(List<ConsumerRecord<byte[], byte[]>> records) {
        var seen = new HashMap<String, LinkedHashSet<String>>();
        records.forEach(record -> seen.computeIfAbsent(header(record, "ce_subject"), _ -> new LinkedHashSet<>())
                .add(value(record)));
        var lists = new TreeMap<String, List<String>>();
        seen.forEach((subject, values) -> lists.put(subject, List.copyOf(values)));
        return lists;
    }

    /// It stops with what the first has in Kafka and the second has not.
    @Test
    @SuppressWarnings("try") // the node ends before its device does
    void aNodeThatStopsMidwayLosesNothing() {
        var a = newTopic(1);
        var b = "chain-" + UUID.randomUUID();
        var chain = """
                a { topic = "%s", on-success = b, tasks = 1 }
                b { topic = "%s", broker = other, filters = ["%s"], other-properties { "request.timeout.ms" = "2000" } }
                """.formatted(a, b, NO_TOPIC);
        var acknowledged = new TreeSet<Integer>();
        try (var node = start(chain, "sluice.task.drain-timeout = 1s");
                var device = RawDevice.connect(node.mqtt(), "device")) {
            device.publishTogether(1, 1, "tbmq/x", texts(1, 50));
            awaitAck(device, 50);
            OtherKafka.pause();
            device.publishTogether(1, 51, "tbmq/x", texts(51, 100));
            await("they are in the first topic")
                    .atMost(LIMIT)
                    .until(() -> TestKafka.readAll(a).size() == 100);
            node.close();
            device.heard().forEach(heard -> acknowledged.add(heard.packetId()));
        }
        assertThat(acknowledged).hasSize(50);
        OtherKafka.resume();
        try (var node = start(chain, "");
                var device = RawDevice.connect(node.mqtt(), "device")) {
            for (int i = 51; i <= 100; i++) {
                device.publish(1, i, true, "tbmq/x", "v-" + i);
            }
            awaitAck(device, 100);
        }

        var records = TestKafka.readAll(OtherKafka.bootstrapServers(), b);
        assertThat(inOrder(records).get("device")).containsExactlyElementsOf(texts(1, 100));
        assertThat(records.stream().map(record -> header(record, "ce_id")).distinct())
                .hasSize(100);
    }

    @Test
    void aChainThatCannotBeIsRefused() {
        try (var node = start("")) {
            var rest = Rest.admin(node);
            rest.put("/v1/integrations/c", "{}");
            rest.put("/v1/integrations/b", "{\"on-success\": \"c\"}");
            rest.put("/v1/integrations/a", "{\"on-failure\": \"b\"}");

            var cycle = rest.patch("/v1/integrations/c", "{\"on-success\": \"a\"}");
            assertThat(cycle.status()).as(cycle.text()).isEqualTo(422);
            assertThat(cycle.text()).contains("on-success must not lead back to c, was a: c → a → b → c");

            var missing = rest.patch("/v1/integrations/c", "{\"on-failure\": \"d\"}");
            assertThat(missing.status()).isEqualTo(422);
            assertThat(missing.text()).contains("on-failure must name an integration, was d");

            var removal = rest.delete("/v1/integrations/b");
            assertThat(removal.status()).as(removal.text()).isEqualTo(422);
            assertThat(removal.text()).contains("integration [b]: must stay, integration [a] sends on to it");

            assertThat(rest.delete("/v1/integrations/a").status()).isEqualTo(204);
            assertThat(rest.delete("/v1/integrations/b").status()).isEqualTo(204);
        }
    }
}
