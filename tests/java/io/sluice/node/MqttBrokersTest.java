package io.sluice.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import io.sluice.node.mqtt.Certificates;
import io.sluice.node.observe.IntegrationEvent;
import io.sluice.node.store.Events.Query;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Promises 1, 2, 3 and 7 for messages that come from a broker of somebody else.
@Tag("kafka")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class MqttBrokersTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int WINDOW = 20;

    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    private Mosquitto mosquitto;
    private Certificates server;
    private Certificates client;

    @BeforeAll
    void startMosquitto() {
        server = Certificates.make(shared, "broker");
        client = Certificates.make(shared, "node");
        mosquitto = new Mosquitto(shared, server, client);
    }

    @AfterAll
    void stopMosquitto() {
        mosquitto.close();
    }

    @AfterEach
    void letKafkaGoOn() {
        OtherKafka.resume();
    }

    @Test
    void nothingIsAcknowledgedBeforeItIsSafeAndNothingIsLostByAKilledBroker() throws IOException {
        try (var node = start(OtherKafka.bootstrapServers(), "from-brokers", """
                five { server = "%1$s", filters { "five/#" = 2 }, publisher = topic, receive-maximum = %2$d }
                three { server = "%1$s", filters { "three/#" = 2 }, publisher = topic, receive-maximum = %2$d, version = 3
                        keep-alive = 1s }
                """.formatted(mosquitto.open(), WINDOW))) {
            awaitConnected(node, "five", "three");
            var pad = "x".repeat(5_000);
            say("one", IntStream.range(0, 100), pad);
            await("all is routed")
                    .atMost(LIMIT)
                    .until(() -> node.gauge("sluice.in.flight.messages") == 0
                            && node.count("sluice.routed.messages") == 400);

            var stored = quietStore();
            OtherKafka.pause();
            say("two", IntStream.range(100, 300), pad);
            awaitStandstill(node);
            await("the broker was acknowledged none of 800")
                    .during(Duration.ofMillis(1_500))
                    .atMost(LIMIT)
                    .until(() -> mosquitto.stored() >= stored + 800);
            assertThat(connects(node, "three", "accepted"))
                    .as("a connection that is not read is not taken for dead")
                    .isOne();

            mosquitto.save();
            mosquitto.kill();
            mosquitto.startAgain();
            say("three", IntStream.range(300, 400), "");
            OtherKafka.resume();

            await("all came")
                    .atMost(LIMIT)
                    .until(() -> distinct(OtherKafka.bootstrapServers(), "from-brokers") == 1_600);
            var records = TestKafka.readAll(OtherKafka.bootstrapServers(), "from-brokers");
            assertFirstsInOrder(records, IntStream.range(0, 400).boxed().toList());
            assertThat(records).as("repeats: a window each").hasSizeLessThanOrEqualTo(1_600 + 4 * WINDOW);
            assertThat(names(records))
                    .as("one name for each message and its repeats")
                    .hasSize(1_600);
            await("the books hold")
                    .atMost(LIMIT)
                    .until(() ->
                            received(node, "five") + received(node, "three") == node.count("sluice.routed.messages"));
        }
    }

    /// @param numbers of the messages of each of four topics, two for each version
    private void say(String run, IntStream numbers, String pad) {
        var talker = mosquitto.client("talker-" + run);
        numbers.forEach(number -> {
            for (var topic : List.of("five/a", "five/b", "three/a", "three/b")) {
                Mosquitto.publish(talker, topic, 1 + number % 2, number + " " + pad);
            }
        });
        talker.disconnect();
    }

    /// What the broker has when all is acknowledged.
    private long quietStore() {
        var last = new AtomicLong(-1);
        await("the broker's store stands still")
                .during(Duration.ofMillis(2_500))
                .atMost(LIMIT)
                .until(() -> {
                    var now = mosquitto.stored();
                    return last.getAndSet(now) == now;
                });
        return last.get();
    }

    /// One read of the socket may bring a little more than the window.
    private static void awaitStandstill(OneNode node) {
        await("no more is read than may wait, and none of it acknowledged")
                .during(Duration.ofMillis(2_500))
                .atMost(LIMIT)
                .until(() -> List.of("five", "three").stream().allMatch(broker -> {
                    var more = received(node, broker) - 200;
                    return more == WINDOW && acknowledged(node, broker) == 200;
                }));
    }

    private static long acknowledged(OneNode node, String broker) {
        return Objects.requireNonNull(node.node()
                        .registry()
                        .find("sluice.ack.latency")
                        .tags("ingress", "broker:" + broker)
                        .timer())
                .count();
    }

    @Test
    void aStopRepeatsNothingAndTwoShareWhatIsPublished() {
        var topic = TestKafka.newTopic("shared", 3, Map.of());
        var brokers = """
                left { server = "%1$s", filters { "shared/#" = 1 }, publisher = "topic[2]", share-group = nodes }
                right { server = "%1$s", filters { "shared/#" = 1 }, publisher = "topic[2]", share-group = nodes }
                """.formatted(mosquitto.open());
        var talker = mosquitto.client("sharing");
        try (var node = start(TestKafka.bootstrapServers(), topic, brokers)) {
            awaitConnected(node, "left", "right");
            IntStream.range(0, 200).forEach(number -> Mosquitto.publish(talker, "shared/a", 1, number + " "));
            assertThat(received(node, "left")).as("left").isPositive();
            assertThat(received(node, "right")).as("right").isPositive();
        }
        IntStream.range(200, 300).forEach(number -> Mosquitto.publish(talker, "shared/a", 1, number + " "));
        try (var node = start(TestKafka.bootstrapServers(), topic, brokers)) {
            awaitConnected(node, "left", "right");
            IntStream.range(300, 400).forEach(number -> Mosquitto.publish(talker, "shared/a", 1, number + " "));
            await("all came").atMost(LIMIT).until(() -> distinct(TestKafka.bootstrapServers(), topic) == 400);
            assertThat(TestKafka.readAll(topic)).as("each once").hasSize(400);
            assertThat(words(node)).as("the session was there").doesNotContain("session-lost");
        }
        talker.disconnect();
    }

    @Test
    void comesInByTlsCertificateAndPassword() {
        var topic = TestKafka.newTopic("sealed", 1, Map.of());
        try (var node = start(TestKafka.bootstrapServers(), topic, """
                tls { server = "%s", filters { "sealed/tls" = 1 }, ca-cert = "%s" }
                mtls { server = "%s", filters { "sealed/mtls" = 2 }, ca-cert = "%s"
                       client-cert = "%s", client-key = "%s" }
                named { server = "%s", filters { "sealed/named" = 1 }, user = sluice, password = "right one", version = 3 }
                stranger { server = "%s", filters { "sealed/#" = 1 }, ca-cert = "%s" }
                wrong { server = "%s", filters { "sealed/#" = 1 }, user = sluice, password = "wrong one"
                        backoff-min = 20ms, backoff-max = 20ms }
                """.formatted(
                        mosquitto.tls(),
                        server.certificate(),
                        mosquitto.mutualTls(),
                        server.certificate(),
                        client.certificate(),
                        client.key(),
                        mosquitto.named(),
                        mosquitto.tls(),
                        client.certificate(),
                        mosquitto.named()))) {
            awaitConnected(node, "tls", "mtls", "named");
            var talker = mosquitto.client("sealing");
            // listeners have their own access, but topics in common
            for (var name : List.of("tls", "mtls", "named")) {
                Mosquitto.publish(talker, "sealed/" + name, 1, "1 ");
            }
            talker.disconnect();

            await("all came").atMost(LIMIT).until(() -> TestKafka.readAll(topic).size() == 3);
            assertThat(TestKafka.readAll(topic))
                    .extracting(record -> new String(record.key(), UTF_8))
                    .as("the broker's name stands for the publisher")
                    .containsExactlyInAnyOrder("tls", "mtls", "named");
            await("it tries on").atMost(LIMIT).until(() -> connects(node, "wrong", "refused") > 16);
            var told = events(node).stream()
                    .filter(event -> event.integration().equals("broker:wrong"))
                    .toList();
            assertThat(told).as("1st, 2nd, 4th, 8th, 16th").hasSizeLessThan(7);
            assertThat(told.getFirst().message())
                    .contains("refused the connection", mosquitto.named())
                    .doesNotContain("wrong one");
            assertThat(messages(node, "broker:stranger")).anyMatch(text -> text.contains("no connection"));
            assertThat(messages(node, "broker:mtls"))
                    .anyMatch(text -> text.contains("[sealed/mtls]: expected QoS 2, the broker grants 1"));
            assertThat(node.node().isReady())
                    .as("a broker that is away makes no node unready")
                    .isTrue();
        }
    }

    @Test
    void tellsWhoTookItsClientIdAndThatASessionIsLost() throws IOException {
        var topic = TestKafka.newTopic("stolen", 1, Map.of());
        try (var node = start(TestKafka.bootstrapServers(), topic, """
                stolen { server = "%s", filters { "stolen/#" = 1 }, client-id = "not-only-mine" }
                """.formatted(mosquitto.open()))) {
            awaitConnected(node, "stolen");
            var thief = mosquitto.client("not-only-mine");
            await("it is told")
                    .atMost(LIMIT)
                    .until(() -> messages(node, "broker:stolen").stream()
                            .anyMatch(text -> text.contains("another client may use our client id")));
            await("it comes back").atMost(LIMIT).until(() -> connects(node, "stolen", "accepted") >= 2);
            assertThat(thief.getState().isConnected()).isFalse();
            awaitConnected(node, "stolen");

            var lost = sessionsLost(node);
            mosquitto.kill();
            mosquitto.startEmpty();

            await("it is counted").atMost(LIMIT).until(() -> sessionsLost(node) > lost);
            await("it is told").atMost(LIMIT).until(() -> words(node).contains("session-lost"));
            awaitConnected(node, "stolen");
            var talker = mosquitto.client("afterwards");
            Mosquitto.publish(talker, "stolen/a", 1, "1 ");
            Mosquitto.publish(talker, "stolen/a", 0, "2 ");
            talker.disconnect();
            await("a new session takes what comes")
                    .atMost(LIMIT)
                    .until(() -> TestKafka.readAll(topic).size() == 2);
        }
    }

    private static long sessionsLost(OneNode node) {
        return node.count("sluice.mqtt.broker.sessions.lost", "broker", "stolen");
    }

    private OneNode start(String kafka, String topic, String brokers) {
        try {
            var own = Files.createTempDirectory(folder, "node");
            return OneNode.start(own, kafka, """
                    sluice.mqtt-broker-defaults { backoff-min = 100ms, backoff-max = 300ms }
                    sluice.mqtt-brokers { %s }
                    sluice.integrations.all { filters = ["#"], topic = "%s" }
                    """.formatted(brokers, topic)).awaitReady();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void awaitConnected(OneNode node, String... brokers) {
        for (var broker : brokers) {
            await(broker + " is connected and subscribed")
                    .atMost(LIMIT)
                    .until(() -> node.gauge("sluice.mqtt.broker.connected", "broker", broker) == 1);
        }
    }

    private static long received(OneNode node, String broker) {
        return node.count("sluice.received.messages", "ingress", "broker:" + broker);
    }

    private static long connects(OneNode node, String broker, String outcome) {
        return node.count("sluice.connects", "ingress", "broker:" + broker, "outcome", outcome);
    }

    private static List<IntegrationEvent> events(OneNode node) {
        return node.node().store().events().find(Query.newest(1_000)).reversed().stream()
                .map(kept -> kept.event())
                .toList();
    }

    private static Set<String> words(OneNode node) {
        var words = new TreeSet<String>();
        events(node).forEach(event -> words.add(event.what()));
        return words;
    }

    private static List<String> messages(OneNode node, String of) {
        return events(node).stream()
                .filter(event -> event.integration().equals(of))
                .map(IntegrationEvent::message)
                .toList();
    }

    private static String said(ConsumerRecord<byte[], byte[]> record) {
        var text = new String(record.value(), UTF_8);
        return text.substring(0, text.indexOf(' '));
    }

    private static long distinct(String kafka, String topic) {
        return TestKafka.readAll(kafka, topic).stream()
                .map(record -> new String(record.key(), UTF_8) + " " + said(record))
                .distinct()
                .count();
    }

    private static Set<String> names(List<ConsumerRecord<byte[], byte[]>> records) {
        var names = new LinkedHashSet<String>();
        records.forEach(record ->
                names.add(new String(record.headers().lastHeader("ce_id").value(), UTF_8)));
        return names;
    }

    private static void assertFirstsInOrder(List<ConsumerRecord<byte[], byte[]>> records, List<Integer> expected) {
        var firsts = new TreeMap<String, Map<Integer, Boolean>>();
        records.forEach(record -> firsts.computeIfAbsent(new String(record.key(), UTF_8), _ -> new LinkedHashMap<>())
                .put(Integer.parseInt(said(record)), true));
        firsts.forEach((key, numbers) ->
                assertThat(new ArrayList<>(numbers.keySet())).as(key).isEqualTo(expected));
    }
}
