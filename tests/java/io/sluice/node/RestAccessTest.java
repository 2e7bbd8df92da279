package io.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Who may do what over the REST API of a whole node.
@Tag("kafka")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class RestAccessTest {
    private OneNode node;
    private Rest admin;

    @BeforeAll
    void start(@TempDir Path folder) {
        TestKafka.newTopic("access", 1, Map.of());
        node = OneNode.start(folder, TestKafka.bootstrapServers(), """
                sluice.api.access { lock-min = 1s, lock-max = 1s }
                """);
        admin = Rest.admin(node);
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @Test
    void letsNobodyInWhoShowsNothing() {
        for (var path : List.of("/v1/status", "/v1/integrations", "/v1/users", "/v1/audit", "/v1/session")) {
            var reply = Rest.nobody(node).get(path);

            assertThat(reply.status()).as(path).isEqualTo(401);
            assertThat(reply.code()).isEqualTo("unauthorized");
            assertThat(reply.header("WWW-Authenticate")).isEqualTo("Bearer");
        }
        assertThat(Rest.nobody(node).get("/openapi.yaml").status()).isEqualTo(200);
        assertThat(Rest.nobody(node).get("/docs").text()).contains("swagger-ui");
        assertThat(Rest.nobody(node).get("/problems/stale").text()).contains("Another change came first");
    }

    @Test
    void aRoleSaysWhatSomebodyMayDo() {
        var viewer = admin.newUser("vera", "viewer");
        var operator = admin.newUser("otto", "operator");

        assertThat(viewer.get("/v1/integrations").status()).isEqualTo(200);
        assertThat(viewer.post("/v1/integrations", "{\"name\":\"a\"}").code()).isEqualTo("forbidden");
        assertThat(viewer.get("/v1/users").status()).isEqualTo(403);
        assertThat(operator.put("/v1/integrations/by-otto", "{\"filters\":[\"o/#\"],\"topic\":\"access\"}")
                        .status())
                .isEqualTo(200);
        assertThat(operator.get("/v1/users").status()).isEqualTo(403);
        assertThat(admin.get("/v1/users").status()).isEqualTo(200);

        admin.patch("/v1/users/otto", "{\"role\":\"viewer\"}");

        assertThat(operator.delete("/v1/integrations/by-otto").status()).isEqualTo(403);
    }

    @Test
    void aSessionNeedsItsSecondHalfToChangeAnything() {
        var stolen = admin.without("Sluice-Csrf");

        assertThat(stolen.get("/v1/integrations").status()).isEqualTo(200);
        assertThat(stolen.put("/v1/integrations/stolen", "{\"filters\":[\"a\"],\"topic\":\"access\"}")
                        .code())
                .isEqualTo("csrf");
        assertThat(stolen.with("Sluice-Csrf", "0".repeat(64))
                        .delete("/v1/integrations/stolen")
                        .code())
                .isEqualTo("csrf");
        assertThat(stolen.get("/v1/session").json().path("csrf").asText()).hasSize(64);
    }

    @Test
    void aSessionEndsWithLogoutPasswordLockAndRemoval() {
        var one = admin.newUser("sam", "viewer");
        var other = Rest.nobody(node).loggedIn("sam", "of sam");

        assertThat(one.delete("/v1/session").status()).isEqualTo(204);
        assertThat(one.get("/v1/session").status()).isEqualTo(401);
        assertThat(other.get("/v1/session").status()).isEqualTo(200);

        assertThat(other.put("/v1/session/password", "{\"old\":\"of sam\",\"new\":\"another\"}")
                        .status())
                .isEqualTo(204);
        assertThat(other.get("/v1/session").status()).isEqualTo(401);
        var third = Rest.nobody(node).loggedIn("sam", "another");

        admin.patch("/v1/users/sam", "{\"locked\":true}");
        assertThat(third.get("/v1/session").status()).isEqualTo(401);
        admin.patch("/v1/users/sam", "{\"locked\":false}");
        assertThat(third.get("/v1/session").status())
                .as("a lock ends it for good")
                .isEqualTo(401);
        var fourth = Rest.nobody(node).loggedIn("sam", "another");

        assertThat(admin.delete("/v1/users/sam").status()).isEqualTo(204);
        assertThat(fourth.get("/v1/session").status()).isEqualTo(401);
    }

    @Test
    void aTokenMayWhatItWasMadeForAndItsOwnerMay() {
        var owner = admin.newUser("tom", "operator");
        var made = owner.post("/v1/tokens", "{\"scopes\":[\"view\",\"operate\"],\"note\":\"ci\",\"days\":1}");
        var token = owner.token(made.json().path("secret").asText());

        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(token.get("/v1/session").json().path("by").asText()).isEqualTo("token");
        assertThat(token.put("/v1/integrations/by-token", "{\"filters\":[\"t/#\"],\"topic\":\"access\"}")
                        .status())
                .isEqualTo(200);
        assertThat(token.post("/v1/tokens", "{\"scopes\":[\"view\"]}").code()).isEqualTo("forbidden");
        assertThat(owner.post("/v1/tokens", "{\"scopes\":[\"administer\"]}").code())
                .isEqualTo("forbidden");
        assertThat(owner.get("/v1/tokens").text())
                .doesNotContain(made.json().path("secret").asText());

        admin.patch("/v1/users/tom", "{\"role\":\"viewer\"}");
        assertThat(token.delete("/v1/integrations/by-token").code()).isEqualTo("forbidden");
        assertThat(token.get("/v1/integrations").status()).isEqualTo(200);

        var other = admin.newUser("tina", "viewer");
        var name = made.json().path("name").asText();
        assertThat(other.delete("/v1/tokens/" + name).status()).isEqualTo(404);
        assertThat(admin.delete("/v1/tokens/" + name).status()).isEqualTo(204);
        assertThat(token.get("/v1/integrations").status()).isEqualTo(401);
    }

    @Test
    void aRemovedUsersTokensEnd() {
        var owner = admin.newUser("rita", "viewer");
        var token = owner.token(owner.post("/v1/tokens", "{\"scopes\":[\"view\"]}")
                .json()
                .path("secret")
                .asText());
        assertThat(token.get("/v1/status").status()).isEqualTo(200);

        admin.delete("/v1/users/rita");
        assertThat(token.get("/v1/status").status()).isEqualTo(401);

        admin.newUser("rita", "viewer");
        assertThat(token.get("/v1/status").status()).isEqualTo(401);
    }

    @Test
    void wrongPasswordsShutTheDoor() {
        admin.newUser("lola", "viewer");
        for (int i = 0; i < 5; i++) {
            assertThat(login("lola", "wrong").code()).isEqualTo("wrong-password");
        }

        var shut = login("lola", "of lola");

        assertThat(shut.status()).isEqualTo(429);
        assertThat(shut.code()).isEqualTo("locked-out");
        assertThat(shut.header("Retry-After")).isEqualTo("1");
        await("the door is open again")
                .atMost(60, TimeUnit.SECONDS)
                .until(() -> login("lola", "of lola").status() == 200);
    }

    @Test
    void somebodyIsLeftWhoMayMendTheRest() {
        assertThat(admin.delete("/v1/users/admin").code()).isEqualTo("invalid-definition");
        assertThat(admin.patch("/v1/users/admin", "{\"role\":\"viewer\"}").status())
                .isEqualTo(422);
        assertThat(admin.patch("/v1/users/admin", "{\"locked\":true}").status()).isEqualTo(422);
        assertThat(admin.get("/v1/users").status()).isEqualTo(200);
    }

    @Test
    void sessionsOfAnEarlierPasswordDoNotCount() {
        var user = admin.newUser("max", "viewer");
        for (int i = 1; i < 100; i++) {
            Rest.nobody(node).loggedIn("max", "of max");
        }
        assertThat(login("max", "of max").code()).isEqualTo("busy");

        admin.patch("/v1/users/max", "{\"password\":\"new\"}");

        assertThat(login("max", "new").status()).isEqualTo(200);
        assertThat(user.get("/v1/session").status()).isEqualTo(401);
    }

    @Test
    void manyGuessesAtOnceMeetTheLock() {
        admin.newUser("gina", "viewer");

        var codes = IntStream.range(0, 60)
                .parallel()
                .mapToObj(_ -> login("gina", "wrong").code())
                .collect(Collectors.groupingBy(code -> code, Collectors.counting()));

        assertThat(codes.getOrDefault("wrong-password", 0L)).as("" + codes).isBetween(5L, 20L);
    }

    @Test
    void strangersHaveRoomForAShortBodyOnly() {
        var reply = Rest.nobody(node)
                .post("/v1/session", "{\"user\":\"a\",\"password\":\"%s\"}".formatted("x".repeat(5_000)));

        assertThat(reply.code()).isEqualTo("too-large");
    }

    @Test
    void noHashAndNoPasswordIsShown() {
        admin.newUser("hanna", "viewer");
        var seen = List.of(
                admin.get("/v1/users").text(),
                admin.get("/v1/users/hanna").text(),
                admin.get("/v1/audit?kind=user").text());

        assertThat(seen)
                .allSatisfy(text -> assertThat(text)
                        .contains("hanna")
                        .doesNotContain("argon2")
                        .doesNotContain("of hanna"));
        assertThat(admin.newUser("ines", "viewer").get("/v1/audit").text()).doesNotContain("\"user\"");
    }

    @Test
    void aFirstPasswordIsMadeUpAndShownOnce(@TempDir Path folder) {
        var hocon = "sluice.api.access.admin-password = \"\"";
        String password;
        try (var first = OneNode.start(folder, TestKafka.bootstrapServers(), hocon)) {
            password = first.node().adminPassword().orElseThrow().reveal();
            assertThat(password).hasSize(20);
            Rest.nobody(first).loggedIn("admin", password);
        }
        try (var again = OneNode.start(folder, TestKafka.bootstrapServers(), hocon)) {
            assertThat(again.node().adminPassword()).isEmpty();
            Rest.nobody(again).loggedIn("admin", password);
            assertThatThrownBy(() -> Rest.nobody(again).loggedIn("admin", "let me in"))
                    .hasMessageContaining("wrong-password");
        }
    }

    @Test
    void anAdminWhoLostThePasswordComesInAgain(@TempDir Path folder) {
        try (var first = OneNode.start(folder, TestKafka.bootstrapServers(), "")) {
            Rest.admin(first)
                    .newUser("eva", "admin")
                    .patch("/v1/users/admin", "{\"locked\": true, \"role\": \"viewer\"}");
        }
        var hocon = "sluice.api.access { admin-password = \"found again\", reset-admin = on }";
        try (var again = OneNode.start(folder, TestKafka.bootstrapServers(), hocon)) {
            assertThatThrownBy(() -> Rest.nobody(again).loggedIn("admin", "let me in"))
                    .hasMessageContaining("wrong-password");
            var admin = Rest.nobody(again).loggedIn("admin", "found again");

            assertThat(admin.get("/v1/users/admin").text())
                    .contains("\"admin\"")
                    .contains("\"locked\":false");
            assertThat(admin.get("/v1/audit?kind=user").text()).contains("reset-admin");
            assertThat(admin.get("/v1/users/eva").status()).isEqualTo(200);
        }
        try (var third = OneNode.start(folder, TestKafka.bootstrapServers(), "")) {
            Rest.nobody(third).loggedIn("admin", "found again");
        }
    }

    private Rest.Reply login(String user, String password) {
        return Rest.nobody(node).post("/v1/session", "{\"user\":\"%s\",\"password\":\"%s\"}".formatted(user, password));
    }
}
