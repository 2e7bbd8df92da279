package io.sluice.node;

import static io.sluice.node.RawDevice.PUBACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Promise 2: first deliveries of a subject reach Kafka in the order in which they were received.
@Tag("kafka")
class OrderPerSubjectTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder = Path.of("");

    @AfterEach
    void letKafkaGoOn() {
        OtherKafka.resume();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {21, 22})
    void devicesKeepTheirOrderThroughEveryFault(long seed) {
        try (var node = OneNode.start(folder, OtherKafka.bootstrapServers(), "sluice.integrations.one {}")) {
            node.awaitReady();

            var verdict = new FaultyRun(node, seed, FaultyRun.FAULTS, 2).run(12_000);

            assertThat(verdict.passed())
                    .as("seed " + seed + ": " + verdict.summary() + verdict.examples())
                    .isTrue();
            assertThat(verdict.inKafka()).as("seed " + seed).isEqualTo(12_000);
        }
    }

    /// The later one is published after the earlier one was acknowledged, so its order can be observed.
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {23})
    void aSubjectKeepsItsOrderAcrossConnections(long seed) {
        var random = new Random(seed);
        var topic = TestKafka.newTopic("shared", 3, Map.of());
        var integration = "sluice.integrations.one { topic = \"%s\", subject = \"${topic[1]}\" }".formatted(topic);
        try (var node = OneNode.start(folder, TestKafka.bootstrapServers(), integration)
                        .awaitReady();
                var one = RawDevice.connect(node.mqtt(), "one");
                var two = RawDevice.connect(node.mqtt(), "two");
                var three = RawDevice.connect(node.mqtt(), "three")) {
            var devices = List.of(one, two, three);
            for (int n = 1; n <= 200; n++) {
                if (n % 25 == 0) {
                    node.killTask("one", random.nextInt(2));
                }
                var device = devices.get(random.nextInt(devices.size()));
                int packetId = n;
                device.publish(1, packetId, false, "tbmq/shared-subject/" + device.hashCode(), "message " + n);
                await("acknowledged, seed " + seed)
                        .pollInterval(Duration.ofMillis(1))
                        .atMost(LIMIT)
                        .until(() -> device.heard(PUBACK, packetId));
            }

            var firsts = new LinkedHashSet<String>();
            TestKafka.readAll(topic).forEach(record -> firsts.add(new String(record.value(), StandardCharsets.UTF_8)));

            assertThat(firsts)
                    .as("seed " + seed)
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, 200)
                            .mapToObj(n -> "message " + n)
                            .toList());
        }
    }
}
