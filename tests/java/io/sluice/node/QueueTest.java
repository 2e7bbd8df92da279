package io.sluice.node;

import static io.sluice.node.RawDevice.PUBACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import io.sluice.bench.Fleet;
import io.sluice.bench.Plan;
import io.sluice.bench.Reader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `queue = kafka`: who publishes waits for the queue, never for the target. The queue is in [TestKafka], the target is
/// [OtherKafka].
@Tag("kafka")
class QueueTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder = Path.of("");

    /// Topics of other tests are in the same Kafka.
    private final String prefix = "q-" + UUID.randomUUID() + "-";

    @AfterEach
    void letTheTargetGoOn() {
        OtherKafka.resume();
    }

    private OneNode start(String hocon) {
        return OneNode.start(
                folder, OtherKafka.bootstrapServers(), """
                sluice.brokers.here.bootstrap-servers = "%s"
                sluice.queue.topic-prefix = "%s"
                %s
                """.formatted(TestKafka.bootstrapServers(), prefix, hocon));
    }

    private static String definition(String queue, int tasks) {
        return """
                {"tasks": %d, "queue": "%s", "queue-broker": "here"}
                """.formatted(tasks, queue);
    }

    private static void awaitEmpty(OneNode node, long queued) {
        await("the queue is empty, of " + queued).atMost(LIMIT).until(() -> left(node) >= queued);
    }

    private static long queued(OneNode node) {
        return node.count("sluice.integration.ended.messages", "end", "queued");
    }

    private static long left(OneNode node) {
        return node.count("sluice.queue.left.messages");
    }

    @Test
    void aTargetThatIsAwayCostsDiskNotDevices() {
        try (var node = start("")) {
            node.define("one", definition("kafka", 2));
            node.awaitTasks("one", 2);
            var plan = Plan.of(Plan.newRun(), node.mqtt())
                    .devices(20)
                    .window(20)
                    .rate(2_000)
                    .messages(4_000);
            try (var reader = Reader.open(OtherKafka.bootstrapServers(), "tbmq.messages", 3, plan);
                    var fleet = new Fleet(plan)) {
                fleet.connect(LIMIT);
                fleet.ledger().fault("target-away", () -> {
                    OtherKafka.pause();
                    fleet.publish();
                    await("all are published")
                            .atMost(LIMIT)
                            .until(() -> fleet.ledger().published() >= 4_000);
                    assertThat(fleet.drain(LIMIT)).as("all are acknowledged").isTrue();
                    assertThat(queued(node)).isEqualTo(4_000);
                    assertThat(left(node)).isZero();
                    await("its lag is told")
                            .atMost(LIMIT)
                            .until(() -> node.gauge("sluice.queue.lag.messages") == 4_000);
                    assertThat(node.node().isReady()).isTrue();
                    OtherKafka.resume();
                });
                awaitEmpty(node, 4_000);
                fleet.stop();

                var verdict = reader.judge(fleet, LIMIT);

                assertThat(verdict.passed())
                        .as(verdict.summary() + verdict.examples())
                        .isTrue();
                assertThat(verdict.repeats()).isZero();
                assertThat(node.gauge("sluice.in.flight.messages")).isZero();
                await("nothing is left to tell")
                        .atMost(LIMIT)
                        .until(() -> node.gauge("sluice.queue.lag.messages") == 0);
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {41, 42})
    void switchingItOnAndOffAndOtherTasksUnderLoadLoseNothingAndKeepTheOrder(long seed) {
        var random = new Random(seed);
        var definitions = new ArrayList<>(List.of(
                definition("kafka", 4),
                definition("kafka", 7),
                definition("kafka", 3),
                definition("none", 3),
                definition("kafka", 2),
                definition("none", 5))); // more than the queue has partitions
        try (var node = start("")) {
            node.define("one", definition("none", 2));
            node.awaitTasks("one", 2);
            var messages = 12_000;
            var plan = Plan.of(Plan.newRun(), node.mqtt())
                    .devices(50)
                    .window(20)
                    .rate(2_000)
                    .messages(messages);
            try (var reader = Reader.open(OtherKafka.bootstrapServers(), "tbmq.messages", 3, plan);
                    var fleet = new Fleet(plan)) {
                fleet.connect(LIMIT);
                fleet.publish();
                for (var definition : definitions) {
                    fleet.ledger().fault("edit", () -> {
                        var calm = fleet.ledger().published() + 400 + random.nextInt(800);
                        await().atMost(LIMIT).until(() -> fleet.ledger().published() >= Math.min(calm, messages));
                        OtherKafka.pause(); // a backlog, for what follows to wait for
                        await().pollDelay(Duration.ofMillis(200 + random.nextInt(300)))
                                .until(() -> true);
                        node.define("one", definition);
                        await().pollDelay(Duration.ofMillis(200 + random.nextInt(600)))
                                .until(() -> true);
                        OtherKafka.resume();
                    });
                }
                var drained = fleet.drain(LIMIT);
                fleet.stop();
                awaitEmpty(node, queued(node));

                var verdict = reader.judge(fleet, LIMIT);

                assertThat(drained).as("seed " + seed).isTrue();
                assertThat(verdict.passed())
                        .as("seed " + seed + ": " + verdict.summary() + verdict.examples())
                        .isTrue();
                assertThat(verdict.inKafka()).as("seed " + seed).isEqualTo(messages);
                assertThat(queued(node)).as("seed " + seed).isBetween(1L, messages - 1L);
                assertThat(verdict.repeats()).as("seed " + seed).isZero();
            }
        }
    }

    @Test
    void whatTheTargetDoesNotHaveIsNotCommitted() throws Exception {
        try (var node = start("")) {
            node.define("one", definition("kafka", 1));
            node.awaitTasks("one", 1);
            try (var device = RawDevice.connect(node.mqtt(), "d")) {
                device.publish(1, 1, false, "tbmq/a", "first");
                awaitEmpty(node, 1);
                await("it is committed")
                        .atMost(LIMIT)
                        .until(() -> OneNode.committed(TestKafka.bootstrapServers(), prefix + "one") == 1);
                OtherKafka.pause();

                device.publish(1, 2, false, "tbmq/a", "second");

                await("it is queued").atMost(LIMIT).until(() -> device.heard(PUBACK, 2));
                await("the task has it")
                        .atMost(LIMIT)
                        .until(() -> node.node().tasks().getFirst().heldBatches() == 1);
                await("it stays so")
                        .during(Duration.ofMillis(1_500))
                        .atMost(LIMIT)
                        .until(() -> OneNode.committed(TestKafka.bootstrapServers(), prefix + "one") == 1);
                OtherKafka.resume();
                await("it is committed")
                        .atMost(LIMIT)
                        .until(() -> OneNode.committed(TestKafka.bootstrapServers(), prefix + "one") == 2);
            }
        }
    }

    @Test
    void aQueueThatCouldNotBeMadeIsNothingToWaitFor() {
        try (var node = start("sluice.brokers.away.bootstrap-servers = \"127.0.0.1:1\"");
                var device = RawDevice.connect(node.mqtt(), "d")) {
            node.define("one", """
                    {"queue": "kafka", "queue-broker": "away"}
                    """);
            await("it is tried")
                    .atMost(LIMIT)
                    .until(() -> node.node()
                                    .registry()
                                    .find("sluice.task.phase")
                                    .gauges()
                                    .size()
                            > 0);
            await("it has failed").pollDelay(Duration.ofSeconds(2)).until(() -> true);

            node.define("one", definition("none", 2));

            node.awaitTasks("one", 2);
            device.publish(1, 1, false, "tbmq/a", "hello");
            await("it is acknowledged").atMost(LIMIT).until(() -> device.heard(PUBACK, 1));
        }
    }

    /// Kafka makes it by itself as well, with fewer partitions.
    @Test
    void aTopicThatIsDeletedIsMadeAgain() throws Exception {
        var subjects = 20;
        try (var node = start("");
                var device = RawDevice.connect(node.mqtt(), "d")) {
            node.define("one", """
                    {"tasks": 8, "queue": "kafka", "queue-broker": "here", "subject": "${topic[1]}"}
                    """);
            node.awaitTasks("one", 8);
            device.publish(1, 1, false, "tbmq/a", "before");
            awaitEmpty(node, 1);
            try (var admin = Admin.create(Map.of("bootstrap.servers", (Object) TestKafka.bootstrapServers()))) {
                admin.deleteTopics(List.of(prefix + "one")).all().get();
            }

            for (int i = 0; i < subjects; i++) {
                device.publish(1, 2 + i, false, "tbmq/" + i, "after");
            }

            await("all are acknowledged").atMost(LIMIT).until(() -> device.heard(PUBACK, 1 + subjects));
        }
    }

    @Test
    void aQueueThatIsAwayAcknowledgesNothing() {
        var target = TestKafka.newTopic("queued", 1, Map.of());
        try (var node = start("");
                var device = RawDevice.connect(node.mqtt(), "d")) {
            node.define("one", """
                    {"topic": "%s", "broker": "here", "queue": "kafka"}
                    """.formatted(target));
            node.awaitTasks("one", 2);
            device.publish(1, 1, false, "tbmq/a", "before");
            await().atMost(LIMIT).until(() -> device.heard(PUBACK, 1));
            OtherKafka.pause();

            device.publish(1, 2, false, "tbmq/a", "meanwhile");

            await("it waits").during(Duration.ofMillis(1_500)).atMost(LIMIT).until(() -> !device.heard(PUBACK, 2));
            await("it is told").atMost(LIMIT).until(() -> !node.node().isReady());
            OtherKafka.resume();
            await("it is acknowledged").atMost(LIMIT).until(() -> device.heard(PUBACK, 2));
            awaitEmpty(node, 2);
            await("it is well").atMost(LIMIT).until(() -> node.node().isReady());
        }
        assertThat(TestKafka.readAll(target)).hasSize(2);
    }

    @Test
    void itsTopicIsAsTheSettingsSay() throws Exception {
        try (var node = start("sluice.queue.min-insync-replicas = 2, sluice.queue.replication-factor = 1")) {
            node.define("one", definition("kafka", 3));
            node.awaitTasks("one", 3);
            assertThat(config())
                    .containsEntry("min.insync.replicas", "2")
                    .containsEntry("retention.ms", "-1")
                    .containsEntry("segment.bytes", Integer.toString(128 << 20))
                    .containsEntry("retention.bytes", "-1")
                    .containsEntry("max.message.bytes", Integer.toString(8 << 20));

            node.define("one", """
                    {"tasks": 3, "queue": "kafka", "queue-broker": "here", "queue-retention": "7d",
                     "queue-size-max": "1 GiB"}
                    """);

            await("it follows")
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertThat(config())
                            .containsEntry(
                                    "retention.ms",
                                    Long.toString(Duration.ofDays(7).toMillis()))
                            .containsEntry("retention.bytes", Integer.toString(1 << 30)));
        }
    }

    private Map<String, String> config() throws InterruptedException, ExecutionException {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, prefix + "one");
        try (var admin = Admin.create(Map.of("bootstrap.servers", (Object) TestKafka.bootstrapServers()))) {
            var found = new HashMap<String, String>();
            Objects.requireNonNull(
                            admin.describeConfigs(List.of(resource)).all().get().get(resource))
                    .entries()
                    .forEach(entry -> found.put(entry.name(), entry.value()));
            return found;
        }
    }
}
