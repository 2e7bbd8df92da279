package io.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import io.sluice.bench.Fleet;
import io.sluice.bench.Ledger;
import io.sluice.bench.Plan;
import io.sluice.bench.Reader;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise 8: every buffer has a limit at which its source is slowed, and a dead target slows nobody else.
@Tag("kafka")
class BoundedMemoryTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long MIB = 1 << 20;
    private static final int DEVICES = 40;
    private static final int PAYLOAD = 4096;
    private static final int MESSAGES = 24_000;

    @TempDir
    private Path folder = Path.of("");

    @AfterEach
    void letKafkaGoOn() {
        OtherKafka.resume();
    }

    @Test
    void holdsTheFleetWhileKafkaStandsStillAndStaysFlat() {
        try (var node =
                OneNode.start(folder, OtherKafka.bootstrapServers(), """
                sluice.handover { buffer-bytes = 2 MiB, window-bytes = 1 MiB }
                sluice.integrations.one { tasks = 1, max-request-size = 1 MiB, buffer-memory = 2 MiB }
                """).awaitReady()) {
            var plan = Plan.of(Plan.newRun(), node.mqtt())
                    .devices(DEVICES)
                    .window(1_000)
                    .size(PAYLOAD)
                    .messages(MESSAGES);
            try (var reader = Reader.open(OtherKafka.bootstrapServers(), "tbmq.messages", 3, plan);
                    var fleet = new Fleet(plan)) {
                fleet.connect(LIMIT);
                var before = usedHeap();
                fleet.ledger().fault("stop-kafka", () -> {
                    OtherKafka.pause();
                    fleet.publish();
                    await("every connection is held")
                            .atMost(LIMIT)
                            .until(() -> node.gauge("sluice.connections.held") == DEVICES);
                    // hold comes with the message that goes beyond, so each connection adds one at most
                    await("held bytes are bounded")
                            .during(Duration.ofSeconds(2))
                            .atMost(LIMIT)
                            .until(() -> node.gauge("sluice.handover.held.bytes") <= 2 * MIB + DEVICES * 2L * PAYLOAD
                                    && node.gauge("sluice.connections.held") == DEVICES);
                    assertThat(usedHeap() - before)
                            .as("growth of the heap while %d MiB wait", (long) MESSAGES * PAYLOAD / MIB)
                            .isLessThan(24 * MIB);
                    assertThat(fleet.ledger().acknowledged()).isZero();
                    OtherKafka.resume();
                });

                assertThat(fleet.drain(LIMIT))
                        .as("all is acknowledged afterwards")
                        .isTrue();
                await().atMost(LIMIT).until(() -> node.gauge("sluice.connections.held") == 0);
                await().atMost(LIMIT).until(() -> node.gauge("sluice.handover.held.bytes") == 0);
                var verdict = reader.judge(fleet, LIMIT);
                assertThat(verdict.passed())
                        .as(verdict.summary() + verdict.examples())
                        .isTrue();
            }
        }
    }

    @Test
    void whoComesAndGoesDoesNotFillTheMemoryWhileKafkaStandsStill() {
        try (var node =
                OneNode.start(folder, OtherKafka.bootstrapServers(), """
                sluice.handover { buffer-bytes = 1 MiB, window-bytes = 1 MiB, overload-bytes = 2 MiB }
                sluice.integrations.one { tasks = 1, max-request-size = 1 MiB, buffer-memory = 2 MiB }
                """).awaitReady()) {
            OtherKafka.pause();

            for (int n = 0; n < 100; n++) {
                var came = n + 1;
                try (var device = RawDevice.connect(node.mqtt(), "passing-" + n)) {
                    device.publish(n % 2, 1, false, "tbmq/passing", "x".repeat(100 << 10));
                    await("it is received").atMost(LIMIT).until(() -> node.count("sluice.received.messages") >= came);
                }
            }

            assertThat(node.gauge("sluice.handover.held.bytes")).isLessThan(3 * MIB);
            var refused = node.count("sluice.ingress.ended.messages", "end", "refused", "reason", "server-busy");
            var discarded = node.count("sluice.ingress.ended.messages", "end", "discarded", "reason", "overload");
            assertThat(refused).as("QoS 1, turned away").isGreaterThan(30);
            assertThat(discarded).as("QoS 0, discarded").isGreaterThan(30);

            OtherKafka.resume();
            await("there is room again").atMost(LIMIT).until(() -> node.gauge("sluice.handover.held.bytes") == 0);
            try (var device = RawDevice.connect(node.mqtt(), "passing-99")) {
                device.publish(1, 1, true, "tbmq/passing", "again");
                await("who comes back is served").atMost(LIMIT).until(() -> device.heard(RawDevice.PUBACK, 1));
            }
            assertThat(node.count("sluice.integration.ended.messages", "end", "delivered"))
                    .as("what was taken is delivered")
                    .isEqualTo(100 - refused - discarded + 1);
        }
    }

    @Test
    void aTargetThatIsDeadFromTheStartSlowsNobodyElse() {
        var kafka = OtherKafka.bootstrapServers();
        OtherKafka.pause();
        try (var node = OneNode.start(folder, TestKafka.bootstrapServers(), integrations(kafka))) {
            awaitLiving(node);

            livesBesideTheDead(node);
        }
    }

    @Test
    void aTargetThatDiesSlowsNobodyElse() {
        try (var node = OneNode.start(folder, TestKafka.bootstrapServers(), integrations(OtherKafka.bootstrapServers()))
                .awaitReady()) {
            OtherKafka.pause();

            livesBesideTheDead(node);
        }
    }

    /// One fleet pushes as hard as it can towards the dead Kafka, the other keeps its pace.
    private static void livesBesideTheDead(OneNode node) {
        var pushing = Plan.of(Plan.newRun(), node.mqtt())
                .devices(DEVICES)
                .window(1_000)
                .size(PAYLOAD)
                .messages(MESSAGES)
                .topic("dead/{device}");
        try (var dead = new Fleet(pushing)) {
            dead.connect(LIMIT);
            dead.publish();
            await("the dead one's connections are held")
                    .atMost(LIMIT)
                    .until(() -> node.gauge("sluice.connections.held") == DEVICES);

            await("of 2,000 more than 1,900 are acknowledged within a second, unless the machine pauses")
                    .pollDelay(Duration.ZERO)
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertThat(keptPace(node)).isGreaterThan(1_900));

            dead.finish();
            assertThat(dead.ledger().acknowledged()).isZero();
            // a node whose Kafka lives stops sooner
            OtherKafka.resume();
        }
    }

    /// How many of 2,000 of a fleet towards the living Kafka are acknowledged within a second.
    private static long keptPace(OneNode node) {
        var pacing = Plan.of(Plan.newRun(), node.mqtt())
                .devices(20)
                .rate(500)
                .messages(2_000)
                .topic("live/{device}");
        try (var live = new Fleet(pacing)) {
            live.connect(LIMIT);
            live.publish();
            assertThat(live.drain(LIMIT)).isTrue();
            live.finish();
            return acknowledgedWithin(live.ledger(), Duration.ofSeconds(1));
        }
    }

    private static void awaitLiving(OneNode node) {
        await("the living integration runs")
                .atMost(LIMIT)
                .until(() -> node.node().tasks().stream()
                                .filter(task -> task.integration().equals("live")
                                        && task.phase().equals("running"))
                                .count()
                        == 2);
    }

    private static long acknowledgedWithin(Ledger ledger, Duration limit) {
        var count = 0L;
        for (int device = 0; device < ledger.devices(); device++) {
            for (int sequence = 0; sequence < ledger.published(device); sequence++) {
                var took = ledger.acknowledgedAt(device, sequence) - ledger.dueAt(device, sequence);
                count += took <= limit.toNanos() / 1_000 ? 1 : 0;
            }
        }
        return count;
    }

    private static String integrations(String deadKafka) {
        return """
                sluice.handover { buffer-bytes = 2 MiB, window-bytes = 1 MiB }
                sluice.brokers.dead.bootstrap-servers = "%s"
                sluice.integrations {
                  dead { broker = dead, filters = ["dead/#"] }
                  live { filters = ["live/#"] }
                }
                """.formatted(deadKafka);
    }

    /// After two collections: what the first one finalizes, the second frees.
    private static long usedHeap() {
        System.gc();
        System.gc();
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
