package io.sluice.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import io.sluice.node.mqtt.Certificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A real MQTT broker of somebody else: Mosquitto with persistence, on ports of its own.
final class Mosquitto implements AutoCloseable {
    private static final String PROGRAM = "/usr/sbin/mosquitto";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Path folder;
    private final Path configuration;
    private final int open = freePort();
    private final int named = freePort();
    private final int tls = freePort();
    private final int mutualTls = freePort();
    private Process process;

    Mosquitto(Path folder, Certificates server, Certificates client) {
        this.folder = folder;
        configuration = folder.resolve("mosquitto.conf");
        try {
            var passwords = folder.resolve("passwords");
            Files.writeString(passwords, "");
            run("mosquitto_passwd", "-b", passwords.toString(), "sluice", "right one");
            Files.writeString(configuration, """
                    user root
                    per_listener_settings true
                    persistence true
                    persistence_location %s/
                    autosave_interval 3600
                    sys_interval 1
                    max_inflight_messages 500
                    max_queued_messages 100000
                    listener %d 127.0.0.1
                    allow_anonymous true
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
                            folder,
                            open,
                            named,
                            passwords,
                            tls,
                            server.certificate(),
                            server.key(),
                            mutualTls,
                            server.certificate(),
                            server.key(),
                            client.certificate()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        process = start();
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
    void save() throws IOException {
        var store = folder.resolve("mosquitto.db");
        var before = Files.exists(store) ? Files.getLastModifiedTime(store) : FileTime.fromMillis(0);
        run("kill", "-USR1", Long.toString(process.pid()));
        await("mosquitto saved")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(20))
                .until(() ->
                        Files.exists(store) && !Files.getLastModifiedTime(store).equals(before));
    }

    /// kill -9.
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /// With what it saved.
    void startAgain() {
        process = start();
    }

    /// Without.
    void startEmpty() throws IOException {
        Files.deleteIfExists(folder.resolve("mosquitto.db"));
        process = start();
    }

    @Override
    public void close() {
        kill();
    }

    private Process start() {
        try {
            var started = new ProcessBuilder(PROGRAM, "-c", configuration.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("mosquitto.log").toFile()))
                    .start();
            await("mosquitto listens")
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> {
                        if (!started.isAlive()) {
                            throw new IllegalStateException(Files.readString(folder.resolve("mosquitto.log")));
                        }
                        try (var _ = new Socket(InetAddress.getLoopbackAddress(), mutualTls)) {
                            return true;
                        } catch (IOException _) {
                            return false;
                        }
                    });
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
