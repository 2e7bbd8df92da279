package io.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Promise 7: every message has exactly one end, and the counters add up.
///
/// Integration `all` wants every routed message and parks those without an id; `some` wants a part of them and parks
/// the large ones. Devices that publish what is parked keep their connections, so that nothing of theirs comes twice.
///
/// Tasks are drained and killed, connections are lost, and Kafka stands still: for a moment while all talk on, and so
/// long that messages are turned away.
@Tag("kafka")
class ConservationTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int DEVICES = 12;
    private static final int STEADY = 6;
    private static final int TURNS = 300;
    private static final String PAD = "x".repeat(20_000);
    private static final String LARGE_PAD = "x".repeat(200_000);
    /// Messages that are turned away each time, of each kind.
    private static final int TURNED_AWAY = 3;

    @TempDir
    private Path folder = Path.of("");

    /// What was said, by what must become of it.
    private static final class Said {
        private long withoutId;
        private long large;
        private long forbidden;
        private final HashSet<String> atLeastOnce = new HashSet<>();
    }

    @AfterEach
    void letKafkaGoOn() {
        OtherKafka.resume();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {71, 72, 73})
    void everyMessageHasExactlyOneEnd(long seed) {
        var kafka = OtherKafka.bootstrapServers();
        var all = "all-" + UUID.randomUUID();
        var some = "some-" + UUID.randomUUID();
        try (var node = OneNode.start(folder, kafka, hocon(all, some))) {
            node.awaitReady();

            var said = talk(node, new Random(seed), seed);
            await("nothing is in flight, seed " + seed)
                    .atMost(LIMIT)
                    .until(() -> node.gauge("sluice.in.flight.messages") == 0);

            var seeded = "seed " + seed;
            // the ingress
            var routed = node.count("sluice.routed.messages", "integration", "all");
            assertThat(node.count("sluice.received.messages"))
                    .as("received, " + seeded)
                    .isEqualTo(routed + node.count("sluice.ingress.ended.messages"));
            assertThat(node.count("sluice.ingress.ended.messages", "end", "refused", "reason", "not-authorized"))
                    .as("not permitted, " + seeded)
                    .isEqualTo(said.forbidden);
            assertThat(node.count("sluice.ingress.ended.messages", "end", "refused"))
                    .as("refused, " + seeded)
                    .isEqualTo(said.forbidden + turnedAway(node));
            assertThat(node.count("sluice.ingress.ended.messages", "reason", "no-route"))
                    .as("without a route, " + seeded)
                    .isPositive();
            // the integrations
            for (var integration : List.of("all", "some")) {
                var records = TestKafka.readAll(kafka, integration.equals("all") ? all : some);
                var parked = ended(node, integration, "parked");
                assertThat(node.count("sluice.routed.messages", "integration", integration))
                        .as("routed to " + integration + ", " + seeded)
                        .isEqualTo(ended(node, integration, "delivered") + parked);
                assertThat(ended(node, integration, "delivered"))
                        .as("delivered by " + integration + ", " + seeded)
                        .isEqualTo(arrivals(records));
                assertThat(parked)
                        .as("parked by " + integration + ", " + seeded)
                        .isEqualTo(node.node().store().deadLetters().count(integration))
                        .isEqualTo(integration.equals("all") ? said.withoutId : said.large);
                assertThat(node.count("sluice.task.parked.messages", "integration", integration))
                        .as("kept as dead letters by " + integration + ", repeats after faults included, " + seeded)
                        .isGreaterThanOrEqualTo(parked);
            }
            assertThat(texts(TestKafka.readAll(kafka, all)))
                    .as("acknowledged and in Kafka, " + seeded)
                    .containsAll(said.atLeastOnce);
        }
    }

    private static Said talk(OneNode node, Random random, long seed) {
        var said = new Said();
        var talkers = new ArrayList<Talker>();
        try {
            for (int device = 0; device < DEVICES; device++) {
                talkers.add(new Talker(node.mqtt(), "device-" + seed + "-" + device));
            }
            for (int turn = 0; turn < TURNS; turn++) {
                for (int device = 0; device < DEVICES; device++) {
                    var talker = talkers.get(device);
                    for (int n = random.nextInt(6); n > 0; n--) {
                        say(talker, "%d-%d-%d".formatted(device, turn, n), device < STEADY, random, said);
                    }
                    talker.listen();
                    if (device >= STEADY && random.nextInt(40) == 0) {
                        talker.reconnect();
                    }
                }
                if (random.nextInt(40) == 0) {
                    talkWhileKafkaStandsStill(node, talkers, "still-" + turn, said);
                }
                strike(node, random);
                booksHoldMeanwhile(node, seed);
                for (var talker : talkers) {
                    awaitRoom(talker, 50, seed);
                }
                if (turn % (TURNS / 2) == TURNS / 4) {
                    quiet(talkers, "quiet-" + turn, said, seed);
                    overload(node, seed + "-" + turn, said);
                }
            }
            // the last word of each: nothing it said before is still on its way
            quiet(talkers, "end", said, seed);
            forbid(node, talkers.getLast(), said);
            return said;
        } finally {
            talkers.forEach(Talker::close);
        }
    }

    private static void say(Talker talker, String id, boolean steady, Random random, Said said) {
        var qos = random.nextInt(3);
        var both = random.nextBoolean();
        var topic = both ? "tbmq/some/" + id : random.nextInt(10) == 0 ? "elsewhere" : "tbmq/" + id;
        var withoutId = steady && !topic.equals("elsewhere") && random.nextInt(8) == 0;
        var large = steady && both && random.nextInt(8) == 0;
        var payload = "{\"%s\":\"%s\",\"pad\":\"%s\"}".formatted(withoutId ? "no" : "id", id, large ? PAD : "");
        said.withoutId += withoutId ? 1 : 0;
        said.large += large ? 1 : 0;
        if (qos > 0 && !withoutId && !topic.equals("elsewhere")) {
            said.atLeastOnce.add(payload);
        }
        talker.say(qos, topic, payload);
    }

    /// A 3.1.1 client that publishes what it may not is cut off.
    private static void forbid(OneNode node, Talker talker, Said said) {
        talker.say(0, "forbidden", "{}");
        said.forbidden++;
        await("it is refused")
                .atMost(LIMIT)
                .until(() -> node.count("sluice.ingress.ended.messages", "reason", "not-authorized") == 1);
    }

    private static void talkWhileKafkaStandsStill(OneNode node, List<Talker> talkers, String turn, Said said) {
        OtherKafka.pause();
        var received = node.count("sluice.received.messages");
        sayToAll(talkers, turn, said);
        await("all talk on").atMost(LIMIT).until(() -> node.count("sluice.received.messages") >= received + DEVICES);
        OtherKafka.resume();
    }

    /// Until everything that was said has been taken: none of it is turned away later.
    private static void quiet(List<Talker> talkers, String turn, Said said, long seed) {
        sayToAll(talkers, turn, said);
        talkers.forEach(talker -> awaitRoom(talker, 0, seed));
    }

    private static void sayToAll(List<Talker> talkers, String turn, Said said) {
        for (int device = 0; device < DEVICES; device++) {
            var payload = "{\"id\":\"%d-%s\"}".formatted(device, turn);
            said.atLeastOnce.add(payload);
            talkers.get(device).say(1, "tbmq/" + turn, payload);
        }
    }

    /// Kafka stands still, and devices come one after the other until some are turned away. Those come back.
    private static void overload(OneNode node, String turn, Said said) {
        var passing = new ArrayList<Talker>();
        var refused = turnedAway(node);
        var discarded = discarded(node);
        OtherKafka.pause();
        while (turnedAway(node) < refused + TURNED_AWAY || discarded(node) < discarded + TURNED_AWAY) {
            assertThat(passing).as("devices that came, " + turn).hasSizeLessThan(200);
            var qos = passing.size() % 3;
            var payload = "{\"id\":\"%s-%d\",\"pad\":\"%s\"}".formatted(turn, passing.size(), LARGE_PAD);
            var received = node.count("sluice.received.messages");
            var talker = new Talker(node.mqtt(), "passing-" + turn + "-" + passing.size());
            passing.add(talker);
            if (qos > 0) {
                said.atLeastOnce.add(payload);
            }
            talker.say(qos, "tbmq/passing", payload);
            await("it is received, " + turn)
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(LIMIT)
                    .until(() -> node.count("sluice.received.messages") > received);
        }
        OtherKafka.resume();
        passing.forEach(talker -> awaitTaken(talker, turn));
        passing.forEach(Talker::close);
    }

    private static long turnedAway(OneNode node) {
        return node.count("sluice.ingress.ended.messages", "end", "refused", "reason", "server-busy");
    }

    private static long discarded(OneNode node) {
        return node.count("sluice.ingress.ended.messages", "end", "discarded", "reason", "overload");
    }

    private static void strike(OneNode node, Random random) {
        var integration = random.nextInt(3) == 0 ? "some" : "all";
        switch (random.nextInt(40)) {
            case 0 -> node.drainTask(integration, random.nextInt(2));
            case 1 -> node.killTask(integration, random.nextInt(2));
            default -> {}
        }
    }

    /// Ends are read before beginnings: what ends in between only helps the inequality.
    private static void booksHoldMeanwhile(OneNode node, long seed) {
        for (var integration : List.of("all", "some")) {
            var ended = ended(node, integration, "delivered") + ended(node, integration, "parked");
            assertThat(node.count("sluice.routed.messages", "integration", integration))
                    .as("routed to " + integration + ", seed " + seed)
                    .isGreaterThanOrEqualTo(ended);
        }
        var ended = node.count("sluice.ingress.ended.messages")
                + ended(node, "all", "delivered")
                + ended(node, "all", "parked");
        assertThat(node.count("sluice.received.messages"))
                .as("received, seed " + seed)
                .isGreaterThanOrEqualTo(ended);
    }

    private static void awaitRoom(Talker talker, int max, long seed) {
        await("acknowledgements, seed " + seed)
                .pollInterval(Duration.ofMillis(2))
                .pollDelay(Duration.ZERO)
                .atMost(LIMIT)
                .until(() -> {
                    talker.listen();
                    return talker.underWay() <= max;
                });
    }

    /// Comes back as often as it is turned away.
    private static void awaitTaken(Talker talker, String turn) {
        await("it is taken in the end, " + turn)
                .pollInterval(Duration.ofMillis(20))
                .pollDelay(Duration.ZERO)
                .atMost(LIMIT)
                .until(() -> {
                    talker.listen();
                    if (talker.underWay() > 0 && talker.isCut()) {
                        talker.reconnect();
                    }
                    return talker.underWay() == 0;
                });
    }

    private static long ended(OneNode node, String integration, String end) {
        return node.count("sluice.integration.ended.messages", "integration", integration, "end", end);
    }

    /// Records without those that a task wrote again: a message that was received again has another time.
    private static long arrivals(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream()
                .map(record -> header(record, "ce_id") + header(record, "ce_time"))
                .distinct()
                .count();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static List<String> texts(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream()
                .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    private static String hocon(String all, String some) {
        return """
                sluice.handover { buffer-bytes = 1 MiB, window-bytes = 1 MiB, overload-bytes = 2 MiB }
                sluice.mqtt.anonymous-publish = ["tbmq/#", "elsewhere"]
                sluice.integrations {
                  all { topic = "%s", key = "$[id]" }
                  some { topic = "%s", filters = ["tbmq/some/#"], max-request-size = 16 KiB }
                }
                """.formatted(all, some);
    }
}
