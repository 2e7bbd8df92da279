package io.sluice.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import io.sluice.TestKafka;
import io.sluice.node.mqtt.Certificates;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Whoever watches a node sees what it receives, by whatever way it came.
@Tag("kafka")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class TailTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Mosquitto mosquitto;
    private OneNode node;
    private Rest rest;
    private String token;
    private Cli cli;

    @BeforeAll
    void start(@TempDir Path folder) {
        mosquitto = new Mosquitto(folder, Certificates.make(folder, "broker"), Certificates.make(folder, "node"));
        node = OneNode.start(folder, TestKafka.bootstrapServers(), """
                sluice.mqtt-brokers.other { server = "%s", filters { "bridged/#" = 1 } }
                sluice.api.tail { viewers-max = 3, heartbeat = 300ms, time-max = 40s }
                """.formatted(mosquitto.open()));
        rest = Rest.admin(node);
        token = token(rest, "view");
        cli = Cli.admin(node, folder.resolve("login"));
        await("the broker is there")
                .atMost(LIMIT)
                .until(() -> node.gauge("sluice.mqtt.broker.connected", "broker", "other") == 1);
    }

    @AfterAll
    void stop() {
        node.close();
        mosquitto.close();
    }

    /// Who subscribed by MQTT, and what it saw: topic, space, payload.
    static final class Subscriber implements AutoCloseable {
        final List<String> seen = Collections.synchronizedList(new ArrayList<>());
        private final Mqtt5AsyncClient client;

        Subscriber(OneNode node, String id, String filter) {
            client = MqttClient.builder()
                    .useMqttVersion5()
                    .identifier(id)
                    .serverHost("127.0.0.1")
                    .serverPort(node.mqtt().getPort())
                    .buildAsync();
            client.toBlocking().connect();
            client.publishes(
                    MqttGlobalPublishFilter.ALL,
                    publish -> seen.add(publish.getTopic() + " " + new String(publish.getPayloadAsBytes(), UTF_8)));
            client.toBlocking().subscribeWith().topicFilter(filter).send();
        }

        void publish(String topic, String payload) {
            Mosquitto.publish(client.toBlocking(), topic, 1, payload);
        }

        @Override
        public void close() {
            client.toBlocking().disconnect();
        }
    }

    @Test
    void aSubscriberSeesWhatComesByMqttHttpAndFromABroker() {
        try (var subscriber = new Subscriber(node, "subscriber", "#")) {
            subscriber.publish("mqtt/1", "a");
            rest.post("/v1/messages/http/1", "1");
            rest.send(
                    "POST",
                    "/v1/events",
                    "application/cloudevents+json",
                    "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"data\":1}");
            var talker = mosquitto.client("talker");
            Mosquitto.publish(talker, "bridged/1", 1, "b");
            talker.disconnect();

            await("all is seen")
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertThat(subscriber.seen)
                            .containsExactlyInAnyOrder("mqtt/1 a", "http/1 1", "events/t 1", "bridged/1 b"));
        }
    }

    private static String token(Rest user, String scope) {
        return user.post("/v1/tokens", "{\"scopes\":[\"%s\"]}".formatted(scope))
                .json()
                .path("secret")
                .asText();
    }

    private LiveStream stream(String query) {
        return new LiveStream(rest.base(), token, query);
    }

    /// The places of streams that were closed are free again.
    @AfterEach
    void awaitNoViewers() {
        await("nobody watches").atMost(LIMIT).until(() -> node.gauge("sluice.tail.viewers") == 0);
    }

    @Test
    void aStreamShowsWhatComesByMqttHttpAndFromABroker() {
        try (var stream = stream("?filter=seen/%23&filter=+/by/both");
                var device = new Subscriber(node, "device", "unheard")) {
            device.publish("seen/mqtt", "grüße");
            rest.with("Sluice-Client-Id", "d1")
                    .with("Sluice-User-Property", "a=b")
                    .send("POST", "/v1/messages/seen/http", "text/plain", "x");
            rest.post("/v1/messages/seen/by/both", "1");
            rest.post("/v1/messages/else", "1");
            rest.post("/v1/messages/seen/last", "1");

            await("all is seen").atMost(LIMIT).until(() -> stream.topics().contains("seen/last"));
            assertThat(stream.topics()).containsExactly("seen/mqtt", "seen/http", "seen/by/both", "seen/last");
            var mqtt = stream.messages().getFirst();
            assertThat(mqtt.path("payload").asText()).isEqualTo("grüße");
            assertThat(mqtt.path("clientId").asText()).isEqualTo("device");
            assertThat(mqtt.path("qos").asInt()).isEqualTo(1);
            assertThat(mqtt.path("node").asText()).contains(":");
            var http = stream.messages().get(1);
            assertThat(http.path("clientId").asText()).isEqualTo("d1");
            assertThat(http.path("username").asText()).isEqualTo("admin");
            assertThat(http.at("/properties/contentType").asText()).startsWith("text/plain");
            assertThat(http.at("/properties/user").toString()).contains("\"a\"", "\"b\"");
            await("heartbeats").atMost(LIMIT).until(() -> stream.lines.contains(": heartbeat"));
        }
    }

    @Test
    void whatIsNoTextIsInBase64() {
        try (var stream = stream("?filter=bytes");
                var talker = RawDevice.connect(node.mqtt(), "raw")) {
            talker.publish(0, 0, false, "bytes", "");
            rest.send("POST", "/v1/messages/bytes", "application/octet-stream", "\u0000");

            await("both are seen").atMost(LIMIT).until(() -> stream.messages().size() == 2);
            assertThat(stream.messages().getFirst().path("payload").asText("none"))
                    .isEmpty();
            assertThat(stream.messages().get(1).path("payload").asText()).isEqualTo("\u0000");
        }
    }

    @Test
    void onlyWhoMayViewWatchesAndOnlyAsLong() {
        var publisher = Rest.nobody(node).token(token(rest, "publish"));
        assertThat(publisher.get("/v1/messages").code()).isEqualTo("forbidden");
        assertThat(Rest.nobody(node).get("/v1/messages").status()).isEqualTo(401);
        var wrong = rest.get("/v1/messages?filter=a/%23/b&filter=ok&filter=%24share/g/a");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.json().path("problems")).hasSize(2);
        assertThat(wrong.json().path("detail").asText())
                .isEqualTo("query parameter filter: topic filter \"a/#/b\" has # before its last level, position 3");

        var made = rest.post("/v1/tokens", "{\"scopes\":[\"view\"]}");
        try (var stream = new LiveStream(rest.base(), made.json().path("secret").asText(), "")) {
            assertThat(rest.delete("/v1/tokens/" + made.json().path("name").asText())
                            .status())
                    .isEqualTo(204);

            await("it ends").atMost(LIMIT).until(stream::hasEnded);
        }
    }

    @Test
    void thereAreNoMoreViewersThanMayBe() {
        try (var _ = stream("");
                var _ = stream("");
                var _ = stream("")) {
            var reply = rest.get("/v1/messages");

            assertThat(reply.status()).as(reply.text()).isEqualTo(503);
            assertThat(reply.code()).isEqualTo("busy");
        }
        await("there is room again").atMost(LIMIT).ignoreExceptions().until(() -> {
            try (var stream = stream("")) {
                return !stream.hasEnded();
            }
        });
    }

    @Test
    void theCommandShowsThemInEachForm() throws Exception {
        for (var form : List.of("table", "json", "yaml")) {
            var running = CompletableFuture.supplyAsync(
                    () -> cli.run("tail", "cli/#", "cli/+/x", "--count", "2", "-o", form));
            await("two are shown").atMost(LIMIT).until(() -> {
                rest.with("Sluice-Client-Id", "d1").post("/v1/messages/cli/1/x", "\"\u001b[2J\"");
                return running.isDone();
            });
            var came = running.get();
            assertThat(came.code()).as(came.all()).isZero();
            assertThat(came.out()).doesNotContain("\u001b");
            switch (form) {
                case "json" ->
                    assertThat(came.out().lines())
                            .hasSize(2)
                            .allMatch(line -> line.startsWith("{\"topic\":\"cli/1/x\""));
                case "yaml" -> assertThat(came.out()).startsWith("---\ntopic: \"cli/1/x\"");
                default ->
                    assertThat(came.out().lines())
                            .hasSize(2)
                            .allMatch(line -> line.matches(
                                    "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d  cli/1/x  d1  \"\\\\u001b\\[2J\""));
            }
        }
        assertThat(cli.run("tail", "a/#/b").code()).isEqualTo(1);
        assertThat(cli.run("tail", "--count", "0").code()).isEqualTo(2);
        assertThat(cli.with("SLUICE_URL", "http://127.0.0.1:1")
                        .run("tail", "--token", "slc_x")
                        .code())
                .isEqualTo(3);
    }

    @Test
    void aStopWaitsForNoViewer(@TempDir Path folder) {
        LiveStream stream;
        Instant stopping;
        try (var other = OneNode.start(folder, TestKafka.bootstrapServers(), "")) {
            stream = new LiveStream(Rest.nobody(other).base(), token(Rest.admin(other), "view"), "");
            stopping = Instant.now();
        }

        assertThat(Duration.between(stopping, Instant.now())).isLessThan(Duration.ofSeconds(20));
        await("it ends").atMost(LIMIT).until(stream::hasEnded);
        stream.close();
    }
}
