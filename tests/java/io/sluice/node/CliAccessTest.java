package io.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.TestKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Who may come in by the command line: logins, tokens, users, exit codes.
@Tag("kafka")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class CliAccessTest {
    private OneNode node;
    private Rest rest;
    private Path config;

    @BeforeAll
    void start(@TempDir Path folder) {
        node = OneNode.start(folder, TestKafka.bootstrapServers(), "");
        rest = Rest.admin(node);
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @BeforeEach
    void fresh(@TempDir Path folder) {
        config = folder;
    }

    private Path file() {
        return config.resolve("sluice/login.json");
    }

    private String token() throws IOException {
        return Files.readString(file()).replaceAll("(?s).*\"token\":\"([^\"]+)\".*", "$1");
    }

    @Test
    void logsInShowsWhoItIsAndLogsOut() throws IOException {
        var cli = Cli.of(node, config);

        var login = cli.answering("admin", Rest.ADMIN_PASSWORD).run("login", "--days", "2");

        assertThat(login.code()).as(login.all()).isZero();
        assertThat(login.out())
                .startsWith("User: Password of admin: admin is logged in at http://127.0.0.1:")
                .containsPattern(" until \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d, ")
                .endsWith("and may view, publish, operate, administer\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file().resolveSibling(""))))
                .isEqualTo("rwx------");
        try (var beside = Files.list(file().resolveSibling(""))) {
            assertThat(beside).containsExactly(file());
        }
        var token = token();
        assertThat(token).startsWith("slc_");

        var who = cli.run("whoami");
        assertThat(who.code()).isZero();
        assertThat(who.out())
                .contains("user     admin\n", "role     admin\n", "by       token\n")
                .contains("scopes   view, publish, operate, administer\n");
        assertThat(cli.run("whoami", "-o", "json").json().path("name").asText()).isEqualTo("admin");
        assertThat(cli.run("whoami", "-o", "yaml").yaml().path("by").asText()).isEqualTo("token");

        var logout = cli.run("logout");
        assertThat(logout.code()).isZero();
        assertThat(file()).doesNotExist();
        assertThat(rest.token(token).get("/v1/session").status()).isEqualTo(401);
        for (var came : java.util.List.of(login, who, logout)) {
            assertThat(came.all()).doesNotContain(token);
        }
    }

    @Test
    void withoutALoginItSaysHowToGetOne() {
        var cli = Cli.of(node, config);

        var came = cli.run("integrations", "list");

        assertThat(came.code()).isEqualTo(4);
        assertThat(came.out()).isEmpty();
        assertThat(came.err())
                .startsWith("integrations list: expected a login at http://127.0.0.1:")
                .endsWith(", was none; log in with sluice login, or set SLUICE_TOKEN\n");
        assertThat(cli.run("logout").code()).isZero();
    }

    @Test
    void aWrongPasswordIsOneLineAndKeepsNothing() {
        var came = Cli.of(node, config).in("wrong\n").run("login", "--user", "admin", "--password-stdin");

        assertThat(came.code()).isEqualTo(4);
        assertThat(came.err()).contains("(wrong-password, status 401)").contains("/problems/wrong-password");
        assertThat(file()).doesNotExist();
    }

    @Test
    void aPasswordIsNoWordOfTheCommand() {
        var cli = Cli.of(node, config);

        assertThat(cli.run("login", "--user", "admin").err())
                .isEqualTo("login: expected --password-stdin where nobody can be asked\n");
        assertThat(cli.run("login", "--password-stdin").err())
                .isEqualTo("login: expected --user where nobody can be asked\n");
        assertThat(cli.run("users", "create", "x", "--role", "admin", "--password", "y")
                        .code())
                .isEqualTo(2);
        assertThat(cli.in("\n")
                        .run("login", "--user", "admin", "--password-stdin")
                        .code())
                .isEqualTo(2);
    }

    @Test
    void aSecondLoginEndsTheFirst() throws IOException {
        Cli.admin(node, config);
        var first = token();

        Cli.admin(node, config);

        assertThat(token()).isNotEqualTo(first);
        assertThat(rest.token(first).get("/v1/session").status()).isEqualTo(401);
        assertThat(rest.token(token()).get("/v1/session").status()).isEqualTo(200);
    }

    @Test
    void noTokenIsLeftBehind() throws IOException {
        var before = rest.get("/v1/tokens").json().path("items").size();

        Cli.admin(node, config).run("logout");

        assertThat(rest.get("/v1/tokens").json().path("items").size()).isEqualTo(before);
        assertThat(file()).doesNotExist();
    }

    @Test
    void aRevokedLoginIsToldSoAndCanBeForgotten() throws IOException {
        var cli = Cli.admin(node, config);
        rest.delete("/v1/tokens/" + token().split("_", -1)[1]);

        var came = cli.run("whoami");

        assertThat(came.code()).isEqualTo(4);
        assertThat(came.err()).contains("(unauthorized, status 401)").contains("log in with: sluice login");
        assertThat(cli.run("logout").code()).isZero();
        assertThat(file()).doesNotExist();
    }

    @Test
    void aKeptTokenIsShownToNoOtherServer() {
        var cli = Cli.admin(node, config);

        var came = cli.run("whoami", "--url", "http://127.0.0.1:1");

        assertThat(came.code()).isEqualTo(4);
        assertThat(came.err()).contains("expected a login at http://127.0.0.1:1, was none");
        assertThat(cli.with("SLUICE_URL", "http://127.0.0.1:1").run("whoami").code())
                .isEqualTo(4);
        assertThat(cli.with("SLUICE_URL", "").run("whoami").code())
                .as("the login's own")
                .isZero();
    }

    @Test
    void theEnvironmentAndOptionsBeatTheLogin() {
        Cli.admin(node, config);
        var viewer = Cli.of(node, config.resolve("other"));
        rest.newUser("eve", "viewer");
        var made = viewer.in("of eve\n")
                .run("tokens", "create", "--user", "eve", "--scopes", "view", "--password-stdin", "-o", "json");
        var secret = made.json().path("secret").asText();
        var cli = Cli.of(node, config);

        assertThat(cli.with("SLUICE_TOKEN", secret)
                        .run("whoami", "-o", "json")
                        .json()
                        .path("name")
                        .asText())
                .isEqualTo("eve");
        assertThat(cli.run("whoami", "-o", "json", "--token", secret)
                        .json()
                        .path("name")
                        .asText())
                .isEqualTo("eve");
        var refused = cli.run("users", "list", "--token", secret);
        assertThat(refused.code()).isEqualTo(4);
        assertThat(refused.err()).contains("expected scope administer").contains("(forbidden, status 403)");
    }

    @Test
    void aTokenInTheWrongPlaceIsNotRepeated() throws IOException {
        var cli = Cli.admin(node, config);
        var token = token();

        assertThat(cli.run("whoami", "--tokn", token).all()).doesNotContain(token);
        assertThat(cli.run("whoami", token).all()).doesNotContain(token);
        assertThat(cli.run("integrations", "get", token).all()).doesNotContain(token);
        assertThat(cli.run("tokens", "revoke", token).all()).doesNotContain(token);
        assertThat(cli.run("whoami", "--url", "http://me:" + token + "@a").all())
                .doesNotContain(token);
    }

    @Test
    void makesListsAndRevokesTokens() {
        var cli = Cli.admin(node, config);

        var made = cli.answering(Rest.ADMIN_PASSWORD)
                .run("tokens", "create", "--scopes", "view,publish", "--days", "3", "--note", "a sensor");

        assertThat(made.code()).as(made.all()).isZero();
        assertThat(made.out()).contains("scopes   view, publish\n").containsPattern("secret   slc_\\w+_\\S+\n");
        var name = made.out().replaceAll("(?s).*name     (\\S+)\n.*", "$1");
        var listed = cli.run("tokens", "list");
        assertThat(listed.out())
                .startsWith("NAME")
                .containsPattern("%s +admin +view, publish .*a sensor".formatted(name))
                .doesNotContain("slc_");
        assertThat(cli.run("tokens", "revoke", name).out()).isEqualTo("token %s revoked%n".formatted(name));
        assertThat(cli.run("tokens", "revoke", name).code()).isEqualTo(1);
        assertThat(cli.run("tokens", "create", "--scopes", "everything").err())
                .startsWith("tokens create: Invalid value for option '--scopes'");
    }

    @Test
    void makesChangesAndRemovesUsers() {
        var cli = Cli.admin(node, config);

        var made = cli.answering("secret one", "secret one").run("users", "create", "ann", "--role", "operator");
        assertThat(made.code()).as(made.all()).isZero();
        assertThat(made.out()).containsPattern("ann +operator +no");
        assertThat(cli.answering("one", "other")
                        .run("users", "create", "bob", "--role", "viewer")
                        .err())
                .isEqualTo("users create: expected the same password twice, was another\n");
        assertThat(cli.in("x\n")
                        .run("users", "create", "ann", "--role", "viewer", "--password-stdin")
                        .err())
                .contains("(present, status 409)");

        var version =
                cli.run("users", "list", "-o", "json").json().path("items").findValuesAsText("name");
        assertThat(version).contains("admin", "ann");
        assertThat(cli.run("users", "set", "ann", "--role", "viewer", "--lock", "-o", "yaml")
                        .yaml()
                        .path("locked")
                        .asBoolean())
                .isTrue();
        assertThat(cli.run("users", "set", "ann", "--unlock", "--if-version", "1")
                        .code())
                .isEqualTo(1);
        assertThat(cli.run("users", "set", "ann").code()).isEqualTo(2);
        assertThat(cli.in("secret two\n")
                        .run("users", "set", "ann", "--unlock", "--password-stdin")
                        .code())
                .isZero();
        rest.loggedIn("ann", "secret two");

        assertThat(cli.run("users", "remove", "ann").err())
                .isEqualTo("users remove: remove user ann: expected --yes where nobody can be asked\n");
        assertThat(cli.answering("n").run("users", "remove", "ann").code()).isEqualTo(2);
        assertThat(cli.answering("y").run("users", "remove", "ann").code()).isZero();
        assertThat(cli.run("users", "remove", "ann", "--yes").code()).isEqualTo(1);
        assertThat(cli.run("users", "remove", "admin", "--yes").err()).contains("admin who is not locked");
    }

    @Test
    void aServerThatIsAwayIsOneLine() {
        var cli = Cli.of(node, config).with("SLUICE_URL", "http://127.0.0.1:1").with("SLUICE_TOKEN", "slc_x");

        var came = cli.run("integrations", "list");

        assertThat(came.code()).isEqualTo(3);
        assertThat(came.err())
                .isEqualTo("integrations list: expected a Sluice node at http://127.0.0.1:1, was nobody there;"
                        + " start one with ./sluice up, or name another with --url\n");
        assertThat(cli.with("SLUICE_URL", "nonsense").run("whoami").code()).isEqualTo(2);
        assertThat(cli.with("SLUICE_URL", "http://no.such.host.invalid:1")
                        .run("whoami")
                        .code())
                .isEqualTo(3);
    }

    @Test
    void wrongUsageIsOneLine() {
        var cli = Cli.of(node, config);

        assertThat(cli.run("integrations", "lst").err())
                .startsWith("integrations: Unmatched argument at index 1: 'lst'; did you mean list")
                .endsWith("; see --help\n");
        assertThat(cli.run("integrations").code()).isEqualTo(2);
        assertThat(cli.run("audit", "list", "-o", "xml").code()).isEqualTo(2);
    }

    @Test
    void everyVerbExplainsItselfAndItsExitCodes() {
        var cli = Cli.of(node, config);

        for (var verb : java.util.List.of("login", "status", "publish", "tokens create", "dead-letters replay")) {
            var words = (verb + " --help").split(" ", -1);
            var came = cli.run(words);
            assertThat(came.code()).isZero();
            assertThat(came.out()).startsWith("Usage: sluice " + verb).contains("Exit codes:", "4 ");
        }
        assertThat(cli.run("completion", "bash").out()).contains("complete -F _complete_sluice", "dead-letters");
        assertThat(cli.run("completion", "zsh").out()).startsWith("autoload -Uz compinit");
        assertThat(cli.run("completion", "fish").code()).isEqualTo(2);
    }

    @Test
    void showsTheStatusByTheApi() {
        var cli = Cli.admin(node, config);
        node.awaitReady();

        var came = cli.run("status");

        assertThat(came.code()).as(came.all()).isZero();
        assertThat(came.out()).contains(": ready\n").containsPattern("member sluice@127\\.0\\.0\\.1:\\d+ Up");
        assertThat(cli.run("status", "-o", "json").json().path("ready").asBoolean())
                .isTrue();
        var management = "127.0.0.1:" + node.node().managementAddress().getPort();
        assertThat(cli.run("status", "--management", management, "-o", "json")
                        .json()
                        .path("members")
                        .size())
                .isEqualTo(1);
    }
}
