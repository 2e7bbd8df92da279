package io.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.FileRecords;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// Every compression and every `acks` an integration may ask for, from the settings to the log of a real Kafka. Some
/// compressions are native code, and some come from another jar than Kafka's own.
@Tag("kafka")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class CompressionAndAcksTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /// `<compression>-<acks>`, which is also the name of an integration and of its topic filter.
    private static final List<String> ASKED =
            List.of("none-all", "gzip-all", "snappy-all", "lz4-all", "zstd-all", "none-1", "none-0", "lz4-0");
    private static final int MESSAGES = 100;

    private final Map<String, String> topics = new HashMap<>();
    private OneNode node;

    @BeforeAll
    void start(@TempDir Path folder) {
        var integrations = new StringBuilder();
        for (var name : ASKED) {
            var topic = TestKafka.newTopic(name, 1, Map.of());
            topics.put(name, topic);
            integrations.append("""
                    sluice.integrations.%s {
                      filters = ["%s"], topic = "%s", compression = %s, acks = "%s", tasks = 1
                    }
                    """.formatted(name, name, topic, compression(name), acks(name)));
        }
        node = OneNode.start(folder, TestKafka.bootstrapServers(), integrations.toString())
                .awaitReady();
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @ParameterizedTest
    @FieldSource("ASKED")
    void whatIsAcknowledgedIsInTheLogAsAskedFor(String name) throws Exception {
        var texts = IntStream.range(0, MESSAGES)
                .mapToObj(n -> "message " + n + " " + "pad ".repeat(500))
                .toList();

        try (var device = RawDevice.connect(node.mqtt(), name)) {
            for (int n = 0; n < MESSAGES; n++) {
                device.publish(1, n + 1, false, name, texts.get(n));
            }
            await("all are acknowledged").atMost(LIMIT).until(() -> device.heard(RawDevice.PUBACK, MESSAGES));
        }

        var topic = Objects.requireNonNull(topics.get(name));
        assertThat(TestKafka.read(topic, MESSAGES))
                .extracting(record -> new String(record.value(), StandardCharsets.UTF_8))
                .isEqualTo(texts);
        assertThat(compressionsInLog(topic)).containsExactly(CompressionType.forName(compression(name)));
    }

    private static String compression(String name) {
        return name.substring(0, name.indexOf('-'));
    }

    private static String acks(String name) {
        return name.substring(name.indexOf('-') + 1);
    }

    /// Of the batches in the one partition of a topic, as they lie on the disk.
    private static Set<CompressionType> compressionsInLog(String topic) throws Exception {
        var found = EnumSet.noneOf(CompressionType.class);
        for (var directory : logDirectories()) {
            var log = Path.of(directory, topic + "-0", "00000000000000000000.log");
            try (var records = FileRecords.open(log.toFile(), false)) {
                records.batches().forEach(batch -> found.add(batch.compressionType()));
            }
        }
        return found;
    }

    private static List<String> logDirectories() throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", (Object) TestKafka.bootstrapServers()))) {
            var brokers = new ArrayList<Integer>();
            admin.describeCluster().nodes().get().forEach(broker -> brokers.add(broker.id()));
            var directories = admin.describeLogDirs(brokers).allDescriptions().get();
            return directories.values().stream()
                    .flatMap(ofBroker -> ofBroker.keySet().stream())
                    .toList();
        }
    }
}
