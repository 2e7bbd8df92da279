package io.sluice.node.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientBuilder;
import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import io.sluice.node.settings.CannotStart;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Clients that others wrote, over every kind of socket.
class ClientsTest {
    @TempDir
    private static Path directory;

    @Test
    void servesHiveMqOver311() {
        try (var listening = Listening.settlingAtOnce()) {
            publishAll(three(builder(listening, "tcp")));

            assertAll(listening);
        }
    }

    @Test
    void servesHiveMqOver5WithProperties() {
        try (var listening = Listening.settlingAtOnce()) {
            var client = five(builder(listening, "tcp"));
            client.connect();
            client.publishWith()
                    .topic("a")
                    .qos(MqttQos.EXACTLY_ONCE)
                    .payload("x".getBytes(UTF_8))
                    .contentType("text/plain")
                    .userProperties()
                    .add("k", "v")
                    .applyUserProperties()
                    .send();
            client.disconnect();

            var arrival = listening.integrations.offered().getFirst().arrival();
            assertThat(arrival.properties().contentType()).isEqualTo("text/plain");
            assertThat(arrival.properties().user("k")).isEqualTo("v");
        }
    }

    @Test
    void keepsUpWithManyMessagesInFlight() {
        try (var listening = Listening.settlingAtOnce("receive-maximum = 50")) {
            var client = five(builder(listening, "tcp")).toAsync();
            client.connect().join();
            var sent = new ArrayList<java.util.concurrent.CompletableFuture<?>>();
            for (int i = 0; i < 2_000; i++) {
                sent.add(client.publishWith()
                        .topic("a/" + i % 7)
                        .qos(i % 2 == 0 ? MqttQos.AT_LEAST_ONCE : MqttQos.EXACTLY_ONCE)
                        .payload(("" + i).getBytes(UTF_8))
                        .send());
            }
            sent.forEach(java.util.concurrent.CompletableFuture::join);
            client.disconnect().join();

            assertThat(listening.integrations.texts())
                    .isEqualTo(Stream.iterate(0, i -> i + 1)
                            .limit(2_000)
                            .map(String::valueOf)
                            .toList());
        }
    }

    @Test
    void servesWebSockets() {
        try (var listening = Listening.settlingAtOnce()) {
            publishAll(three(builder(listening, "websocket")
                    .webSocketConfig()
                    .serverPath("mqtt")
                    .applyWebSocketConfig()));

            assertAll(listening);
        }
    }

    @Test
    void keepsPagesOfStrangersOut() {
        try (var listening =
                Listening.settlingAtOnce("listeners.websocket.origins = [\"https://console.example.org\"]")) {
            var answers = Stream.of(
                            "https://evil.example.org", "https://console.example.org", "http://localhost:3000", "null")
                    .map(origin -> upgrade(listening.port("websocket"), origin))
                    .toList();

            assertThat(answers)
                    .containsExactly(
                            "HTTP/1.1 403 Forbidden",
                            "HTTP/1.1 101 Switching Protocols",
                            "HTTP/1.1 101 Switching Protocols",
                            "HTTP/1.1 403 Forbidden");
        }
    }

    @Test
    void servesTls() {
        var server = Certificates.make(directory, "server");
        try (var listening = Listening.settlingAtOnce(tls(server), "listeners.websocket-tls.enabled = true")) {
            var ssl = MqttClientSslConfig.builder()
                    .trustManagerFactory(server.trust())
                    .build();

            publishAll(three(builder(listening, "tls").sslConfig(ssl)));
            publishAll(three(builder(listening, "websocket-tls")
                    .sslConfig(ssl)
                    .webSocketConfig()
                    .serverPath("mqtt")
                    .applyWebSocketConfig()));

            assertThat(listening.integrations.texts()).containsExactly("0", "1", "2", "0", "1", "2");
        }
    }

    /// Its session stays on one loop, its sockets come from all of them.
    @Test
    void movesATlsClientToTheLoopOfItsSession() {
        var server = Certificates.make(directory, "server3");
        try (var listening = Listening.settlingAtOnce(tls(server), "event-loops = 4")) {
            for (int i = 0; i < 6; i++) {
                var client = five(builder(listening, "tls")
                        .sslConfig(MqttClientSslConfig.builder()
                                .trustManagerFactory(server.trust())
                                .build()));
                client.connectWith()
                        .cleanStart(false)
                        .sessionExpiryInterval(600)
                        .send();
                client.publishWith()
                        .topic("a")
                        .qos(MqttQos.EXACTLY_ONCE)
                        .payload("x".repeat(100_000).getBytes(UTF_8))
                        .send();
                client.disconnect();
            }

            assertThat(listening.integrations.count()).isEqualTo(6);
            assertThat(listening.integrations.offered().stream()
                            .map(FakeIntegrations.Offered::loop)
                            .distinct())
                    .hasSize(1);
        }
    }

    @Test
    void knowsClientsByTheirCertificates() {
        var server = Certificates.make(directory, "server2");
        var device = Certificates.make(directory, "device-1");
        var stranger = Certificates.make(directory, "stranger");
        try (var listening = Listening.settlingAtOnce(
                tls(server),
                "tls { client-certificates = want, client-ca = \"" + device.certificate() + "\" }",
                "anonymous = never",
                "users.gateway { certificate-name = device-1, publish = [\"a\"] }")) {
            var trust = MqttClientSslConfig.builder().trustManagerFactory(server.trust());
            publishAll(three(builder(listening, "tls")
                    .sslConfig(trust.keyManagerFactory(device.identity()).build())));

            var arrival = listening.integrations.offered().getFirst().arrival();
            assertThat(arrival.username()).isEqualTo("gateway");
            assertThat(arrival.certificateName()).isEqualTo("device-1");
            assertThatThrownBy(() -> three(builder(listening, "tls")
                                    .sslConfig(trust.keyManagerFactory(stranger.identity())
                                            .build()))
                            .connect())
                    .as("a certificate that the authority did not sign")
                    .isInstanceOf(RuntimeException.class);
            assertThatThrownBy(() -> five(builder(listening, "tls")
                                    .sslConfig(MqttClientSslConfig.builder()
                                            .trustManagerFactory(server.trust())
                                            .build()))
                            .connect())
                    .as("no certificate")
                    .isInstanceOf(Mqtt5ConnAckException.class)
                    .hasMessageContaining("NOT_AUTHORIZED");
        }
    }

    @Test
    void saysWhichCertificateCannotBeUsed() {
        assertThatThrownBy(() -> Listening.on(
                        "listeners.tls.enabled = true", "tls { certificate = /nowhere.pem, key = /nowhere.key }"))
                .isInstanceOf(CannotStart.class)
                .hasMessageContainingAll("/nowhere.pem", "PKCS#8", "sluice.mqtt.tls");
    }

    @ParameterizedTest(name = "mosquitto_pub {0} QoS {1}")
    @MethodSource
    void servesMosquittoPub(String version, int qos) throws Exception {
        try (var listening = Listening.settlingAtOnce()) {
            var command = new ArrayList<>(List.of("mosquitto_pub", "-V", version, "-h", "127.0.0.1"));
            command.addAll(List.of("-p", "" + listening.port("tcp"), "-q", "" + qos, "-t", "a", "-m", "x", "-i", "m"));
            if (version.equals("mqttv5")) {
                command.addAll(List.of("-D", "publish", "user-property", "k", "v"));
            }
            var publisher = new ProcessBuilder(command).inheritIO().start();

            assertThat(publisher.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(publisher.exitValue()).isZero();
            await().until(() -> listening.integrations.count() > 0);
            assertThat(listening.integrations.texts()).containsExactly("x");
        }
    }

    static Stream<Arguments> servesMosquittoPub() {
        return Stream.of("mqttv311", "mqttv5")
                .flatMap(version -> Stream.of(0, 1, 2).map(qos -> Arguments.of(version, qos)));
    }

    private static String tls(Certificates server) {
        return "listeners.tls.enabled = true, tls { certificate = \"%s\", key = \"%s\" }"
                .formatted(server.certificate(), server.key());
    }

    private static MqttClientBuilder builder(Listening listening, String door) {
        return MqttClient.builder()
                .identifier("plant-7")
                .serverHost("127.0.0.1")
                .serverPort(listening.port(door));
    }

    private static Mqtt3BlockingClient three(MqttClientBuilder builder) {
        return builder.useMqttVersion3().buildBlocking();
    }

    private static Mqtt5BlockingClient five(MqttClientBuilder builder) {
        return builder.useMqttVersion5().buildBlocking();
    }

    private static void publishAll(Mqtt3BlockingClient client) {
        client.connect();
        for (var qos : List.of(MqttQos.AT_MOST_ONCE, MqttQos.AT_LEAST_ONCE, MqttQos.EXACTLY_ONCE)) {
            client.publishWith()
                    .topic("a")
                    .qos(qos)
                    .payload(("" + qos.getCode()).getBytes(UTF_8))
                    .send();
        }
        client.disconnect();
    }

    private static void assertAll(Listening listening) {
        assertThat(listening.integrations.texts()).containsExactly("0", "1", "2");
        assertThat(listening.integrations.offered().stream()
                        .map(offered -> offered.arrival().qos()))
                .containsExactly(0, 1, 2);
    }

    private static String upgrade(int port, String origin) {
        try (var client = RawClient.dial(port)) {
            client.send(upgrade(origin).getBytes(UTF_8));
            return client.readLine();
        }
    }

    /// The request that opens a WebSocket.
    static String upgrade(String origin) {
        return """
                GET /mqtt HTTP/1.1\r
                Host: 127.0.0.1\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Protocol: mqtt\r
                Origin: %s\r
                \r
                """.formatted(origin);
    }
}
