package io.sluice.node.embedded;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// Kafka's own settings for a broker that is its whole cluster and shares a small heap with the node.
final class BrokerProperties {
    static final int NODE_ID = 1;
    static final String CONTROLLER_LISTENER = "CONTROLLER";

    private static final int MIB = 1 << 20;

    private BrokerProperties() {}

    static Map<String, String> of(EmbeddedKafkaSettings settings, Path logDir, int port, int controllerPort) {
        var properties = new TreeMap<String, String>();
        addresses(properties, settings.host(), port, controllerPort);
        oneNode(properties);
        topics(properties, settings, logDir);
        smallHeap(properties, settings.messageMaxBytes());
        properties.put(
                "server.max.startup.time.ms",
                String.valueOf(settings.startTimeout().toMillis()));
        return properties;
    }

    private static void addresses(Map<String, String> properties, String host, int port, int controllerPort) {
        var address = bracketed(host);
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", String.valueOf(NODE_ID));
        properties.put(
                "listeners",
                "PLAINTEXT://%s:%d,%s://%s:%d".formatted(address, port, CONTROLLER_LISTENER, address, controllerPort));
        properties.put("advertised.listeners", "PLAINTEXT://%s:%d".formatted(address, port));
        properties.put("inter.broker.listener.name", "PLAINTEXT");
        properties.put("controller.listener.names", CONTROLLER_LISTENER);
        properties.put("controller.quorum.voters", "%d@%s:%d".formatted(NODE_ID, address, controllerPort));
    }

    /// Every internal topic has one copy. After a kill the controller waits for the old broker's session to end before
    /// it lets the new one in, so sessions are short.
    private static void oneNode(Map<String, String> properties) {
        properties.put("default.replication.factor", "1");
        properties.put("min.insync.replicas", "1");
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("offsets.topic.num.partitions", "3");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("transaction.state.log.num.partitions", "3");
        properties.put("share.coordinator.state.topic.replication.factor", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("share.coordinator.state.topic.num.partitions", "3");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("broker.session.timeout.ms", "3000");
        properties.put("broker.heartbeat.interval.ms", "500");
        properties.put("metadata.max.idle.interval.ms", "5000");
    }

    private static void topics(Map<String, String> properties, EmbeddedKafkaSettings settings, Path logDir) {
        properties.put("log.dirs", logDir.toString());
        properties.put("auto.create.topics.enable", "true");
        properties.put("num.partitions", String.valueOf(settings.partitions()));
        properties.put("message.max.bytes", String.valueOf(settings.messageMaxBytes()));
        properties.put("replica.fetch.max.bytes", String.valueOf(settings.messageMaxBytes()));
        properties.put("log.retention.ms", "-1");
        properties.put("log.retention.bytes", String.valueOf(settings.retentionBytes()));
        properties.put("log.segment.bytes", String.valueOf(segmentBytes(settings)));
        properties.put("log.index.size.max.bytes", String.valueOf(MIB));
    }

    /// Only whole segments are deleted, and the newest of each partition is read through after a kill: so they are
    /// small. A segment must hold the largest batch.
    private static long segmentBytes(EmbeddedKafkaSettings settings) {
        var smallest = Math.max(16L * MIB, settings.messageMaxBytes());
        return Math.clamp(settings.retentionBytes() / 4, smallest, 128L * MIB);
    }

    private static void smallHeap(Map<String, String> properties, long messageMaxBytes) {
        var requestMaxBytes = Math.max(32L * MIB, messageMaxBytes + MIB);
        properties.put("socket.request.max.bytes", String.valueOf(requestMaxBytes));
        properties.put("queued.max.request.bytes", String.valueOf(2 * requestMaxBytes));
        properties.put("num.network.threads", "2");
        properties.put("num.io.threads", "4");
        properties.put("background.threads", "2");
        properties.put("group.coordinator.threads", "1");
        properties.put("log.cleaner.threads", "1");
        properties.put("log.cleaner.dedupe.buffer.size", String.valueOf(4 * MIB));
        properties.put("log.cleaner.io.buffer.size", String.valueOf(MIB / 4));
        properties.put("offsets.load.buffer.size", String.valueOf(MIB));
        properties.put("transaction.state.log.load.buffer.size", String.valueOf(MIB));
        properties.put("share.coordinator.load.buffer.size", String.valueOf(MIB));
    }

    /// An IPv6 address as it stands before a port.
    static String bracketed(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }
}
