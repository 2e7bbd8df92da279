package io.sluice.node.queue;

import io.sluice.node.settings.Section;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Queues as all integrations of a node have them.
///
/// @param topicPrefix       first part of a queue topic's name, the integration's follows
/// @param replicationFactor of a topic that is created; -1: the broker's default
/// @param minInsyncReplicas of a topic; -1: the broker's default
/// @param messageMax        largest record
/// @param readBytes         bytes of a task that are read and not yet safe
/// @param readMessages      the same in messages
/// @param commitInterval    how often what is safe is committed
/// @param trimInterval      how often what is committed is removed
public record QueueSettings(
        String topicPrefix,
        int replicationFactor,
        int minInsyncReplicas,
        int messageMax,
        long readBytes,
        int readMessages,
        Duration commitInterval,
        Duration trimInterval) {
    private static final long MIB = 1 << 20;
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._-]{1,100}");
    private static final int REPLICAS_MAX = 32;

    /// Reads `sluice.queue`.
    public static QueueSettings from(Section section) {
        Consumer<String> isPrefix = text -> {
            if (!PREFIX.matcher(text).matches()) {
                throw new IllegalArgumentException(
                        "must be 1 to 100 letters, digits, dots, underscores or dashes, was " + text);
            }
        };
        return new QueueSettings(
                section.checked("topic-prefix", isPrefix),
                replicas(section, "replication-factor"),
                replicas(section, "min-insync-replicas"),
                (int) section.bytes("message-max", MIB, 64 * MIB),
                section.bytes("read-bytes", MIB, 1024 * MIB),
                section.number("read-messages", 1, 50_000),
                section.duration("commit-interval", Duration.ofMillis(10), Duration.ofSeconds(10)),
                section.duration("trim-interval", Duration.ofMillis(100), Duration.ofDays(1)));
    }

    private static int replicas(Section section, String key) {
        var found = section.number(key, -1, REPLICAS_MAX);
        if (found == 0) {
            section.problem(key, "must be -1, the broker's default, or at least 1, was 0");
        }
        return found;
    }

    public String topic(String integration) {
        return topicPrefix + integration;
    }
}
