package io.sluice.node;

import static io.sluice.node.RawDevice.PUBACK;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import io.sluice.bench.Verdict;
import io.sluice.node.FaultyRun.Strike;
import io.sluice.node.settings.CannotStart;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Integrations are defined, changed and removed while devices publish.
@Tag("kafka")
class EditTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder = Path.of("");

    @AfterEach
    void letKafkaGoOn() {
        OtherKafka.resume();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = 31)
    void editsLoseNothingRepeatNothingAndKeepTheOrder(long seed) {
        var verdict = edited(seed, EnumSet.of(Strike.EDIT));

        assertThat(verdict.repeats()).as("seed " + seed).isZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = 33)
    void editsAmongFaultsLoseNothingAndKeepTheOrder(long seed) {
        edited(seed, EnumSet.allOf(Strike.class));
    }

    private Verdict edited(long seed, Set<Strike> strikes) {
        try (var node = OneNode.start(folder, OtherKafka.bootstrapServers(), "")) {
            node.define("one", FaultyRun.definition(2, new Random(seed)));
            node.awaitTasks("one", 2);

            var verdict = new FaultyRun(node, seed, strikes, 2).run(12_000);

            assertThat(verdict.passed())
                    .as("seed " + seed + ": " + verdict.summary() + verdict.examples())
                    .isTrue();
            assertThat(verdict.inKafka()).as("seed " + seed).isEqualTo(12_000);
            assertThat(node.count("sluice.integration.ended.messages", "end", "discarded"))
                    .isZero();
            await("nothing is in flight, seed " + seed)
                    .atMost(LIMIT)
                    .until(() -> node.gauge("sluice.in.flight.messages") == 0);
            return verdict;
        }
    }

    @Test
    void aDefinitionOutlivesItsNode() {
        var topic = TestKafka.newTopic("outlives", 1, Map.of());
        try (var node = OneNode.start(folder, TestKafka.bootstrapServers(), "")) {
            node.define("one", "{\"topic\": \"%s\"}".formatted(topic));
        }
        try (var node = OneNode.start(folder, TestKafka.bootstrapServers(), "").awaitReady();
                var device = RawDevice.connect(node.mqtt(), "d")) {
            publish(device, 1, "tbmq/a");
        }
        assertThat(TestKafka.readAll(topic)).hasSize(1);
    }

    @Test
    void oneThatIsDisabledTakesNothingAndOneThatIsEnabledAgainDoes() {
        var topic = TestKafka.newTopic("disabled", 1, Map.of());
        var on = "{\"topic\": \"%s\"}".formatted(topic);
        try (var node = OneNode.start(folder, TestKafka.bootstrapServers(), "sluice.task.drain-timeout = 1s");
                var device = RawDevice.connect(node.mqtt(), "d")) {
            node.define("one", on);
            node.awaitTasks("one", 2);
            publish(device, 1, "tbmq/a");

            node.define("one", "{\"topic\": \"%s\", \"enabled\": false}".formatted(topic));
            node.awaitTasks("one", 0);
            publish(device, 2, "tbmq/a");
            assertThat(node.count("sluice.ingress.ended.messages", "reason", "no-route"))
                    .isEqualTo(1);

            node.define("one", on);
            node.awaitTasks("one", 2);
            publish(device, 3, "tbmq/a");
        }
        assertThat(TestKafka.readAll(topic)).hasSize(2);
    }

    @Test
    void nothingIsLeftOfOneThatIsRemoved() {
        var topic = TestKafka.newTopic("removed", 1, Map.of());
        try (var node = OneNode.start(folder, TestKafka.bootstrapServers(), "sluice.task.drain-timeout = 1s");
                var device = RawDevice.connect(node.mqtt(), "d")) {
            node.define("one", "{\"topic\": \"%s\"}".formatted(topic));
            node.awaitTasks("one", 2);
            publish(device, 1, "tbmq/a");

            node.remove("one");

            await("its tasks and metrics are gone")
                    .atMost(LIMIT)
                    .until(() -> node.node().tasks().isEmpty()
                            && node.node()
                                    .registry()
                                    .find("sluice.routed.messages")
                                    .meters()
                                    .isEmpty()
                            && node.node()
                                    .registry()
                                    .find("sluice.task.phase")
                                    .meters()
                                    .isEmpty()
                            && node.node()
                                    .registry()
                                    .find("sluice.in.flight.messages")
                                    .meters()
                                    .isEmpty());
            assertThat(node.node().isReady()).isTrue();
        }
        assertThat(TestKafka.readAll(topic)).hasSize(1);
    }

    /// Whoever waits for it is let go: nobody wants the message any more.
    @Test
    void whatARemovedIntegrationCannotDeliverIsDiscardedAndCounted() {
        try (var node = OneNode.start(folder, OtherKafka.bootstrapServers(), "sluice.task.drain-timeout = 1s");
                var device = RawDevice.connect(node.mqtt(), "d")) {
            node.define("one", "{}");
            node.awaitTasks("one", 2);
            OtherKafka.pause();
            device.publish(1, 1, false, "tbmq/a", "x");
            await().atMost(LIMIT).until(() -> node.count("sluice.routed.messages") == 1);

            node.remove("one");

            await("the device is told").atMost(LIMIT).until(() -> device.heard(PUBACK, 1));
            assertThat(node.count("sluice.integration.ended.messages", "end", "discarded"))
                    .isEqualTo(1);
        }
    }

    /// What was told to be discarded must not come later, before or behind what was sent after it.
    @Test
    void whatWasDiscardedDoesNotComeWhenTheIntegrationComesBack() {
        var topic = TestKafka.newTopic("discarded", 1, Map.of());
        var hocon = "sluice { task.drain-timeout = 1s, brokers.away.bootstrap-servers = \"127.0.0.1:1\" }";
        try (var node = OneNode.start(folder, TestKafka.bootstrapServers(), hocon);
                var device = RawDevice.connect(node.mqtt(), "d")) {
            node.define("one", definition(topic, "away", true));
            await("its tasks try").atMost(LIMIT).until(() -> node.node().tasks().size() == 2);
            device.publish(1, 1, false, "tbmq/a", "discarded");
            await("a task holds it")
                    .atMost(LIMIT)
                    .until(() -> node.node().tasks().stream().anyMatch(task -> task.heldBatches() == 1));

            node.define("one", definition(topic, "away", false));
            await("the device is told").atMost(LIMIT).until(() -> device.heard(PUBACK, 1));
            node.define("one", definition(topic, "default", true));
            node.awaitTasks("one", 2);
            publish(device, 2, "tbmq/a");

            assertThat(node.count("sluice.integration.ended.messages", "end", "discarded"))
                    .isEqualTo(1);
            assertThat(node.count("sluice.integration.ended.messages", "end", "delivered"))
                    .isEqualTo(1);
        }
        assertThat(TestKafka.readAll(topic))
                .extracting(record -> new String(record.value(), UTF_8))
                .containsExactly("x");
    }

    private static String definition(String topic, String broker, boolean enabled) {
        return "{\"topic\": \"%s\", \"broker\": \"%s\", \"enabled\": %s}".formatted(topic, broker, enabled);
    }

    @Test
    void oneThatStandsInTheConfigurationIsReadOnly() {
        try (var node = OneNode.start(folder, TestKafka.bootstrapServers(), "sluice.integrations.one {}")) {
            assertThatThrownBy(() -> node.define("one", "{}"))
                    .hasMessageContaining("READ_ONLY")
                    .hasMessageContaining("sluice.integrations.one");
        }
    }

    /// It would discard what the integration is there to take.
    @Test
    void aNodeThatCannotUseADefinitionDoesNotStart() throws Exception {
        var other = "sluice.brokers.other.bootstrap-servers = \"%s\"".formatted(TestKafka.bootstrapServers());
        try (var node = OneNode.start(folder, TestKafka.bootstrapServers(), other)) {
            node.define("one", "{\"broker\": \"other\"}");
        }

        assertThatThrownBy(() ->
                        OneNode.start(folder, TestKafka.bootstrapServers(), "").close())
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("integration [one]")
                .hasMessageContaining("broker must be one of default, was other");

        try (var process = ForkedJvm.start(
                Node.class,
                "--config",
                folder.resolve("node.conf").toString(),
                "-Dpekko.coordinated-shutdown.exit-jvm=on",
                "-Dpekko.coordinated-shutdown.run-by-jvm-shutdown-hook=on")) {
            process.await("catalog: this node cannot use what it defines");
            process.awaitMatch(".*broker must be one of default, was other.*");
            assertThat(process.awaitExit()).isEqualTo(2);
        }
    }

    private static void publish(RawDevice device, int packetId, String topic) {
        device.publish(1, packetId, false, topic, "x");
        await("PUBACK").atMost(LIMIT).until(() -> device.heard(PUBACK, packetId));
    }
}
