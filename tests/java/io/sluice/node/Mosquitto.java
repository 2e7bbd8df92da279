package io.sluice.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import io.sluice.bench.MosquittoProcess;
import io.sluice.node.mqtt.Certificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A real MQTT broker of somebody else: Mosquitto with persistence, on ports of its own.
final class Mosquitto implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final int open = freePort();
    private final int named = freePort();
    private final int tls = freePort();
    private final int mutualTls = freePort();
    private final MosquittoProcess process;

    Mosquitto(Path folder, Certificates server, Certificates client) {
        try {
            var passwords = folder.resolve("passwords");
            Files.writeString(passwords, "");
            run("mosquitto_passwd", "-b", passwords.toString(), "sluice", "right one");
            process = MosquittoProcess.start(folder, open, List.of("""
                    listener %d 127.0.0.1
                    allow_anonymous false
                    password_file %s
                    listener %d 127.0.0.1
                    allow_anonymous true
                    certfile %s
                    keyfile %s
                    listener %d 127.0.0.1
                    allow_anonymous true
                    max_qos 1
                    certfile %s
                    keyfile %s
                    cafile %s
                    require_certificate true
                    """.formatted(
                            named,
                            passwords,
                            tls,
                            server.certificate(),
                            server.key(),
                            mutualTls,
                            server.certificate(),
                            server.key(),
                            client.certificate())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String open() {
        return "127.0.0.1:" + open;
    }

    String named() {
        return "127.0.0.1:" + named;
    }

    String tls() {
        return "localhost:" + tls;
    }

    String mutualTls() {
        return "localhost:" + mutualTls;
    }

    /// A client that is let in at [#open].
    Mqtt5BlockingClient client(String id) {
        var client = MqttClient.builder()
                .useMqttVersion5()
                .identifier(id)
                .serverHost("127.0.0.1")
                .serverPort(open)
                .buildBlocking();
        client.connect();
        return client;
    }

    /// Returns once the broker has acknowledged it.
    static void publish(Mqtt5BlockingClient client, String topic, int qos, String text) {
        client.publishWith()
                .topic(topic)
                .qos(qos == 2 ? MqttQos.EXACTLY_ONCE : qos == 1 ? MqttQos.AT_LEAST_ONCE : MqttQos.AT_MOST_ONCE)
                .payload(text.getBytes(UTF_8))
                .send();
    }

    /// Messages it still has: those that a subscriber has not acknowledged, and its own about itself. Up to a second
    /// old.
    long stored() {
        var client = client("counter");
        try (var counts = client.publishes(MqttGlobalPublishFilter.ALL)) {
            client.subscribeWith()
                    .topicFilter("$SYS/broker/store/messages/count")
                    .send();
            return counts.receive(LIMIT.toSeconds(), TimeUnit.SECONDS)
                    .map(count -> Long.parseLong(new String(count.getPayloadAsBytes(), UTF_8)))
                    .orElseThrow();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            client.disconnect();
        }
    }

    /// Writes all it knows to its disk.
    void save() {
        process.save();
    }

    /// kill -9.
    void kill() {
        process.kill();
    }

    /// With what it saved.
    void startAgain() {
        process.restart();
    }

    /// Without.
    void startEmpty() throws IOException {
        process.restartEmpty();
    }

    @Override
    public void close() {
        process.close();
    }

    private static void run(String... command) {
        try {
            var ran = new ProcessBuilder(command).inheritIO().start();
            if (!ran.waitFor(20, TimeUnit.SECONDS) || ran.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": expected to work, did not");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
