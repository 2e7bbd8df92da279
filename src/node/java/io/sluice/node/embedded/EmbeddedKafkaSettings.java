package io.sluice.node.embedded;

import java.nio.file.Path;
import java.time.Duration;

/// The embedded Kafka.
///
/// @param host            address it listens on and tells its clients
/// @param port            port for clients; 0: a free one
/// @param controllerPort  port it talks to itself on; 0: a free one
/// @param dataDir         the node's data folder; Kafka keeps its own in `kafka` below it
/// @param partitions      partitions of a topic that is created by its first record
/// @param messageMaxBytes largest batch of records it takes
/// @param retentionBytes  bytes kept of each partition before the oldest are deleted; -1: no limit
/// @param startTimeout    longest wait until it serves clients
public record EmbeddedKafkaSettings(
        String host,
        int port,
        int controllerPort,
        Path dataDir,
        int partitions,
        int messageMaxBytes,
        long retentionBytes,
        Duration startTimeout) {}
