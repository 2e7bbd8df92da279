package io.sluice.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A node in a process of its own, which may be killed and started again on the same ports and data.
public final class NodeProcess implements AutoCloseable {
    private static final Duration READY_LIMIT = Duration.ofSeconds(90);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    /// @param mqtt       `host:port` of the listener
    /// @param management `host:port` of `/ready`
    /// @param topic      where its records go; told only to stand-ins, a node has it in its configuration
    /// @param kafka      bootstrap servers; empty: the node's embedded Kafka
    /// @param environment more of it, for instance `SLUICE_DATA_DIR`
    /// @param arguments  more of them, for instance `-Dkey=value`
    /// @param log        gets what the node prints
    public record Settings(
            String mqtt,
            String management,
            String topic,
            Optional<String> kafka,
            Map<String, String> environment,
            List<String> arguments,
            Path log) {

        public Settings {
            environment = Map.copyOf(environment);
            arguments = List.copyOf(arguments);
        }

        /// Free loopback ports, data and log in a folder.
        public static Settings in(Path folder, Optional<String> kafka, String topic, List<String> arguments) {
            var ports = Launch.freePorts(3);
            var environment = Map.of(
                    "SLUICE_MQTT_WEBSOCKET_PORT", Integer.toString(ports[2]),
                    "SLUICE_API_PORT", "0",
                    "SLUICE_DATA_DIR", folder.resolve("data").toString());
            return new Settings(
                    "127.0.0.1:" + ports[0],
                    "127.0.0.1:" + ports[1],
                    topic,
                    kafka,
                    environment,
                    arguments,
                    folder.resolve("node.log"));
        }
    }

    private final Settings settings;
    private final List<String> before;
    private final Launch launch;
    private Child child;

    private NodeProcess(Settings settings, List<String> before, Launch launch) {
        this.settings = settings;
        this.before = List.copyOf(before);
        this.launch = launch;
        this.child = spawn();
    }

    /// Starts the process and returns at once, see [#awaitReady()].
    public static NodeProcess start(Settings settings) {
        return start(settings, List.of());
    }

    /// @param before a command that becomes the node, in front of its own words
    static NodeProcess start(Settings settings, List<String> before) {
        return new NodeProcess(settings, before, Launch.fromSystem());
    }

    /// @throws IllegalStateException with the end of the log when the node dies or is not ready within 90 s
    public void awaitReady() {
        child.awaitReady(READY_LIMIT, this::ready);
    }

    public boolean ready() {
        return launch.nodeArgs().isPresent()
                ? Launch.listens(Launch.address(settings.mqtt()))
                : Launch.ready(settings.management());
    }

    /// SIGKILL; returns when the process is gone.
    public void kill() {
        child.kill();
    }

    /// Starts the process again after [#kill()] or [#stop()].
    public void restart() {
        child = spawn();
    }

    /// SIGSTOP.
    public void pause() {
        child.pause();
    }

    /// SIGCONT.
    public void resume() {
        child.resume();
    }

    /// SIGTERM.
    ///
    /// @return whether it ended by itself within 30 s
    public boolean stop() {
        return child.stop(STOP_LIMIT);
    }

    /// Lets the node outlive this process.
    public void release() {
        child.release();
    }

    public Settings settings() {
        return settings;
    }

    public long pid() {
        return child.pid();
    }

    public boolean alive() {
        return child.alive();
    }

    @Override
    public void close() {
        if (child.alive()) {
            stop();
        }
    }

    private Child spawn() {
        var environment = new HashMap<>(settings.environment());
        environment.put("SLUICE_MQTT_PORT", port(settings.mqtt()));
        environment.put("SLUICE_MANAGEMENT_PORT", port(settings.management()));
        settings.kafka().ifPresent(servers -> environment.put("SLUICE_KAFKA_BOOTSTRAP_SERVERS", servers));
        var command = new ArrayList<>(before);
        command.addAll(launch.command(launch.nodeFlags(), launch.nodeMain(), arguments()));
        return Child.start("node", command, environment, settings.log());
    }

    private List<String> arguments() {
        if (launch.nodeArgs().isPresent()) {
            return Launch.words(launch.nodeArgs()
                    .get()
                    .replace("{mqtt}", port(settings.mqtt()))
                    .replace("{kafka}", settings.kafka().orElse(""))
                    .replace("{topic}", settings.topic()));
        }
        return new ArrayList<>(settings.arguments());
    }

    private static String port(String address) {
        return Integer.toString(Launch.address(address).getPort());
    }
}
