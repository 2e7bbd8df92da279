package io.sluice.node;

import static io.sluice.node.RawDevice.PUBACK;
import static io.sluice.node.RawDevice.PUBCOMP;
import static io.sluice.node.RawDevice.PUBREC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import io.sluice.bench.Fleet;
import io.sluice.bench.Plan;
import io.sluice.bench.Reader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Promise 1: a publisher hears PUBACK or PUBREC only after every matching integration has the message in Kafka.
@Tag("kafka")
class AcknowledgeLastTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /// Long enough for anything that would wrongly leave.
    private static final Duration SILENCE = Duration.ofMillis(1_500);

    @TempDir
    private Path folder = Path.of("");

    private @Nullable OneNode node;

    @AfterEach
    void stopTheNode() {
        OtherKafka.resume();
        if (node != null) {
            node.close();
        }
    }

    @ParameterizedTest(name = "qos {0}")
    @ValueSource(ints = {1, 2})
    void nothingIsAcknowledgedWhileKafkaStandsStill(int qos) {
        var plan = Plan.of(Plan.newRun(), server(OtherKafka.bootstrapServers(), "one {}"))
                .devices(20)
                .qos(qos)
                .window(20)
                .rate(400)
                .messages(100_000);
        try (var reader = Reader.open(OtherKafka.bootstrapServers(), "tbmq.messages", 3, plan);
                var fleet = new Fleet(plan)) {
            fleet.connect(LIMIT);
            fleet.publish();
            await("some are acknowledged")
                    .atMost(LIMIT)
                    .until(() -> fleet.ledger().acknowledged() > 200);

            fleet.ledger().fault("stop-kafka", () -> {
                OtherKafka.pause();
                // what was under way when Kafka stopped may still arrive
                var last = new AtomicLong(-1);
                await("nothing is acknowledged, all devices wait with full windows")
                        .during(SILENCE)
                        .atMost(LIMIT)
                        .until(() -> {
                            var told = fleet.ledger().acknowledged();
                            return last.getAndSet(told) == told
                                    && fleet.ledger().published() == told + 20 * 20;
                        });
                OtherKafka.resume();
            });

            fleet.stop();
            assertThat(fleet.drain(LIMIT)).as("all is acknowledged afterwards").isTrue();
            var verdict = reader.judge(fleet, LIMIT);
            assertThat(verdict.passed())
                    .as(verdict.summary() + verdict.examples())
                    .isTrue();
            assertThat(verdict.inKafka()).isEqualTo(fleet.ledger().published());
        }
    }

    @Test
    void waitsForTheSlowestOfTwoIntegrations() {
        var quick = TestKafka.newTopic("quick", 1, Map.of());
        var server = server(TestKafka.bootstrapServers(), """
                quick { topic = "%s" }
                slow { broker = other, topic = "slow", filters = ["tbmq/both/#"] }
                """.formatted(quick));
        try (var both = RawDevice.connect(server, "both");
                var single = RawDevice.connect(server, "single")) {
            both.publish(1, 1, false, "tbmq/both/a", "before");
            await().atMost(LIMIT).until(() -> both.heard(PUBACK, 1));
            OtherKafka.pause();

            both.publish(1, 2, false, "tbmq/both/a", "held 1");
            both.publish(2, 3, false, "tbmq/both/a", "held 2");
            single.publish(1, 1, false, "tbmq/single", "free");

            await("who needs the living Kafka alone is not kept").atMost(LIMIT).until(() -> single.heard(PUBACK, 1));
            assertThat(values(TestKafka.read(quick, 4))).contains("before", "held 1", "held 2", "free");
            await("half safe is not safe, heard " + both.heard())
                    .during(SILENCE)
                    .atMost(LIMIT)
                    .until(() -> both.heard().equals(List.of(new RawDevice.Heard(PUBACK, 1))));

            OtherKafka.resume();
            await("all safe").atMost(LIMIT).until(() -> both.heard(PUBACK, 2) && both.heard(PUBREC, 3));
        }
    }

    @Test
    void qosTwoReachesKafkaOnceOverReconnects() {
        var topic = TestKafka.newTopic("once", 1, Map.of());
        var server = server(OtherKafka.bootstrapServers(), "one { topic = \"%s\", broker = here }".formatted(topic));

        try (var first = RawDevice.connect(server, "once")) {
            first.publish(2, 7, false, "tbmq/once", "exactly once");
            await().atMost(LIMIT).until(() -> first.heard(PUBREC, 7));
        }
        try (var second = RawDevice.connect(server, "once")) {
            assertThat(second.sessionPresent()).isTrue();
            second.publish(2, 7, true, "tbmq/once", "exactly once");
            await("PUBREC again, for the first was never heard").atMost(LIMIT).until(() -> second.heard(PUBREC, 7));
            second.release(7);
            await().atMost(LIMIT).until(() -> second.heard(PUBCOMP, 7));
            second.publish(2, 7, false, "tbmq/once", "the next with this id");
            await().atMost(LIMIT).until(() -> second.heard().size() == 3);
        }
        try (var third = RawDevice.connect(server, "once")) {
            third.release(7);
            await("PUBREL may come again, too").atMost(LIMIT).until(() -> third.heard(PUBCOMP, 7));
            third.publish(1, 8, false, "tbmq/once", "last");
            await().atMost(LIMIT).until(() -> third.heard(PUBACK, 8));
        }

        assertThat(values(TestKafka.read(topic, 3))).containsExactly("exactly once", "the next with this id", "last");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11})
    void aQosTwoFleetThatLosesConnectionsRepeatsNothing(long seed) {
        var random = new Random(seed);
        var plan = Plan.of(Plan.newRun(), server(TestKafka.bootstrapServers(), "one {}"))
                .devices(20)
                .qos(2)
                .window(20)
                .rate(2_000)
                .messages(6_000);
        try (var reader = Reader.open(TestKafka.bootstrapServers(), "tbmq.messages", 3, plan);
                var fleet = new Fleet(plan)) {
            fleet.connect(LIMIT);
            fleet.publish();
            await("all is acknowledged, seed " + seed)
                    .pollInterval(Duration.ofMillis(20))
                    .atMost(LIMIT)
                    .until(() -> {
                        if (fleet.ledger().published() < plan.messages()) {
                            fleet.cut(random.nextInt(plan.devices()));
                        }
                        return fleet.drain(Duration.ZERO);
                    });
            var verdict = reader.judge(fleet, LIMIT);
            assertThat(verdict.passed())
                    .as("seed " + seed + ": " + verdict.summary() + verdict.examples())
                    .isTrue();
            assertThat(verdict.repeats()).as("repeats, seed " + seed).isZero();
            assertThat(fleet.lostConnections()).as("seed " + seed).isGreaterThan(20);
        }
    }

    private InetSocketAddress server(String kafka, String integrations) {
        var started = OneNode.start(folder, kafka, """
                sluice.brokers.other.bootstrap-servers = "%s"
                sluice.brokers.here.bootstrap-servers = "%s"
                sluice.integrations { %s }
                """.formatted(
                        OtherKafka.bootstrapServers(), TestKafka.bootstrapServers(), integrations));
        node = started;
        return started.awaitReady().mqtt();
    }

    private static List<String> values(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream()
                .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }
}
