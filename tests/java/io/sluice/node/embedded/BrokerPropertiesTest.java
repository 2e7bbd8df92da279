package io.sluice.node.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrokerPropertiesTest {
    private static final int MIB = 1 << 20;

    @Test
    void keepsRecordsBySizeAndNotByAge() {
        var properties = properties(8 * MIB, 1 << 30);

        assertThat(properties)
                .containsEntry("log.retention.ms", "-1")
                .containsEntry("log.retention.bytes", String.valueOf(1 << 30));
    }

    @ParameterizedTest
    @CsvSource({"8, 16, 16", "8, 64, 16", "8, 256, 64", "8, 1024, 128", "8, 1048576, 128", "64, 16, 64"})
    void aSegmentIsAPartOfWhatIsKeptAndHoldsTheLargestBatch(int messageMaxMib, long retentionMib, long segmentMib) {
        assertThat(properties(messageMaxMib * MIB, retentionMib * MIB))
                .containsEntry("log.segment.bytes", String.valueOf(segmentMib * MIB));
    }

    @Test
    void namesOnlyWhatKafkaKnows() {
        var known = AbstractKafkaConfig.CONFIG_DEF.names();

        assertThat(known).containsAll(properties(MIB, MIB).keySet());
        assertThat(LogConfig.DEFAULT_RETENTION_MS).as("why it is set").isPositive();
    }

    private static java.util.Map<String, String> properties(int messageMaxBytes, long retentionBytes) {
        var settings = new EmbeddedKafkaSettings(
                "127.0.0.1", 9092, 9093, Path.of("data"), 3, messageMaxBytes, retentionBytes, Duration.ofMinutes(1));
        return BrokerProperties.of(settings, Path.of("data/kafka"), 9092, 9093);
    }
}
