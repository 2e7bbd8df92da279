package io.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Integrations by the command line.
@Tag("kafka")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class CliIntegrationsTest {
    private OneNode node;
    private Rest rest;
    private Cli cli;
    private Path files;
    private String topic;

    @BeforeAll
    void start(@TempDir Path folder) {
        topic = TestKafka.newTopic("cli", 1, Map.of());
        node = OneNode.start(folder, TestKafka.bootstrapServers(), """
                sluice.integrations.of-file { filters = ["file/#"], topic = of-file, tasks = 1, enabled = false }
                sluice.brokers.away.bootstrap-servers = "127.0.0.1:1"
                """);
        rest = Rest.admin(node);
        cli = Cli.admin(node, folder.resolve("config"));
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @BeforeEach
    void fresh(@TempDir Path folder) {
        files = folder;
    }

    private String file(String name, String text) throws IOException {
        var file = files.resolve(name);
        Files.writeString(file, text);
        return file.toString();
    }

    private String define(String name) {
        var came =
                cli.run("integrations", "create", name, "--filter", name + "/#", "--topic", topic, "--set", "tasks=1");
        assertThat(came.code()).as(came.all()).isZero();
        return name;
    }

    @Test
    void createsOneByWordsAndShowsIt() {
        var made = cli.run(
                "integrations",
                "create",
                "words",
                "--filter",
                "words/#",
                "--filter",
                "more/+",
                "--topic",
                topic,
                "--set",
                "tasks=1",
                "--set",
                "headers.a.b=1.0",
                "--set",
                "headers.site=\"5\"",
                "--set",
                "key=${topic[1]}",
                "-o",
                "json");

        assertThat(made.code()).as(made.all()).isEqualTo(1);
        assertThat(made.err()).contains("(invalid-request, status 400)", "  see http://127.0.0.1:");

        var right = cli.run(
                "integrations",
                "create",
                "words",
                "--filter",
                "words/#",
                "--topic",
                topic,
                "--set",
                "tasks=1",
                "--set",
                "headers.a.b=x",
                "--set",
                "headers.site=\"5\"",
                "--set",
                "key=${topic[1]}");
        assertThat(right.code()).as(right.all()).isZero();
        assertThat(right.out())
                .contains("name ", "filters ", "headers.a.b ", "headers.site ", "${topic[1]}")
                .contains("changed by    admin\n");
        var shown = cli.run("integrations", "get", "words", "-o", "json").json();
        assertThat(shown.at("/definition/headers").toString()).isEqualTo("{\"a.b\":\"x\",\"site\":\"5\"}");
        assertThat(cli.run("integrations", "get", "words", "-o", "yaml").yaml().path("definition"))
                .isEqualTo(shown.path("definition"));

        var again = cli.run("integrations", "create", "words", "--filter", "x", "--topic", "x");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).contains("(present, status 409)").contains("/problems/present");
        assertThat(cli.run("integrations", "get", "none").err())
                .startsWith("integrations get: integration [none]: expected one, was none (absent, status 404)\n");
        assertThat(cli.run("integrations", "create").code()).isEqualTo(2);
    }

    @Test
    void listsSearchesAndSorts() {
        define("list-a");
        define("list-b");
        cli.run("integrations", "disable", "list-a");

        var all = cli.run("integrations", "list");
        assertThat(all.out())
                .startsWith("NAME ")
                .containsPattern(
                        "list-a +no +catalog +\\d+ +admin +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d +list-a/# +cli")
                .containsPattern("of-file +no +configuration +0 +file/# +of-file");
        assertThat(cli.run("integrations", "list", "--search", "LIST-", "--sort", "-name", "-o", "json")
                        .json()
                        .path("items")
                        .findValuesAsText("name"))
                .containsExactly("list-b", "list-a");
        assertThat(cli.run("integrations", "list", "--search", "list-", "--enabled", "-o", "json")
                        .json()
                        .path("total")
                        .asInt())
                .isEqualTo(1);
        assertThat(cli.run("integrations", "list", "--search", "list-", "--no-enabled", "-o", "yaml")
                        .yaml()
                        .at("/items/0/name")
                        .asText())
                .isEqualTo("list-a");
        assertThat(cli.run("integrations", "list", "--sort", "size").code()).isEqualTo(1);
    }

    @Test
    void appliesHoconAndJsonAndSaysWhatChanged() throws IOException {
        var hocon = file("fleet.conf", """
                include "more.conf"
                sluice.integrations.apply-a { filters = ["a/#"], topic = ${TOPIC}, tasks = 1 }
                """);
        file("more.conf", "sluice.integrations.apply-b { filters = [\"b/#\"], topic = b-${TOPIC}, tasks = 1 }");
        var json = file("c.json", "{\"name\":\"apply-c\",\"filters\":[\"c/#\"],\"topic\":\"c\",\"tasks\":1}");
        var with = cli.with("TOPIC", "north");

        var dry = with.run("integrations", "apply", "-f", hocon, "-f", json, "--dry-run");
        assertThat(dry.code()).as(dry.all()).isZero();
        assertThat(dry.out()).containsPattern("apply-a +created").containsPattern("apply-c +created");
        assertThat(rest.get("/v1/integrations/apply-a").status()).isEqualTo(404);

        var first = with.run("integrations", "apply", "-f", hocon, "-f", json);
        assertThat(first.code()).as(first.all()).isZero();
        assertThat(first.out())
                .containsPattern("apply-a +created")
                .containsPattern("apply-b +created")
                .containsPattern("apply-c +created");
        assertThat(rest.get("/v1/integrations/apply-b")
                        .json()
                        .at("/definition/topic")
                        .asText())
                .isEqualTo("b-north");

        var version =
                rest.get("/v1/integrations/apply-c").json().path("version").asLong();
        var second = with.with("TOPIC", "south").run("integrations", "apply", "-f", json, "-f", hocon);
        assertThat(second.out())
                .containsPattern("apply-a +changed")
                .containsPattern("apply-b +changed")
                .containsPattern("apply-c +unchanged");
        assertThat(rest.get("/v1/integrations/apply-c").json().path("version").asLong())
                .isEqualTo(version);
        assertThat(with.run("integrations", "apply", "-f", hocon, "-o", "json")
                        .json()
                        .at("/items/0/outcome")
                        .asText())
                .isEqualTo("changed");
        assertThat(cli.run("integrations", "apply", "-f", hocon).err()).contains("TOPIC", "in quotes");
    }

    @Test
    void appliesAllOrNone() throws IOException {
        var good = file("good.json", "{\"name\":\"none-a\",\"filters\":[\"a/#\"],\"topic\":\"t\"}");
        var bad = file("bad.json", "{\"name\":\"none-b\",\"filters\":[\"a/#/b\"],\"topic\":\"${clientId\"}");

        for (var words : new String[][] {{}, {"--dry-run"}}) {
            var all = new java.util.ArrayList<>(java.util.List.of("integrations", "apply", "-f", good, "-f", bad));
            all.addAll(java.util.List.of(words));
            var came = cli.run(all.toArray(String[]::new));
            assertThat(came.code()).as(came.all()).isEqualTo(1);
            assertThat(came.err())
                    .contains(
                            "(invalid-definition, status 422)",
                            "apply: integration [none-b]: ",
                            "\n  - ",
                            "\n  see http://127.0.0.1:");
        }
        assertThat(rest.get("/v1/integrations/none-a").status()).isEqualTo(404);
        var declared = file("declared.json", "{\"name\":\"of-file\",\"filters\":[\"a/#\"],\"topic\":\"t\"}");
        assertThat(cli.run("integrations", "apply", "-f", declared).err()).contains("(read-only, status 409)");
        assertThat(cli.run("integrations", "apply", "-f", declared, "--dry-run").err())
                .contains("integration [of-file]: expected one of the catalog, was declared in the files of the nodes");
    }

    @Test
    void appliesOnAVersionOnly() throws IOException {
        define("versioned");
        var version =
                rest.get("/v1/integrations/versioned").json().path("version").asText();
        var text = "{\"name\":\"versioned\",\"filters\":[\"v/#\"],\"topic\":\"%s\",\"tasks\":1}".formatted(topic);

        var right = cli.in(text).run("integrations", "apply", "-f", "-", "--if-version", version);
        var late = cli.in(text).run("integrations", "apply", "-f", "-", "--if-version", version);

        assertThat(right.code()).as(right.all()).isZero();
        assertThat(right.out()).containsPattern("versioned +changed");
        assertThat(late.code()).isEqualTo(1);
        assertThat(late.err()).contains("(stale, status 412)");
        assertThat(cli.run("integrations", "delete", "versioned", "--yes", "--if-version", version)
                        .err())
                .contains("(stale, status 412)");
    }

    @Test
    void saysWhatIsWrongWithAFile() throws IOException {
        var twice = file("twice.json", "[{\"name\":\"a\"},{\"name\":\"a\"}]");

        assertThat(cli.run("integrations", "apply", "-f", twice).err())
                .contains("twice.json]: integration [a]: expected once");
        assertThat(cli.run("integrations", "apply", "-f", file("broken.json", "{\"a\":1,\n\"a\""))
                        .err())
                .contains("broken.json]: expected JSON without equal keys, was not at line 2, column");
        assertThat(cli.run("integrations", "apply", "-f", file("nameless.json", "{\"topic\":\"a\"}"))
                        .err())
                .contains("expected a definition with a name");
        assertThat(cli.run(
                                "integrations",
                                "apply",
                                "-f",
                                files.resolve("gone.json").toString())
                        .code())
                .isEqualTo(2);
        assertThat(cli.run(
                                "integrations",
                                "apply",
                                "-f",
                                files.resolve("gone.conf").toString())
                        .code())
                .isEqualTo(2);
        assertThat(cli.run("integrations", "apply").code()).isEqualTo(2);
        assertThat(cli.in("").run("integrations", "apply", "-f", "-").err()).contains("was nothing");
    }

    @Test
    void exportsWhatImportTakes() throws IOException {
        define("export-a");
        define("export-b");
        var json = files.resolve("all.json").toString();
        var hocon = files.resolve("all.conf").toString();

        assertThat(cli.run("integrations", "export", "export-a", "export-b", "--to", json)
                        .code())
                .isZero();
        assertThat(cli.run("integrations", "export", "export-a", "export-b", "--format", "hocon", "--to", hocon)
                        .code())
                .isZero();
        assertThat(cli.run("integrations", "export", "export-a")
                        .json()
                        .at("/integrations/0/name")
                        .asText())
                .isEqualTo("export-a");

        assertThat(cli.run("integrations", "import", "-f", json).err()).contains("(present, status 409)");
        assertThat(cli.run("integrations", "apply", "-f", json).out())
                .containsPattern("export-a +unchanged")
                .containsPattern("export-b +unchanged");
        assertThat(cli.run("integrations", "apply", "-f", hocon).out()).containsPattern("export-b +unchanged");
        assertThat(cli.run("integrations", "import", "-f", json, "--replace").out())
                .containsPattern("export-a +changed");
        cli.run("integrations", "delete", "export-a", "export-b", "--yes");
        assertThat(cli.run("integrations", "create", "-f", hocon).out()).containsPattern("export-a +created");
    }

    @Test
    void switchesSeveralOrNone() {
        define("switch-a");
        define("switch-b");
        node.awaitTasks("switch-a", 1);
        var epoch = node.epoch("switch-a", 0);

        assertThat(cli.run("integrations", "restart", "switch-a").out()).isEqualTo("integration switch-a restarts\n");
        await("its task has begun anew").atMost(60, TimeUnit.SECONDS).until(() -> node.epoch("switch-a", 0) > epoch);
        assertThat(cli.run("integrations", "disable", "switch-a", "none").code())
                .isEqualTo(1);
        assertThat(cli.run("integrations", "disable", "switch-a", "switch-b").out())
                .isEqualTo("integration switch-a disabled\nintegration switch-b disabled\n");
        assertThat(cli.run("integrations", "restart", "switch-a").err()).contains("(disabled, status 409)");
        assertThat(cli.run("integrations", "enable", "switch-a").code()).isZero();

        assertThat(cli.run("integrations", "delete", "switch-a").err())
                .isEqualTo(
                        "integrations delete: delete integration switch-a: expected --yes where nobody can be asked\n");
        var no = cli.answering("").run("integrations", "delete", "switch-a", "switch-b");
        assertThat(no.out()).isEqualTo("delete integration switch-a, switch-b? [y/N] ");
        assertThat(no.err()).isEqualTo("integrations delete: nothing was done\n");
        assertThat(cli.answering("yes")
                        .run("integrations", "delete", "switch-a", "switch-b")
                        .code())
                .isZero();
        assertThat(rest.get("/v1/integrations/switch-b").status()).isEqualTo(404);
    }

    @Test
    void checksTheWayToKafka() throws IOException {
        define("checked");

        var good = cli.run("integrations", "check", "checked");
        assertThat(good.code()).as(good.all()).isZero();
        assertThat(good.out()).startsWith("STEP ").containsPattern("metadata +ok");

        var away = file("away.json", "{\"name\":\"away\",\"filters\":[\"a/#\"],\"topic\":\"t\",\"broker\":\"away\"}");
        var bad = cli.run("integrations", "check", "-f", away);
        assertThat(bad.code()).as(bad.all()).isEqualTo(1);
        assertThat(bad.out())
                .containsPattern("tcp +failed")
                .containsPattern("metadata +skipped")
                .contains("cure: ");
        var json = cli.run("integrations", "check", "-f", away, "-o", "json");
        assertThat(json.code()).isEqualTo(1);
        assertThat(json.json().path("ok").asBoolean()).isFalse();
        var queue = file(
                "queue.json",
                "{\"name\":\"queued\",\"filters\":[\"a/#\"],\"topic\":\"%s\",\"queue\":\"kafka\",\"queue-broker\":\"away\"}"
                        .formatted(topic));
        assertThat(cli.run("integrations", "check", "-f", queue).out())
                .containsPattern("metadata +ok")
                .containsPattern("queue +failed .*broker \\[away], tcp: ");
        assertThat(cli.run("integrations", "check").code()).isEqualTo(2);
    }

    @Test
    void previewsARecord() throws IOException {
        define("previewed");

        var came = cli.run(
                "integrations",
                "preview",
                "previewed",
                "--topic",
                "previewed/x",
                "-m",
                "{\"t\":1}",
                "--client-id",
                "d1",
                "--property",
                "site=north");
        assertThat(came.code()).as(came.all()).isZero();
        assertThat(came.out())
                .containsPattern("matches +yes")
                .containsPattern("key +d1")
                .containsPattern("value +\\{\"t\":1\\}")
                .containsPattern("ce_subject +d1");

        var file = file("p.json", "{\"name\":\"p\",\"filters\":[\"a/#\"],\"topic\":\"t\",\"key\":\"$[id]\"}");
        var parked = cli.in("no json").run("integrations", "preview", "-f", file, "--topic", "a/b", "--payload", "-");
        assertThat(parked.code()).as(parked.all()).isZero();
        assertThat(parked.out()).contains("dead letter");
        assertThat(cli.run("integrations", "preview", "previewed").code()).isEqualTo(2);
    }
}
