package io.sluice.journey;

import io.sluice.bench.NodeProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A node as `./sluice up` starts it, in a process of its own on free ports.
final class ANode implements AutoCloseable {
    static final String TOPIC = "tbmq.messages";

    private static final Duration HTTP_LIMIT = Duration.ofSeconds(10);

    private final NodeProcess process;
    private final String kafka;

    private ANode(NodeProcess process, String kafka) {
        this.process = process;
        this.kafka = kafka;
    }

    /// With an embedded Kafka; ready when this returns.
    static ANode ready(Path folder, String... arguments) {
        var port = Launcher.freePort();
        var node = start(folder, Map.of("SLUICE_KAFKA_PORT", "" + port), Optional.empty(), arguments);
        var embedded = new ANode(node, "127.0.0.1:" + port);
        embedded.awaitReady();
        return embedded;
    }

    /// On another Kafka; it may not be ready yet.
    static ANode on(String kafka, Path folder, String... arguments) {
        return new ANode(start(folder, Map.of(), Optional.of(kafka), arguments), kafka);
    }

    private static NodeProcess start(
            Path folder, Map<String, String> kafkaPort, Optional<String> kafka, String... arguments) {
        var base = NodeProcess.Settings.in(folder, kafka, TOPIC, List.of());
        var environment = new HashMap<>(base.environment());
        environment.putAll(kafkaPort);
        var words = new ArrayList<>(List.of(arguments));
        words.add("-Dsluice.embedded-kafka.controller-port=0");
        words.add("-Dsluice.task.backoff-max=1s");
        words.add("-Dsluice.mqtt.connect-timeout=1m");
        System.setProperty("sluice.node.flags", Launcher.nodeFlags());
        try {
            return NodeProcess.start(new NodeProcess.Settings(
                    base.mqtt(), base.management(), TOPIC, kafka, environment, words, base.log()));
        } finally {
            System.clearProperty("sluice.node.flags");
        }
    }

    /// Waits until it is ready, and prints how long that took; if it never is, its process is ended and the end of its
    /// log told.
    void awaitReady() {
        var before = System.nanoTime();
        try {
            process.awaitReady();
            System.out.printf(Locale.ROOT, "the node was ready after %.1f s%n", (System.nanoTime() - before) / 1e9);
        } catch (IllegalStateException e) {
            process.close();
            throw e;
        }
    }

    NodeProcess process() {
        return process;
    }

    int mqttPort() {
        return port(process.settings().mqtt());
    }

    int webSocketPort() {
        return Integer.parseInt(process.settings().environment().getOrDefault("SLUICE_MQTT_WEBSOCKET_PORT", ""));
    }

    int managementPort() {
        return port(process.settings().management());
    }

    /// Bootstrap servers.
    String kafka() {
        return kafka;
    }

    /// What it has printed so far.
    String log() {
        try {
            return Files.readString(process.settings().log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Lines of errors in the log of a node, but for the one by which an embedded Kafka says that the machine is slow.
    static List<String> errors(String log) {
        return log.lines()
                .filter(line -> line.contains("ERROR") && !line.contains("controller event queue overloaded"))
                .toList();
    }

    /// Answer of a management endpoint: status and body.
    String get(String path) {
        var request = HttpRequest.newBuilder(
                        URI.create("http://" + process.settings().management() + path))
                .timeout(HTTP_LIMIT)
                .build();
        try (var client = HttpClient.newHttpClient()) {
            var response = client.send(request, HttpResponse.BodyHandlers.ofString());
            return response.statusCode() + " " + response.body();
        } catch (IOException e) {
            return "000 " + e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.close();
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }
}
