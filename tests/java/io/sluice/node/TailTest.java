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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
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

    @BeforeAll
    void start(@TempDir Path folder) {
        mosquitto =
                new Mosquitto(folder, Certificates.make(folder, "broker"), Certificates.make(folder, "node"));
        node = OneNode.start(folder, TestKafka.bootstrapServers(), """
                sluice.mqtt-brokers.other { server = "%s", filters { "bridged/#" = 1 } }
                """.formatted(mosquitto.open()));
        rest = Rest.admin(node);
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
}
