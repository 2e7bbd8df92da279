package io.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.TestKafka;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Who changed what, and undoing it, over the REST API of a whole node.
@Tag("kafka")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class RestAuditTest {
    private OneNode node;
    private Rest rest;

    @BeforeAll
    void start(@TempDir Path folder) {
        TestKafka.newTopic("audit", 1, Map.of());
        node = OneNode.start(folder, TestKafka.bootstrapServers(), "sluice.catalog.snapshot-every = 3");
        rest = Rest.admin(node);
    }

    @AfterAll
    void stop() {
        node.close();
    }

    private long put(String name, int tasks) {
        var reply = rest.put(
                "/v1/integrations/" + name,
                "{\"filters\":[\"%s/#\"],\"topic\":\"audit\",\"tasks\":%d}".formatted(name, tasks));
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json().path("version").asLong();
    }

    @Test
    void listsTheNewestFirstPageByPage() {
        var first = put("paged", 1);
        for (int i = 2; i <= 6; i++) {
            put("paged", i);
        }
        rest.delete("/v1/integrations/paged");

        var seen = new HashSet<Long>();
        var path = "/v1/audit?name=paged&size=3";
        var next = path;
        var pages = 0;
        while (!next.isEmpty()) {
            var page = rest.get(next).json();
            page.path("items").forEach(item -> seen.add(item.path("version").asLong()));
            next = page.has("next") ? path + "&before=" + page.path("next").asLong() : "";
            pages++;
        }

        assertThat(seen).hasSize(7).contains(first);
        assertThat(pages).isGreaterThanOrEqualTo(3);
        var newest = rest.get(path).json().at("/items/0");
        assertThat(newest.path("what").asText()).isEqualTo("removed");
        assertThat(newest.path("by").asText()).isEqualTo("admin");
        assertThat(newest.has("definition")).isFalse();
    }

    @Test
    void undoesAChangeARemovalAndACreation() {
        var created = put("undone", 1);
        var changed = put("undone", 2);

        assertThat(revert(changed).json().at("/definition/tasks").asInt()).isEqualTo(1);
        assertThat(rest.get("/v1/integrations/undone")
                        .json()
                        .at("/definition/tasks")
                        .asInt())
                .isEqualTo(1);
        assertThat(revert(created).code()).as("it was changed since").isEqualTo("stale");

        rest.delete("/v1/integrations/undone");
        var removal = rest.get("/v1/audit?name=undone&size=1")
                .json()
                .at("/items/0/version")
                .asLong();
        assertThat(revert(removal).status()).isEqualTo(200);
        assertThat(rest.get("/v1/integrations/undone").status()).isEqualTo(200);

        var made = put("undone-2", 1);
        assertThat(revert(made).json().path("what").asText()).isEqualTo("removed");
        assertThat(rest.get("/v1/integrations/undone-2").status()).isEqualTo(404);
        assertThat(revert(1_000_000).status()).isEqualTo(404);
    }

    @Test
    void doesNotUndoWhoMayComeIn() {
        rest.newUser("una", "viewer");
        var version = rest.get("/v1/audit?kind=user&name=una")
                .json()
                .at("/items/0/version")
                .asLong();

        assertThat(revert(version).status()).isEqualTo(422);
        assertThat(rest.newUser("ulf", "operator")
                        .post("/v1/audit/%d/revert".formatted(version), "")
                        .status())
                .isEqualTo(403);
    }

    private Rest.Reply revert(long version) {
        return rest.post("/v1/audit/%d/revert".formatted(version), "");
    }
}
