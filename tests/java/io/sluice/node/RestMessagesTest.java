package io.sluice.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Messages over the REST API of a whole node: published, foretold, counted, and those that could not be delivered.
@Tag("kafka")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class RestMessagesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private OneNode node;
    private Rest rest;

    @BeforeAll
    void start(@TempDir Path folder) {
        node = OneNode.start(folder, TestKafka.bootstrapServers(), "");
        rest = Rest.admin(node);
    }

    @AfterAll
    void stop() {
        node.close();
    }

    private String defined(String name, String keys) {
        var topic = TestKafka.newTopic(name, 1, Map.of());
        var reply = rest.put(
                "/v1/integrations/" + name,
                "{\"filters\":[\"%s/#\"],\"topic\":\"%s\",\"tasks\":1%s}".formatted(name, topic, keys));
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        node.awaitTasks(name, 1);
        return topic;
    }

    @Test
    void aPublishedMessageIsInKafkaWhenItIsAnswered() {
        var topic = defined("published", ",\"user-properties-as-headers\":true");

        var reply = rest.with("Sluice-Client-Id", "d7")
                .with("Sluice-User-Property", "site=north")
                .with("Idempotency-Key", "k1")
                .send("POST", "/v1/messages/published/7/valve", "application/json", "{\"open\":true}");

        assertThat(reply.text()).isEqualTo("{\"integrations\":1}");
        var record = TestKafka.readAll(topic).getFirst();
        assertThat(record.key()).isEqualTo("d7".getBytes(UTF_8));
        assertThat(record.value()).isEqualTo("{\"open\":true}".getBytes(UTF_8));
        assertThat(header(record, "ce_mqtttopic")).isEqualTo("published/7/valve");
        assertThat(header(record, "site")).isEqualTo("north");
        assertThat(rest.post("/v1/messages/nobody/wants/it", "1").text()).isEqualTo("{\"integrations\":0}");
    }

    @Test
    void cloudEventsComeInAllThreeModes() {
        var topic = defined("events", "");
        var event =
                "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/s\",\"type\":\"t\",\"subject\":\"s1\",\"data\":{\"a\":1}}";

        var structured = rest.send("POST", "/v1/events", "application/cloudevents+json", event.formatted("structured"));
        var batch = rest.send(
                "POST",
                "/v1/events",
                "application/cloudevents-batch+json",
                "[%s,%s]".formatted(event.formatted("batch-1"), event.formatted("batch-2")));
        var binary = rest.with("ce-specversion", "1.0")
                .with("ce-id", "binary")
                .with("ce-source", "/s")
                .with("ce-type", "t")
                .with("ce-subject", "s1")
                .send("POST", "/v1/events", "application/json", "{\"a\":1}");

        assertThat(structured.status()).as(structured.text()).isEqualTo(200);
        assertThat(batch.text()).isEqualTo("{\"integrations\":2}");
        assertThat(binary.status()).as(binary.text()).isEqualTo(200);
        assertThat(TestKafka.readAll(topic)).hasSize(4).allSatisfy(record -> {
            assertThat(record.key()).isEqualTo("s1".getBytes(UTF_8));
            assertThat(header(record, "ce_subject")).isEqualTo("s1");
            assertThat(header(record, "ce_type")).isEqualTo("t");
        });
        assertThat(rest.send("POST", "/v1/events", "application/cloudevents+json", "{}")
                        .code())
                .isEqualTo("invalid-request");
    }

    @Test
    void aBadTopicIsRefused() {
        var reply = rest.post("/v1/messages/a/%23", "1");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.code()).isEqualTo("invalid-request");
    }

    @Test
    void aPreviewTellsTheRecordOrTheDeadLetter() {
        defined("preview", ",\"key\":\"$[id]\"");

        var record = rest.post(
                "/v1/integrations/preview/preview",
                "{\"topic\":\"preview/1\",\"clientId\":\"d1\",\"payload\":\"{\\\"id\\\":5}\"}");
        var letter = rest.post(
                "/v1/integrations/preview/preview", "{\"topic\":\"other/1\",\"clientId\":\"d1\",\"payload\":\"{}\"}");
        var unstored = rest.post(
                "/v1/integrations:preview",
                "{\"definition\":{\"filters\":[\"a\"],\"topic\":\"t\"},\"message\":{\"topic\":\"a\",\"payloadBase64\":\"/w==\"}}");

        assertThat(record.json().path("matches").asBoolean()).isTrue();
        assertThat(record.json().at("/record/key").asText()).isEqualTo("5");
        assertThat(record.json().at("/record/value").asText()).isEqualTo("{\"id\":5}");
        assertThat(record.json().path("subject").asText()).isEqualTo("d1");
        assertThat(letter.json().path("matches").asBoolean()).isFalse();
        assertThat(letter.json().at("/deadLetter/error").asText()).contains("id");
        assertThat(unstored.json().at("/record/valueBase64").asText()).isEqualTo("/w==");
        assertThat(rest.post(
                                "/v1/integrations:preview",
                                "{\"definition\":{\"type\":\"\"},\"message\":{\"topic\":\"a\"}}")
                        .code())
                .isEqualTo("invalid-definition");
    }

    @Test
    void aCheckWalksToKafka() {
        defined("checked", "");

        var good = rest.post("/v1/integrations/checked/check", "");
        var bad = rest.post("/v1/integrations:check", "{\"filters\":[\"a\"],\"topic\":\"no such topic\"}");

        assertThat(good.json().path("ok").asBoolean()).as(good.text()).isTrue();
        assertThat(good.json().path("steps").findValuesAsText("name"))
                .containsExactly("resolve", "tcp", "tls", "auth", "metadata", "topic", "write");
        assertThat(bad.status()).isEqualTo(422);
    }

    @Test
    void deadLettersAreListedInspectedReplayedAndDiscarded() {
        var topic = defined("letters", ",\"key\":\"$[id]\"");
        for (int i = 0; i < 3; i++) {
            rest.post("/v1/messages/letters/" + i, "{\"value\":%d}".formatted(i));
        }

        var list = rest.get("/v1/dead-letters?integration=letters&size=2");
        assertThat(list.json().path("total").asInt()).isEqualTo(3);
        assertThat(list.json().path("items").size()).isEqualTo(2);
        var next = list.json().path("next").asLong();
        var last = rest.get("/v1/dead-letters?integration=letters&size=2&before=" + next);
        assertThat(last.json().path("items").size()).isEqualTo(1);
        assertThat(last.json().has("next")).isFalse();
        var id = last.json().at("/items/0/id").asLong();
        var letter = rest.get("/v1/dead-letters/" + id);
        assertThat(letter.json().path("payload").asText()).isEqualTo("{\"value\":0}");
        assertThat(letter.json().path("clientId").asText()).isEqualTo("admin");

        var again = rest.post("/v1/dead-letters:replay", "{\"integration\":\"letters\"}");
        assertThat(again.json().path("parkedAgain").asInt()).as(again.text()).isEqualTo(3);

        assertThat(rest.delete("/v1/dead-letters/" + id).status()).isEqualTo(204);
        assertThat(rest.get("/v1/dead-letters/" + id).status()).isEqualTo(404);
        rest.patch("/v1/integrations/letters", "{\"key\":null}");
        await("the task follows the new definition")
                .atMost(LIMIT)
                .until(() -> rest.post("/v1/dead-letters:replay", "{\"all\":true}")
                                        .json()
                                        .path("left")
                                        .asInt()
                                == 0
                        && node.node().store().deadLetters().count("letters") == 0);
        assertThat(TestKafka.readAll(topic)).hasSize(2);
        assertThat(rest.get("/v1/dead-letters?integration=letters")
                        .json()
                        .path("total")
                        .asInt())
                .isZero();

        assertThat(rest.post("/v1/dead-letters:discard", "{}").code()).isEqualTo("invalid-request");
        assertThat(rest.post("/v1/dead-letters:discard", "{\"ids\":[%d]}".formatted(id))
                        .text())
                .isEqualTo("{\"count\":0}");
    }

    @Test
    void eventsAndStatisticsTellWhatHappened() {
        defined("history", ",\"key\":\"$[id]\"");
        rest.post("/v1/messages/history/1", "{}");

        await("the events are written").atMost(LIMIT).untilAsserted(() -> {
            var error = rest.get("/v1/integrations/history/events?kind=error").json();
            assertThat(error.at("/items/0/what").asText()).isEqualTo("parked");
            assertThat(error.at("/items/0/topic").asText()).isEqualTo("history/1");
            assertThat(rest.get("/v1/integrations/history/events?kind=lifecycle")
                            .json()
                            .path("items")
                            .findValuesAsText("what"))
                    .contains("started");
        });
        assertThat(rest.get("/v1/integrations/history/events?search=nothing+of+that")
                        .json()
                        .path("items")
                        .size())
                .isZero();
        assertThat(rest.delete("/v1/integrations/history/events?kind=error")
                        .json()
                        .path("count")
                        .asInt())
                .isEqualTo(1);
        var series = rest.get(
                "/v1/integrations/history/statistics?from=2026-11-21T00:00:00Z&to=2026-11-21T01:00:00Z&step=10");
        assertThat(series.json().path("points").size()).as(series.text()).isEqualTo(6);
        assertThat(rest.get("/v1/integrations/history/statistics?from=2020-01-01T00:00:00Z")
                        .code())
                .isEqualTo("invalid-request");
    }

    @Test
    void anExportIsWhatAnImportTakes() {
        defined("exported", ",\"headers\":{\"a\":\"${clientId}\"}");

        var json = rest.get("/v1/integrations:export?name=exported");
        var hocon = rest.get("/v1/integrations:export?format=hocon&name=exported");

        assertThat(json.json().at("/integrations/0/name").asText()).isEqualTo("exported");
        assertThat(rest.post("/v1/integrations:import?existing=replace", json.text())
                        .json()
                        .at("/replaced/0")
                        .asText())
                .isEqualTo("exported");
        assertThat(hocon.header("Content-Type")).startsWith("application/hocon");
        assertThat(hocon.text()).contains("exported").contains("\"${clientId}\"");
        assertThat(rest.get("/v1/integrations:export?name=none").status()).isEqualTo(404);
    }

    @Test
    void statusTellsMembersAndTasks() {
        defined("status", "");

        var status = rest.get("/v1/status").json();

        assertThat(status.at("/members/0/self").asBoolean()).isTrue();
        assertThat(status.path("tasks").findValuesAsText("integration")).contains("status");
        assertThat(status.path("ready").isBoolean()).isTrue();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(
                Objects.requireNonNull(record.headers().lastHeader(name), name).value(), UTF_8);
    }
}
