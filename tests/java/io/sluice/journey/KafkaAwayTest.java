package io.sluice.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import io.sluice.bench.KafkaProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kafka is not there yet, then a topic is not: the node lives, says what it waits for, acknowledges nothing, and goes
/// on by itself.
@Tag("kafka")
class KafkaAwayTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String LATE = "late.messages";

    @Test
    void saysWhatIsMissingAndAcknowledgesOnceItIsThere(@TempDir Path folder) throws Exception {
        try (var kafka = KafkaProcess.start(folder.resolve("kafka"), List.of("auto.create.topics.enable=false"))) {
            kafka.awaitReady();
            createTopic(kafka, ANode.TOPIC);
            kafka.kill();
            try (var node = ANode.on(
                    kafka.bootstrapServers(),
                    folder,
                    "-Dsluice.integrations.late.filters=[\"late/#\"]",
                    "-Dsluice.integrations.late.topic=" + LATE,
                    "-Dsluice.task.start-timeout=2s")) {
                expectToWaitForKafka(node, kafka);
            }
        }
    }

    private static void expectToWaitForKafka(ANode node, KafkaProcess kafka) throws Exception {
        var away = "broker [default]: no answer from [%s] within 5 s; is Kafka running there, and is the way open?"
                .formatted(kafka.bootstrapServers());
        awaitWaiting(node, away, "late/0", "late/1", "telemetry/0", "telemetry/1");
        awaitLog(node, "could not start, attempt 1: " + away);
        var client = connect(node);
        var early = publish(client, "tbmq/device/early");
        var late = publish(client, "late/device/late");
        awaitWaiting(node, away, "late/0", "late/1", "telemetry/0", "telemetry/1");
        assertThat(early).isNotDone();

        kafka.restart();
        kafka.awaitReady();

        assertThat(early.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).getError()).isEmpty();
        awaitWaiting(
                node,
                "broker [default]: topic [late.messages] is not there and Kafka does not create it by itself; create it",
                "late/0",
                "late/1");
        assertThat(late).isNotDone();

        createTopic(kafka, LATE);

        assertThat(late.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).getError()).isEmpty();
        Awaitility.await().atMost(PATIENCE).until(() -> node.get("/ready").startsWith("200 "));
        assertThat(Kcat.read(node.kafka(), ANode.TOPIC, "waiting")).hasSize(1);
        assertThat(Kcat.read(node.kafka(), LATE, "waiting")).hasSize(1);

        kafka.pause();
        var stalled = publish(client, "tbmq/device/stalled");
        awaitLog(
                node,
                "s for Kafka with 1 batches: broker [default]: no answer from [%s] within 5 s"
                        .formatted(kafka.bootstrapServers()));
        assertThat(stalled).isNotDone();

        kafka.resume();
        assertThat(stalled.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).getError())
                .isEmpty();
        awaitLog(node, "gets on");
        assertThat(node.log()).doesNotContain("ERROR").doesNotContainPattern("(?m)^\\s+at ");
        client.disconnect().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static Mqtt5AsyncClient connect(ANode node) throws Exception {
        var client = MqttClient.builder()
                .useMqttVersion5()
                .identifier("waiting")
                .serverHost("127.0.0.1")
                .serverPort(node.mqttPort())
                .buildAsync();
        client.connect().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return client;
    }

    private static CompletableFuture<Mqtt5PublishResult> publish(Mqtt5AsyncClient client, String topic) {
        return client.publishWith()
                .topic(topic)
                .qos(MqttQos.AT_LEAST_ONCE)
                .payload("x".getBytes(StandardCharsets.UTF_8))
                .send();
    }

    private static void createTopic(KafkaProcess kafka, String topic) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(3), Optional.empty())))
                    .all()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /// Until exactly these tasks are what the node waits for, each for this reason.
    private static void awaitWaiting(ANode node, String why, String... tasks) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            var answer = node.get("/ready");
            assertThat(answer).startsWith("503 ");
            assertThat(answer.substring(4).lines().map(line -> line.replaceFirst(": (starting|backing-off) ", ": ")))
                    .containsExactly(Arrays.stream(tasks)
                            .map(task -> "task %s: %s".formatted(task, why))
                            .toArray(String[]::new));
        });
    }

    private static void awaitLog(ANode node, String words) {
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(node.log()).contains(words));
    }
}
