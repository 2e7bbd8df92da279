package io.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Integrations over the REST API of a whole node.
@Tag("kafka")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class RestIntegrationsTest {
    private static final String DEFINITION = "{\"filters\":[\"%s/#\"],\"topic\":\"rest\",\"tasks\":1}";

    private OneNode node;
    private Rest rest;

    @BeforeAll
    void start(@TempDir Path folder) {
        TestKafka.newTopic("rest", 1, Map.of());
        node = OneNode.start(folder, TestKafka.bootstrapServers(), """
                sluice.integrations.of-file { filters = ["file/#"], topic = of-file, tasks = 1 }
                """);
        rest = Rest.admin(node);
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @Test
    void definesShowsReplacesAndRemoves() {
        var created = rest.post("/v1/integrations", named("life", "life"));

        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(created.header("Location")).isEqualTo("/v1/integrations/life");
        assertThat(created.json().path("source").asText()).isEqualTo("catalog");
        assertThat(created.json().path("changedBy").asText()).isEqualTo("admin");
        assertThat(rest.get("/v1/integrations/life").header("ETag")).isEqualTo(created.header("ETag"));
        node.awaitTasks("life", 1);

        var replaced = rest.with("If-Match", created.header("ETag"))
                .put("/v1/integrations/life", "{\"filters\":[\"other/#\"],\"topic\":\"rest\",\"tasks\":2}");

        assertThat(replaced.status()).as(replaced.text()).isEqualTo(200);
        assertThat(replaced.json().at("/definition/filters/0").asText()).isEqualTo("other/#");
        assertThat(replaced.header("ETag")).isNotEqualTo(created.header("ETag"));
        node.awaitTasks("life", 2);
        assertThat(rest.get("/v1/integrations/life").json().path("tasks").size())
                .isEqualTo(2);

        assertThat(rest.delete("/v1/integrations/life").status()).isEqualTo(204);
        assertThat(rest.get("/v1/integrations/life").code()).isEqualTo("absent");
    }

    @Test
    void refusesAChangeMadeOnAnOldVersion() {
        var old = rest.post("/v1/integrations", named("stale", "stale")).header("ETag");
        rest.patch("/v1/integrations/stale", "{\"topic\":\"rest-2\"}");

        var put = rest.with("If-Match", old).put("/v1/integrations/stale", DEFINITION.formatted("x"));
        var patch = rest.with("If-Match", old).patch("/v1/integrations/stale", "{\"topic\":\"rest-3\"}");
        var delete = rest.with("If-Match", old).delete("/v1/integrations/stale");

        assertThat(put.code()).isEqualTo("stale");
        assertThat(put.status()).isEqualTo(412);
        assertThat(patch.status()).isEqualTo(412);
        assertThat(delete.status()).isEqualTo(412);
        assertThat(rest.get("/v1/integrations/stale")
                        .json()
                        .at("/definition/topic")
                        .asText())
                .isEqualTo("rest-2");
    }

    @Test
    void createsOnlyWhatIsNotThere() {
        rest.put("/v1/integrations/once", DEFINITION.formatted("once"));

        var again = rest.post("/v1/integrations", named("once", "once"));
        var put = rest.with("If-None-Match", "*").put("/v1/integrations/once", DEFINITION.formatted("once"));

        assertThat(again.code()).isEqualTo("present");
        assertThat(again.status()).isEqualTo(409);
        assertThat(put.status()).isEqualTo(409);
    }

    @Test
    void editsThatNameNoVersionAreNoConflict() {
        rest.put("/v1/integrations/busy", DEFINITION.formatted("busy"));

        var all = IntStream.range(0, 8)
                .parallel()
                .mapToObj(i -> rest.patch("/v1/integrations/busy", "{\"metadata\":{\"k%d\":\"v\"}}".formatted(i)))
                .map(Rest.Reply::status)
                .filter(status -> status == 200)
                .count();

        var metadata = rest.get("/v1/integrations/busy").json().at("/definition/metadata");
        assertThat(metadata.size()).as("none is lost: " + metadata).isEqualTo((int) all);
        assertThat(all).isGreaterThanOrEqualTo(5);
        var tag = rest.with("If-Match", "\"1\"").post("/v1/integrations/busy/enable", "");
        assertThat(tag.code()).isEqualTo("stale");
        assertThat(rest.with("If-Match", "abc")
                        .post("/v1/integrations/busy/enable", "")
                        .status())
                .isEqualTo(400);
        assertThat(rest.with("If-None-Match", "*")
                        .delete("/v1/integrations/ghost")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void patchesKeysAndTakesThemAway() {
        rest.put("/v1/integrations/patched", DEFINITION.formatted("patched"));

        rest.patch("/v1/integrations/patched", "{\"headers\":{\"a\":\"1\",\"b\":\"2\"},\"tasks\":null}");
        var patched = rest.patch("/v1/integrations/patched", "{\"headers\":{\"a\":null,\"c\":\"3\"}}");

        assertThat(patched.json().path("definition").toString())
                .isEqualTo("{\"filters\":[\"patched/#\"],\"topic\":\"rest\",\"headers\":{\"b\":\"2\",\"c\":\"3\"}}");
    }

    @Test
    void saysAllThatIsWrongAtOnce() {
        var reply = rest.put(
                "/v1/integrations/wrong", "{\"filters\":[\"a/#/b\"],\"topic\":\"${clientId\",\"broker\":\"none\"}");

        assertThat(reply.status()).as(reply.text()).isEqualTo(422);
        assertThat(reply.code()).isEqualTo("invalid-definition");
        assertThat(reply.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(reply.json().path("problems").size()).isEqualTo(3);
        assertThat(rest.get("/v1/integrations/wrong").status()).isEqualTo(404);
    }

    @Test
    void refusesKeysNobodyKnows() {
        var reply = rest.put("/v1/integrations/wrong", "{\"taks\":1}");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.text()).contains("taks");
    }

    @Test
    void showsWhatFilesDeclareAndLetsItBe() {
        var shown = rest.get("/v1/integrations/of-file");

        assertThat(shown.json().path("source").asText()).isEqualTo("configuration");
        assertThat(shown.json().at("/definition/topic").asText()).isEqualTo("of-file");
        for (var refused : java.util.List.of(
                rest.put("/v1/integrations/of-file", DEFINITION.formatted("x")),
                rest.patch("/v1/integrations/of-file", "{\"tasks\":2}"),
                rest.post("/v1/integrations/of-file/disable", ""))) {
            assertThat(refused.status()).as(refused.text()).isEqualTo(409);
            assertThat(refused.code()).isEqualTo("read-only");
        }
    }

    @Test
    void listsPagesSearchesAndSorts() {
        for (int i = 0; i < 5; i++) {
            rest.put("/v1/integrations/page-" + i, DEFINITION.formatted("paging" + i));
        }
        rest.post("/v1/integrations/page-3/disable", "");

        var second = rest.get("/v1/integrations?search=PAGING&size=2&page=1&sort=-name");
        var enabled = rest.get("/v1/integrations?search=paging&enabled=true");
        var newest = rest.get("/v1/integrations?search=paging&sort=-changed&size=1");

        assertThat(second.json().path("total").asInt()).isEqualTo(5);
        assertThat(second.json().path("items").findValuesAsText("name")).containsExactly("page-2", "page-1");
        assertThat(enabled.json().path("items").findValuesAsText("name")).doesNotContain("page-3");
        assertThat(newest.json().at("/items/0/name").asText()).isEqualTo("page-3");
    }

    @Test
    void enablesDisablesAndRestarts() {
        rest.put("/v1/integrations/onoff", DEFINITION.formatted("onoff"));
        node.awaitTasks("onoff", 1);
        var epoch = node.epoch("onoff", 0);

        assertThat(rest.post("/v1/integrations/onoff/restart", "").status()).isEqualTo(202);
        await("its task has begun anew").atMost(60, TimeUnit.SECONDS).until(() -> node.epoch("onoff", 0) > epoch);

        var disabled = rest.post("/v1/integrations/onoff/disable", "");
        assertThat(disabled.json().path("enabled").asBoolean()).isFalse();
        node.awaitTasks("onoff", 0);
        assertThat(rest.post("/v1/integrations/onoff/restart", "").code()).isEqualTo("disabled");

        rest.post("/v1/integrations/onoff/enable", "");
        node.awaitTasks("onoff", 1);
    }

    @Test
    void changesSeveralOrNone() {
        rest.put("/v1/integrations/bulk-1", DEFINITION.formatted("bulk1"));
        rest.put("/v1/integrations/bulk-2", DEFINITION.formatted("bulk2"));

        var none = rest.post("/v1/integrations:bulk", "{\"action\":\"remove\",\"names\":[\"bulk-1\",\"bulk-9\"]}");
        var both = rest.post("/v1/integrations:bulk", "{\"action\":\"disable\",\"names\":[\"bulk-1\",\"bulk-2\"]}");

        assertThat(none.status()).isEqualTo(404);
        assertThat(both.status()).isEqualTo(200);
        assertThat(rest.get("/v1/integrations/bulk-1").json().path("enabled").asBoolean())
                .isFalse();
        assertThat(rest.post("/v1/integrations:bulk", "{\"action\":\"remove\",\"names\":[\"bulk-1\",\"bulk-2\"]}")
                        .status())
                .isEqualTo(200);
        assertThat(rest.get("/v1/integrations/bulk-2").status()).isEqualTo(404);
    }

    @Test
    void importsAllOrNone() {
        var good = named("imported-1", "imported1");
        var bad = "{\"name\":\"imported-2\",\"filters\":[\"a/#/b\"]}";

        var none = rest.post("/v1/integrations:import", "{\"integrations\":[%s,%s]}".formatted(good, bad));
        var one = rest.post("/v1/integrations:import", "{\"integrations\":[%s]}".formatted(good));
        var again = rest.post("/v1/integrations:import", "{\"integrations\":[%s]}".formatted(good));
        var replaced = rest.post("/v1/integrations:import?existing=replace", "{\"integrations\":[%s]}".formatted(good));

        assertThat(none.status()).isEqualTo(422);
        assertThat(one.json().at("/created/0").asText()).isEqualTo("imported-1");
        assertThat(again.status()).isEqualTo(409);
        assertThat(replaced.json().at("/replaced/0").asText()).isEqualTo("imported-1");
    }

    private static String named(String name, String filter) {
        return "{\"name\":\"%s\",".formatted(name)
                + DEFINITION.formatted(filter).substring(1);
    }
}
