package io.sluice.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/// Apache Kafka in a process of its own: KRaft, loopback, of the jars on the children's class path; alone, or one of
/// several, see [KafkaCluster]. May be killed and started again on the same ports and data.
public final class KafkaProcess implements AutoCloseable {
    private static final Duration READY_LIMIT = Duration.ofSeconds(90);
    private static final Duration FORMAT_LIMIT = Duration.ofMinutes(1);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    private final Launch launch;
    private final Path folder;
    private final Seat seat;
    private final Path properties;
    private final String bootstrapServers;
    private Child child;

    private KafkaProcess(Path folder, Seat seat, List<String> more) {
        this.launch = Launch.fromSystem();
        this.folder = folder;
        this.seat = seat;
        this.properties = folder.resolve("server.properties");
        this.bootstrapServers = "127.0.0.1:" + seat.port();
        write(configuration() + String.join(System.lineSeparator(), more));
        format();
        this.child = spawn();
    }

    /// Its place among the brokers of a cluster.
    ///
    /// @param id      of the broker, from 1
    /// @param cluster id of the cluster
    /// @param voters  `id@host:port` of all controllers, with commas
    /// @param copies  of every partition, unless a topic says otherwise
    /// @param heapMib of the process
    record Seat(int id, String cluster, int port, int controllerPort, String voters, int copies, int heapMib) {
        static Seat alone() {
            var ports = Launch.freePorts(2);
            var voters = "1@127.0.0.1:" + ports[1];
            return new Seat(1, Uuid.randomUuid().toString(), ports[0], ports[1], voters, 1, 512);
        }
    }

    static KafkaProcess start(Path folder, Seat seat) {
        return new KafkaProcess(folder, seat, List.of());
    }

    /// One that listens for the nodes at another port, and tells them to come to a third one.
    static KafkaProcess start(Path folder, Seat seat, int outside, int told) {
        return new KafkaProcess(
                folder,
                seat,
                List.of(
                        "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,OUTSIDE:PLAINTEXT",
                        "listeners=PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d,OUTSIDE://127.0.0.1:%d"
                                .formatted(seat.port(), seat.controllerPort(), outside),
                        "advertised.listeners=PLAINTEXT://127.0.0.1:%d,OUTSIDE://127.0.0.1:%d"
                                .formatted(seat.port(), told)));
    }

    /// Formats a new log folder, starts the process and returns at once, see [#awaitReady()].
    public static KafkaProcess start(Path folder) {
        return start(folder, List.of());
    }

    /// The same with further lines of `server.properties`.
    public static KafkaProcess start(Path folder, List<String> more) {
        return new KafkaProcess(folder, Seat.alone(), more);
    }

    /// @throws IllegalStateException with the end of the log when Kafka dies or does not answer within 90 s
    public void awaitReady() {
        child.awaitReady(READY_LIMIT, this::answers);
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    /// SIGKILL; returns when the process is gone.
    public void kill() {
        child.kill();
    }

    /// Starts the process again after [#kill()].
    public void restart() {
        child = spawn();
    }

    /// SIGSTOP: connections stay open, nothing is answered.
    public void pause() {
        child.pause();
    }

    /// SIGCONT.
    public void resume() {
        child.resume();
    }

    boolean alive() {
        return child.alive();
    }

    public long pid() {
        return child.pid();
    }

    @Override
    public void close() {
        if (child.alive()) {
            child.stop(STOP_LIMIT);
        }
    }

    private boolean answers() {
        if (!Launch.listens(Launch.address(bootstrapServers))) {
            return false;
        }
        var settings = Map.<String, Object>of(
                "bootstrap.servers", bootstrapServers, "default.api.timeout.ms", 5_000, "request.timeout.ms", 5_000);
        try (var admin = Admin.create(settings)) {
            return !admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).isEmpty();
        } catch (ExecutionException | TimeoutException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void format() {
        var arguments = List.of("format", "-t", seat.cluster(), "-c", properties.toString());
        var command = launch.command(List.of("-Xmx128m"), "kafka.tools.StorageTool", arguments);
        var log = folder.resolve("format.log");
        var format = Child.start("kafka format", command, Map.of(), log);
        var ended = Fleet.await(FORMAT_LIMIT, () -> !format.alive());
        var tail = format.tail();
        format.close();
        if (!ended || !Files.exists(folder.resolve("data/meta.properties"))) {
            throw new IllegalStateException("kafka format: expected a formatted %s, was none; end of %s:%n%s"
                    .formatted(folder.resolve("data"), log, tail));
        }
    }

    private Child spawn() {
        var heap = seat.heapMib() + "m";
        var flags = List.of("-Xms" + heap, "-Xmx" + heap, "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20");
        var command = launch.command(flags, "kafka.Kafka", List.of(properties.toString()));
        return Child.start("kafka", command, Map.of(), folder.resolve("kafka.log"));
    }

    private void write(String text) {
        try {
            Files.createDirectories(folder);
            Files.writeString(properties, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + properties, e);
        }
    }

    /// A killed broker may register again only when its old session has ended: longer than a pause of [Trial], shorter
    /// than Kafka's 9 s, so that trials are quick.
    private String configuration() {
        return """
                process.roles=broker,controller
                node.id=%4$d
                controller.quorum.voters=%5$s
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                controller.listener.names=CONTROLLER
                inter.broker.listener.name=PLAINTEXT
                log.dirs=%3$s
                num.partitions=3
                default.replication.factor=%6$d
                min.insync.replicas=%7$d
                offsets.topic.num.partitions=1
                offsets.topic.replication.factor=%6$d
                transaction.state.log.num.partitions=3
                transaction.state.log.replication.factor=%6$d
                transaction.state.log.min.isr=%7$d
                share.coordinator.state.topic.replication.factor=%6$d
                share.coordinator.state.topic.min.isr=%7$d
                group.initial.rebalance.delay.ms=0
                broker.session.timeout.ms=5000
                broker.heartbeat.interval.ms=1000
                """.formatted(
                        seat.port(),
                        seat.controllerPort(),
                        folder.resolve("data").toAbsolutePath(),
                        seat.id(),
                        seat.voters(),
                        seat.copies(),
                        (seat.copies() + 1) / 2);
    }
}
