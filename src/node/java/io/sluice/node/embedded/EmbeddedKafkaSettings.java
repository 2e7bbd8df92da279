package io.sluice.node.embedded;

import io.sluice.node.settings.Section;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// The embedded Kafka.
///
/// @param host            address it listens on and tells its clients
/// @param port            port for clients; 0: a free one
/// @param controllerPort  port it talks to itself on; 0: a free one
/// @param dataDir         the node's data folder; Kafka keeps its own in `kafka` below it
/// @param partitions      partitions of a topic that is created by its first record
/// @param messageMaxBytes largest batch of records it takes
/// @param retentionBytes  bytes kept of each partition before the oldest are deleted
/// @param startTimeout    longest wait until it serves clients
public record EmbeddedKafkaSettings(
        String host,
        int port,
        int controllerPort,
        Path dataDir,
        int partitions,
        int messageMaxBytes,
        long retentionBytes,
        Duration startTimeout) {

    private enum Mode {
        AUTO,
        ON,
        OFF
    }

    private static final long MIB = 1 << 20;

    /// Reads `sluice.embedded-kafka`.
    ///
    /// @param needed the broker `default` has no servers of its own
    /// @return empty if it shall not run
    public static Optional<EmbeddedKafkaSettings> from(Section section, Path dataDir, boolean needed) {
        var mode = section.choice("mode", Mode.class);
        var settings = new EmbeddedKafkaSettings(
                section.text("host"),
                section.number("port", 0, 65_535),
                section.number("controller-port", 0, 65_535),
                dataDir,
                section.number("partitions", 1, 1024),
                (int) section.bytes("message-max", MIB, 64 * MIB),
                section.bytes("retention", 16 * MIB, 1024 * 1024 * MIB),
                section.duration("start-timeout", Duration.ofSeconds(1), Duration.ofMinutes(10)));
        if (settings.host().isBlank()) {
            section.problem("host", "must not be empty");
        }
        if (settings.port() != 0 && settings.port() == settings.controllerPort()) {
            section.problem("controller-port", "must differ from port, was %d".formatted(settings.port()));
        }
        return mode == Mode.ON || (mode == Mode.AUTO && needed) ? Optional.of(settings) : Optional.empty();
    }
}
