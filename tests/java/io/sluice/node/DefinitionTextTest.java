package io.sluice.node;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cli.HoconDefinitions;
import io.sluice.node.integration.IntegrationSettings;
import io.sluice.node.settings.Configuration;
import io.sluice.node.settings.DefinitionText;
import io.sluice.node.settings.DefinitionText.Imported;
import io.sluice.node.settings.InvalidSettings;
import io.sluice.node.settings.Problems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Definitions that leave a catalog, as a file or a document, are the same where they arrive.
class DefinitionTextTest {
    private static final List<String> BITS = List.of(
            "${clientId}",
            "$[a.b]",
            "$",
            "${?HOME}",
            "\"",
            "\\",
            "\n",
            "\t",
            "\r",
            "é",
            "日本",
            "😀",
            "\ud800",
            "\u2028",
            "#",
            "//",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "=",
            "+=",
            "include \"x\"",
            "true",
            "null",
            "10s",
            "1.0",
            " ",
            "a",
            "\u0001",
            "\"\"\"",
            "-",
            ".",
            "");

    private final DefinitionRules rules = rules();

    @TempDir
    private Path folder = Path.of("");

    private static DefinitionRules rules() {
        var config = Configuration.reference().resolve();
        return DefinitionRules.of(config, NodeSettings.from(config));
    }

    static LongStream seeds() {
        return LongStream.range(0, 150);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aNodeReadsTheFileAsTheSameSettings(long seed) throws IOException {
        var definitions = definitions(new Random(seed));
        var file = folder.resolve("exported.conf");
        Files.writeString(file, DefinitionText.hocon(definitions));

        var settings =
                NodeSettings.from(new Configuration(List.of(file), List.of(), Map.of("HOME", "/root")).resolve());

        var read = settings.integrations().stream()
                .filter(integration -> definitions.containsKey(integration.name()))
                .collect(toMap(IntegrationSettings::name, integration -> integration));
        assertThat(read).as("seed " + seed).isEqualTo(all(definitions));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aDocumentIsReadAsTheSameDefinitions(long seed) throws IOException {
        var definitions = definitions(new Random(seed));
        var file = folder.resolve("exported.conf");
        Files.writeString(file, DefinitionText.hocon(definitions));
        var document = folder.resolve("exported.json");
        Files.writeString(document, DefinitionText.json(definitions));

        var asJson = read(Files.readString(document));
        var asHocon = read(HoconDefinitions.json(file, Map.of("HOME", "/root")));

        assertThat(all(asJson)).as("seed " + seed).isEqualTo(all(definitions));
        assertThat(all(asHocon)).as("seed " + seed).isEqualTo(all(definitions));
    }

    @Test
    void theFileIsForPeople() {
        var definitions = new TreeMap<>(Map.of(
                "telemetry", "{\"topic\": \"t-${clientId}\", \"filters\": [\"plant/#\"]}",
                "a", "{\"headers\": {\"x.y\": \"1\"}, \"tasks\": 4}"));

        assertThat(DefinitionText.hocon(definitions)).isEqualTo("""
                sluice.integrations {

                  a {
                    headers {
                      "x.y" = "1"
                    }
                    tasks = 4
                  }

                  telemetry = null
                  telemetry = ${?sluice.integration-defaults} {
                    topic = "t-${clientId}"
                    filters = ["plant/#"]
                  }
                }
                """);
        assertThat(DefinitionText.json(definitions)).isEqualTo("""
                {
                  "integrations": [
                    {"name": "a", "headers": {"x.y": "1"}, "tasks": 4},
                    {"name": "telemetry", "topic": "t-${clientId}", "filters": ["plant/#"]}
                  ]
                }
                """);
    }

    @Test
    void findsAllProblemsAtOnceAndTheirPlaces() {
        var problems = new Problems();

        var found = DefinitionText.read("""
                {
                  "version": 1,
                  "integrations": [
                    {"name": "a", "tasks": 1, "tasks": 2},
                    {"topic": "t"},
                    {"name": "b", "headers": {"x": [{"y": 1, "y": 1}]}},
                    {"name": "good", "n": 1.50, "t" : "\\u00e9\\"" },
                    {"name": "good"},
                    {"name": 7},
                    "c"
                  ]
                } {}
                """, problems);

        assertThat(problems.found())
                .containsExactly(
                        "line 2, column 3: version is not a key; integrations is the only one",
                        "line 4, column 31: integrations[0].tasks stands there twice",
                        "line 5, column 5: integrations[1] must have a name, which is a text",
                        "line 6, column 46: integrations[2].headers.x[0].y stands there twice",
                        "line 8, column 5: integrations[4] has the name of another, good, which stands at line 7, column 5",
                        "line 9, column 5: integrations[5] must have a name, which is a text",
                        "line 10, column 5: integrations[6] must be a section",
                        "line 12, column 3: expected nothing after the last }");
        assertThat(found)
                .containsExactly(new Imported("good", "{\"n\": 1.50, \"t\": \"\\u00e9\\\"\"}", "line 7, column 5"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{}",
                "{\"integrations\": {}}",
                "{\"integrations\": [",
                "{\"integrations\": [{\"name\"",
                "sluice.integrations { a { topic = t } }",
                "include file(\"/etc/passwd\")",
                "{\"integrations\": [] // no\n}",
                "{\"integrations\": [{\"name\": \"a\", \"topic\": ${HOME}}]}"
            })
    void refusesWhatIsNoSuchDocument(String text) {
        var problems = new Problems();

        var found = DefinitionText.read(text, problems);

        assertThat(found).isEmpty();
        assertThat(problems.found()).hasSize(1).first().asString().startsWith("line ");
    }

    @Test
    void boundsDepthAndLength() {
        var deep = new Problems();
        var nested = "{\"integrations\": [{\"name\": \"a\", \"x\": " + "[".repeat(20_000);
        var tooLong = new Problems();

        DefinitionText.read(nested, deep);
        DefinitionText.read(" ".repeat(DefinitionText.LENGTH_MAX + 1), tooLong);

        assertThat(deep.found()).singleElement().asString().contains("nesting depth");
        assertThat(tooLong.found()).singleElement().asString().contains("expected at most");
    }

    @Test
    void refusesToWriteADefinitionThatBringsAName() {
        var definitions = new TreeMap<>(Map.of("a", "{\"name\": \"b\"}"));

        assertThatThrownBy(() -> DefinitionText.json(definitions))
                .isInstanceOf(InvalidSettings.class)
                .hasMessageContaining("integration [a]");
    }

    @Test
    void theFileOfAnOperatorMayIncludeAndNameVariables() throws IOException {
        Files.writeString(folder.resolve("more.conf"), "sluice.integrations.two.topic = ${SITE}-two");
        var file = folder.resolve("my.conf");
        Files.writeString(
                file,
                "include \"more.conf\"\nsluice.integrations.one { topic = one, tasks = 4 }\n"
                        + "sluice.integration-defaults { tasks = 3, acks = 1 }\nsluice.data-dir = x");

        var read = read(HoconDefinitions.json(file, Map.of("SITE", "north")));

        assertThat(read).hasSize(2);
        assertThat(Objects.requireNonNull(all(read).get("two")).format().topic())
                .isEqualTo("north-two");
        assertThat(Objects.requireNonNull(all(read).get("two")).tasks()).isEqualTo(3);
        assertThat(Objects.requireNonNull(all(read).get("one")).tasks()).isEqualTo(4);
        assertThatThrownBy(() -> HoconDefinitions.json(file, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more.conf: 1")
                .hasMessageContaining("in quotes");
    }

    private static SortedMap<String, String> read(String document) {
        var problems = new Problems();
        var read = DefinitionText.read(document, problems);
        assertThat(problems.found()).isEmpty();
        return new TreeMap<>(read.stream().collect(toMap(Imported::name, Imported::definition)));
    }

    private Map<String, IntegrationSettings> all(Map<String, String> definitions) {
        var all = new TreeMap<String, IntegrationSettings>();
        definitions.forEach((name, definition) -> {
            var problems = new Problems();
            all.put(name, rules.integration(name, definition, problems));
            assertThat(problems.found()).as(definition).isEmpty();
        });
        return all;
    }

    /// As many as three, `telemetry` among them at times, for every node has one of that name.
    private static SortedMap<String, String> definitions(Random random) {
        var definitions = new TreeMap<String, String>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            var name = random.nextInt(4) == 0
                    ? "telemetry"
                    : List.of("1", "a-b", "true", "include", "x_9").get(random.nextInt(5));
            definitions.put(name, definition(random));
        }
        return definitions;
    }

    private static String definition(Random random) {
        var members = new ArrayList<String>();
        members.add("\"metadata\": " + texts(random, ""));
        members.add("\"headers\": " + texts(random, "$"));
        members.add("\"filters\": [%s]".formatted(quoted("a/" + text(random).replaceAll("[#+\u0000]", ""))));
        members.add("\"subject\": \"${clientId}-$[a.b]\"");
        members.add("\"tasks\": " + (1 + random.nextInt(9)));
        members.add("\"linger\": " + List.of("\"5ms\"", "\"adaptive\"", "7").get(random.nextInt(3)));
        members.add("\"buffer-memory\": "
                + List.of("\"32 MiB\"", "33554432", "3.3e7").get(random.nextInt(3)));
        members.add("\"enabled\": " + random.nextBoolean());
        members.add("\"other-properties\": {\"retry.backoff.ms\": \"%d\"}".formatted(random.nextInt(1000)));
        members.removeIf(_ -> random.nextInt(3) == 0);
        return "{" + String.join(" ,\n ", members) + "}";
    }

    /// @param without what stands in none of the texts
    private static String texts(Random random, String without) {
        var texts = new TreeMap<String, String>();
        for (int i = random.nextInt(4); i > 0; i--) {
            texts.put("k" + text(random), text(random).replace(without, ""));
        }
        return texts.entrySet().stream()
                .map(entry -> quoted(entry.getKey()) + ":" + quoted(entry.getValue()))
                .collect(joining(",", "{", "}"));
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append(BITS.get(random.nextInt(BITS.size())));
        }
        return text.toString();
    }

    /// As JSON, half of it escaped.
    private static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c < ' ' || c == '"' || c == '\\' || Character.isSurrogate((char) c) || c % 2 == 0) {
                quoted.append("\\u%04x".formatted(c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }
}
