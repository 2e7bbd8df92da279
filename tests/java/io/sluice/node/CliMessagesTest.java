package io.sluice.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.TestKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Messages by the command line: published, looked for among the dead letters, counted; and who changed what.
@Tag("kafka")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class CliMessagesTest {
    private OneNode node;
    private Cli cli;
    private Path folder;
    private String topic;

    @BeforeAll
    void start(@TempDir Path temporary) {
        folder = temporary;
        topic = TestKafka.newTopic("cli-messages", 1, Map.of());
        node = OneNode.start(folder, TestKafka.bootstrapServers(), "");
        cli = Cli.admin(node, folder.resolve("config"));
        define("good", "good/#", "");
        node.awaitTasks("good", 1);
    }

    @AfterAll
    void stop() {
        node.close();
    }

    private void define(String name, String filter, String key) {
        node.define(name, "{\"filters\":[\"%s\"],\"topic\":\"%s\",\"tasks\":1%s}".formatted(filter, topic, key));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    @Test
    void publishesWordsFilesAndStandardInput() throws IOException {
        var file = folder.resolve("payload");
        Files.write(file, new byte[] {0, (byte) 0xff, '\n'});
        var before = TestKafka.readAll(topic).size();

        var words = cli.run(
                "publish",
                "good/a b/ü",
                "-m",
                "grüße",
                "--key",
                "k1",
                "--client-id",
                "d1",
                "--property",
                "site=north",
                "--content-type",
                "text/plain");
        assertThat(words.code()).as(words.all()).isZero();
        assertThat(words.out()).isEqualTo("safe with 1 integration\n");
        assertThat(cli.run("publish", "good/file", "-f", file.toString(), "-o", "json")
                        .json()
                        .path("integrations")
                        .asInt())
                .isEqualTo(1);
        assertThat(cli.in("from stdin\n").run("publish", "good/in").code()).isZero();
        assertThat(cli.run("publish", "nobody/wants", "-m", "x").out()).isEqualTo("no integration wants it\n");

        var records = TestKafka.readAll(topic);
        assertThat(records).hasSize(before + 3);
        var first = records.get(before);
        assertThat(new String(first.value(), UTF_8)).isEqualTo("grüße");
        assertThat(header(first, "ce_mqtttopic")).isEqualTo("good/a b/ü");
        assertThat(header(first, "ce_id")).startsWith("d1:k1:");
        assertThat(records.get(before + 1).value()).isEqualTo(new byte[] {0, (byte) 0xff, '\n'});
        assertThat(new String(records.get(before + 2).value(), UTF_8)).isEqualTo("from stdin\n");

        assertThat(cli.run("publish", "good/a", "-m", "x", "-f", "y").code()).isEqualTo(2);
        assertThat(cli.run("publish", "good/#", "-m", "x").code()).isEqualTo(1);
        assertThat(cli.run("publish", "good/a", "-m", "x", "--client-id", "ü").code())
                .isEqualTo(2);
        assertThat(cli.run("publish", "good/a", "-m", "x", "--property", "none").code())
                .isEqualTo(2);
    }

    @Test
    void publishesEvents() {
        define("events", "ev/#", "");
        node.awaitTasks("events", 1);

        var words = cli.run(
                "publish-event",
                "--source",
                "ev/plant",
                "--type",
                "t",
                "--id",
                "e1",
                "--subject",
                "s",
                "-m",
                "{\"a\":1}");
        assertThat(words.code()).as(words.all()).isZero();
        var batch = cli.in(
                        "[{\"specversion\":\"1.0\",\"id\":\"e2\",\"source\":\"ev/plant\",\"type\":\"t\",\"data\":1}]")
                .run("publish-event", "-o", "json");
        assertThat(batch.code()).as(batch.all()).isZero();
        assertThat(cli.in("{\"id\":1}").run("publish-event").code()).isEqualTo(1);
        assertThat(cli.in("nonsense").run("publish-event").code()).isEqualTo(2);
        assertThat(cli.run("publish-event", "--type", "t", "-m", "x").code()).isEqualTo(2);
        assertThat(cli.run("publish-event", "--source", "s", "-m", "x").code()).isEqualTo(2);
    }

    @Test
    void looksAtReplaysAndDiscardsDeadLetters() {
        define("dead", "dead/#", ",\"key\":\"$[id]\"");
        node.awaitTasks("dead", 1);
        for (int i = 0; i < 4; i++) {
            var came = cli.run("publish", "dead/" + i, "-m", "no json " + i, "--client-id", "d" + i);
            assertThat(came.code()).as(came.all()).isZero();
        }
        assertThat(letters().path("total").asInt()).isEqualTo(4);

        var list = cli.run("dead-letters", "list", "--integration", "dead", "--limit", "3");
        assertThat(list.out())
                .startsWith("ID  TIMES  INTEGRATION")
                .contains("dead/3")
                .doesNotContain("no json");
        assertThat(list.err()).contains("there are more: --before");
        assertThat(cli.run("dead-letters", "list", "--from", "1h", "--topic", "dead/2", "-o", "yaml")
                        .yaml()
                        .path("total")
                        .asInt())
                .isEqualTo(1);
        assertThat(cli.run("dead-letters", "list", "--to", "2020-01-01", "-o", "json")
                        .json()
                        .path("total")
                        .asInt())
                .isZero();
        assertThat(cli.run("dead-letters", "list", "--from", "yesterday").code())
                .isEqualTo(2);
        var newest = letters().at("/items/0/id").asText();
        assertThat(cli.run("dead-letters", "get", newest).out())
                .containsPattern("payload +no json 3")
                .containsPattern("client +d3");

        assertThat(cli.run("dead-letters", "discard", newest).code()).isEqualTo(2);
        assertThat(cli.answering("y").run("dead-letters", "discard", newest).out())
                .contains("delete 1 dead letters for ever? [y/N] ", "discarded  1");
        assertThat(cli.run("dead-letters", "get", newest).code()).isEqualTo(1);
        assertThat(cli.run(
                                "dead-letters",
                                "discard",
                                "--integration",
                                "dead",
                                "--client-id",
                                "d2",
                                "--yes",
                                "-o",
                                "json")
                        .json()
                        .path("count")
                        .asInt())
                .isEqualTo(1);

        var again = cli.run("dead-letters", "replay", "--integration", "dead", "--yes");
        assertThat(again.code()).as(again.all()).isEqualTo(1);
        assertThat(again.out()).containsPattern("parked again +2");
        define("dead", "dead/#", "");
        assertThat(cli.run("dead-letters", "replay", "--all").err()).contains("replay 2 dead letters: expected --yes");
        assertThat(cli.run("dead-letters", "replay").code()).isEqualTo(2);
        assertThat(cli.run("dead-letters", "replay", "1", "--all").code()).isEqualTo(2);
        await("its tasks take them").atMost(60, TimeUnit.SECONDS).untilAsserted(() -> {
            var came = cli.run("dead-letters", "replay", "--integration", "dead", "--yes");
            assertThat(came.code()).as(came.all()).isZero();
        });
        assertThat(letters().path("total").asInt()).isZero();
    }

    private JsonNode letters() {
        return cli.run("dead-letters", "list", "--integration", "dead", "-o", "json")
                .json();
    }

    @Test
    void tellsWhatHappenedAndWhatWentThrough() {
        cli.run("publish", "good/stats", "-m", "x");

        await("its start is written").atMost(60, TimeUnit.SECONDS).untilAsserted(() -> {
            var came = cli.run("integrations", "events", "good", "--kind", "lifecycle");
            assertThat(came.code()).as(came.all()).isZero();
            assertThat(came.out()).startsWith("AT ").containsPattern("lifecycle +started");
        });
        assertThat(cli.run("integrations", "events", "good", "--search", "nothing", "-o", "json")
                        .json()
                        .path("items")
                        .size())
                .isZero();
        var idle =
                cli.run("integrations", "stats", "good", "--from", "2020-01-01", "--to", "2020-01-02", "--step", "60");
        assertThat(idle.out()).startsWith("AT ").contains("P99 us").hasLineCount(1);
        assertThat(cli.run("integrations", "stats", "good", "--from", "2h", "--step", "10", "-o", "json")
                        .json()
                        .path("stepMinutes")
                        .asInt())
                .isEqualTo(10);
        assertThat(cli.run("integrations", "stats", "none").code()).isEqualTo(1);
        assertThat(cli.run("integrations", "events", "good", "--kind", "odd").code())
                .isEqualTo(2);
    }

    @Test
    void whatADeviceCallsItselfMovesNoCursor() {
        define("escapes", "escapes/#", "");
        node.awaitTasks("escapes", 1);

        for (var form : new String[] {"table", "json", "yaml"}) {
            var came = cli.run(
                    "integrations",
                    "preview",
                    "escapes",
                    "--topic",
                    "escapes/\u001b[2J\u009b1m",
                    "-m",
                    "\u202ex",
                    "-o",
                    form);
            assertThat(came.code()).as(came.all()).isZero();
            assertThat(came.out()).doesNotContain("\u001b").doesNotContain("\u009b");
        }
    }

    @Test
    void undoesAChange() {
        define("undone", "undone/#", "");
        node.awaitTasks("undone", 1);
        cli.run("integrations", "delete", "undone", "--yes");

        var changes = cli.run("audit", "list", "--kind", "integration", "--name", "undone", "-o", "json")
                .json();
        assertThat(changes.path("items").findValuesAsText("what")).containsExactly("removed", "put");
        var came = cli.run("audit", "revert", changes.at("/items/0/version").asText());

        assertThat(came.code()).as(came.all()).isZero();
        assertThat(came.out()).containsPattern("admin +put +integration +undone +\\{\"filters\"");
        assertThat(cli.run("integrations", "get", "undone").code()).isZero();
        assertThat(cli.run("audit", "revert", "999999").code()).isEqualTo(1);
        var cut = cli.run("audit", "list", "--limit", "1");
        assertThat(cut.out().lines()).hasSize(2);
        assertThat(cut.err()).containsPattern("^there are more: --before \\d+\n$");
        var before = cut.err().replaceAll("\\D", "");
        assertThat(cli.run("audit", "list", "--limit", "2", "--before", before, "-o", "json")
                        .json()
                        .at("/items/0/version")
                        .asLong())
                .isLessThan(Long.parseLong(before));
    }
}
