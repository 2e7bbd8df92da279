package io.sluice.node.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.settings.Section;
import io.sluice.node.settings.SettingsContract;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueueSettingsTest implements SettingsContract<QueueSettings> {
    @Override
    public String path() {
        return "sluice.queue";
    }

    @Override
    public QueueSettings read(Section section) {
        return QueueSettings.from(section);
    }

    @Override
    public QueueSettings defaults() {
        return new QueueSettings(
                "sluice.queue.", -1, -1, 8 << 20, 16 << 20, 10_000, Duration.ofSeconds(1), Duration.ofMinutes(1));
    }

    @Override
    public Map<String, String> changes() {
        return Map.of(
                "topic-prefix", "plant-queue-",
                "replication-factor", "3",
                "min-insync-replicas", "2",
                "message-max", "2 MiB",
                "read-bytes", "1 MiB",
                "read-messages", "7",
                "commit-interval", "100ms",
                "trim-interval", "10s");
    }

    @Test
    void refusesATopicThatKafkaDoesNotTakeAndNoReplica() {
        assertThat(problemsWith(Map.of("topic-prefix", "\"a/b\"", "replication-factor", "0")))
                .containsExactly(
                        "command line: sluice.queue.topic-prefix: must be 1 to 100 letters, digits, dots, underscores or"
                                + " dashes, was \"a/b\"",
                        "command line: sluice.queue.replication-factor must be -1, the broker's default, or at least 1,"
                                + " was 0");
    }
}
