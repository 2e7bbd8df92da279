package io.sluice.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// An MQTT broker of somebody else that a cluster is subscribed to.
final class OutsideBroker implements AutoCloseable {
    private static final String NAME = "outside";
    private static final String CLIENT_ID = "sluice-" + NAME;
    private static final Pattern CONNECTED =
            Pattern.compile("^sluice_mqtt_broker_connected\\{[^}]*} 1(\\.0)?$", Pattern.MULTILINE);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int DEVICES = 10;
    private static final int RATE = 100;
    private static final int MQTT_5 = 5;

    private final MosquittoProcess broker;
    private final InetSocketAddress address;
    private final List<ClusterMember> members;

    private OutsideBroker(MosquittoProcess broker, InetSocketAddress address, List<ClusterMember> members) {
        this.broker = broker;
        this.address = address;
        this.members = List.copyOf(members);
    }

    /// What a node's configuration says of it.
    static String configuration(int port) {
        return """
                mqtt-brokers.%s { server = "127.0.0.1:%d", filters { "rig/#" = 1 }, publisher = "topic[3]" }
                """.formatted(NAME, port);
    }

    /// Starts it; nodes may look for it already.
    static OutsideBroker start(Path folder, int port, List<ClusterMember> members) {
        return new OutsideBroker(
                MosquittoProcess.start(folder.resolve("mosquitto"), port, List.of()),
                Launch.address("127.0.0.1:" + port),
                members);
    }

    /// Of devices that publish to it for the cluster's integration.
    Plan plan() {
        return Plan.of(Plan.newRun(), address)
                .devices(DEVICES)
                .rate(RATE)
                .topic(ClusterRig.MQTT_TOPIC)
                .messages(Integer.MAX_VALUE);
    }

    /// Index of the node that is connected to it.
    int reader() {
        return IntStream.range(0, members.size())
                .filter(this::reads)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("mqtt broker: expected a node connected, was none"));
    }

    private boolean reads(int node) {
        return CONNECTED.matcher(members.get(node).console().shown("/metrics")).find();
    }

    void awaitReader() {
        if (!Fleet.await(LIMIT, () -> IntStream.range(0, members.size()).anyMatch(this::reads))) {
            throw new IllegalStateException("mqtt broker: expected a node connected within " + LIMIT + ", was none");
        }
    }

    /// It saves what it has.
    void restart() {
        broker.stop();
        broker.restart();
    }

    /// SIGKILL when all is saved.
    void killSaved() {
        broker.save();
        broker.kill();
        broker.restart();
    }

    /// Another client comes by the same id, takes what the broker sends and acknowledges nothing.
    void takeSession(long millis) {
        try (var thief = new Socket()) {
            thief.connect(address);
            thief.getOutputStream().write(connect());
            var until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            while (System.nanoTime() < until) {
                LockSupport.parkNanos(until - System.nanoTime());
            }
        } catch (IOException e) {
            throw new IllegalStateException("mqtt broker: expected to take a session, was " + e.getMessage(), e);
        }
    }

    /// CONNECT of MQTT 5 with a session that stays: clean start 0, keep alive 60 s, session expiry 1 h.
    private static byte[] connect() {
        var id = CLIENT_ID.getBytes(StandardCharsets.US_ASCII);
        var head =
                new byte[] {0, 4, 'M', 'Q', 'T', 'T', MQTT_5, 0, 0, 60, 5, 0x11, 0, 0, 0x0e, 0x10, 0, (byte) id.length};
        var packet = new byte[2 + head.length + id.length];
        packet[0] = 0x10;
        packet[1] = (byte) (head.length + id.length);
        System.arraycopy(head, 0, packet, 2, head.length);
        System.arraycopy(id, 0, packet, 2 + head.length, id.length);
        return packet;
    }

    @Override
    public void close() {
        broker.close();
    }
}
