package io.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.TestKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Schemathesis, a fuzzer that reads openapi.yaml, meets a whole node: no answer is a fault of the node, and
/// none is other than described, whoever asks.
@Tag("kafka")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class OpenApiFuzzTest {
    private static final Path FUZZER = Path.of("../target/tools/schemathesis/bin/schemathesis");
    private static final long LIMIT_MINUTES = 9;

    private OneNode node;
    private Rest admin;

    @TempDir
    private Path reports = Path.of("");

    @BeforeAll
    void start(@TempDir Path folder) {
        assertThat(FUZZER)
                .as("./sluice test installs it: python3 -m venv, pip install schemathesis")
                .exists();
        TestKafka.newTopic("fuzz", 1, Map.of());
        node = OneNode.start(folder, TestKafka.bootstrapServers(), """
                sluice.api {
                  pace { per-second = 100000, burst = 100000 }
                  publish-pace { per-second = 100000, burst = 100000 }
                  access { attempts-max = 1000 }
                  tail { time-max = 1s } # or the fuzzer would wait for the end of a stream
                }
                """);
        admin = Rest.admin(node);
        admin.put("/v1/integrations/a", "{\"filters\":[\"#\"],\"topic\":\"fuzz\",\"tasks\":1}");
        node.awaitTasks("a", 1);
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @CsvSource({"anonymous,11", "viewer,12", "operator,13", "admin,14"})
    void everyAnswerIsAsDescribed(String who, int seed) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                FUZZER.toAbsolutePath().toString(),
                "--no-color",
                "run",
                admin.base() + "/openapi.yaml",
                "--url",
                admin.base() + "/v1",
                "--seed",
                Integer.toString(seed),
                "--phases",
                System.getProperty("sluice.fuzz.phases", "fuzzing"),
                "--max-examples",
                System.getProperty("sluice.fuzz.examples", "5"),
                "--checks",
                "not_a_server_error,status_code_conformance,content_type_conformance,"
                        + "response_headers_conformance,response_schema_conformance,unsupported_method",
                "--no-shrink",
                // of a header that ends within a UTF-8 character Pekko waits for the rest, and the fuzzer with it
                "--generation-with-security-parameters",
                "false",
                "--continue-on-failure",
                "--generation-database",
                "none",
                "--warnings",
                "off",
                "--report-dir",
                reports.toString()));
        if (!who.equals("anonymous")) {
            command.add("-H");
            command.add("Authorization: Bearer " + token(who));
        }
        var output = reports.resolve("output.txt");
        var process = new ProcessBuilder(command)
                .directory(reports.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        var ended = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
        process.destroyForcibly();

        var said = Files.readString(output);
        assertThat(ended).as(said).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        assertThat(said).contains("Operations:");
        assertThat(node.node().isReady()).as("it serves as before").isTrue();
    }

    private String token(String role) {
        var user = role.equals("admin") ? admin : admin.newUser("fuzzer-" + role, role);
        var scopes = switch (role) {
            case "viewer" -> "\"view\"";
            case "operator" -> "\"view\",\"publish\",\"operate\"";
            default -> "\"view\",\"publish\",\"operate\",\"administer\"";
        };
        var made = user.post("/v1/tokens", "{\"scopes\":[%s]}".formatted(scopes));
        return made.json().path("secret").asText();
    }
}
