package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Defining integrations, from files or by words.
final class Definitions {
    private static final List<Table.Column> OUTCOMES =
            List.of(Table.Column.text("NAME", "/name"), Table.Column.text("OUTCOME", "/outcome"));

    /// Sections of a definition; below any other key there is nothing.
    private static final List<String> SECTIONS = List.of("missing", "headers", "metadata", "other-properties");

    private Definitions() {}

    private static void show(Asking asking, SortedMap<String, String> outcomes) {
        var answer = Json.object();
        var items = answer.putArray("items");
        outcomes.forEach((name, outcome) -> items.addObject().put("name", name).put("outcome", outcome));
        asking.showItems(answer, OUTCOMES);
    }

    /// Defines all of them or none.
    ///
    /// @param existing what becomes of one that is there already
    private static SortedMap<String, String> importAll(
            Client client, Map<String, ObjectNode> definitions, String existing) {
        return outcomes(client.json(
                Ask.post("/integrations:import").query("existing", existing).json(Documents.document(definitions))));
    }

    /// Tells all that is wrong with all of them at once.
    private static void validate(Client client, Map<String, ObjectNode> wanted) {
        var problems = new ArrayList<String>();
        wanted.forEach((name, definition) -> {
            try {
                client.json(Ask.post("/integrations:preview").json(sample(name, definition)));
            } catch (Failure e) {
                if (e.exitCode() != ExitCode.REFUSED) {
                    throw e;
                }
                problems.add("integration [%s]: %s".formatted(name, e.getMessage()));
                problems.addAll(e.more());
            }
        });
        if (!problems.isEmpty()) {
            throw Failure.refused(problems);
        }
    }

    /// No message is needed to find out what is wrong with a definition, but a preview tells it.
    private static ObjectNode sample(String name, ObjectNode definition) {
        var body = Json.object().put("name", name);
        body.set("definition", definition);
        body.putObject("message").put("topic", "dry-run");
        return body;
    }

    private static SortedMap<String, String> outcomes(JsonNode imported) {
        var outcomes = new TreeMap<String, String>();
        imported.path("created").forEach(name -> outcomes.put(name.asText(), "created"));
        imported.path("replaced").forEach(name -> outcomes.put(name.asText(), "changed"));
        return outcomes;
    }

    @Command(
            name = "create",
            description = {
                "Define one by words, or those of files; refused if one is there already.",
                "sluice integrations create plant --filter 'plant/#' --topic plant --set tasks=4"
            },
            mixinStandardHelpOptions = true)
    static final class Create implements Callable<Integer> {
        @Mixin
        private final Asking asking = new Asking();

        @Mixin
        private final Documents documents = new Documents();

        @Parameters(paramLabel = "NAME", arity = "0..1", description = "Of the one that is defined by words.")
        private Optional<String> name = Optional.empty();

        @Option(names = "--filter", paramLabel = "FILTER", description = "MQTT topic filter; as many as needed.")
        private List<String> filters = List.of();

        @Option(names = "--topic", paramLabel = "TOPIC", description = "Kafka topic, or a pattern of it.")
        private Optional<String> topic = Optional.empty();

        @Option(
                names = "--set",
                paramLabel = "KEY=VALUE",
                description = {
                    "Any other key as hocon/reference.conf explains it, e.g. tasks=4, headers.site=north, key='${clientId}'.",
                    "A value that is JSON counts as such, all else as text."
                })
        private List<String> settings = List.of();

        @Override
        public Integer call() {
            if (name.isPresent() != documents.isEmpty()) {
                throw Failure.usage(
                        "expected either a name or files, was %s".formatted(documents.isEmpty() ? "neither" : "both"));
            }
            try (var client = asking.client()) {
                if (name.isPresent()) {
                    Integrations.show(
                            asking,
                            client.json(Ask.post("/integrations").json(Documents.named(name.get(), definition()))));
                } else {
                    var read = documents.read(asking.surroundings());
                    show(asking, importAll(client, read, "refuse"));
                }
            }
            return ExitCode.DONE;
        }

        private ObjectNode definition() {
            var definition = Json.object();
            filters.forEach(definition.withArray("filters")::add);
            if (filters.isEmpty()) {
                definition.remove("filters");
            }
            topic.ifPresent(text -> definition.put("topic", text));
            settings.forEach(setting -> set(definition, setting));
            return definition;
        }
    }

    /// Sets a key of a definition by `KEY=VALUE`.
    static void set(ObjectNode definition, String setting) {
        int end = setting.indexOf('=');
        if (end < 1) {
            throw Failure.usage("--set: expected KEY=VALUE, was " + setting);
        }
        var key = setting.substring(0, end);
        var text = setting.substring(end + 1);
        var value = Json.read(text.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .orElseGet(() -> new TextNode(text));
        int dot = key.indexOf('.');
        if (dot > 0 && SECTIONS.contains(key.substring(0, dot))) {
            definition.withObjectProperty(key.substring(0, dot)).set(key.substring(dot + 1), value);
        } else {
            definition.set(key, value);
        }
    }

    @Command(
            name = "apply",
            description = "Make integrations as the files say: all of them or none. What is not in the files stays.",
            mixinStandardHelpOptions = true)
    static final class Apply implements Callable<Integer> {
        @Mixin
        private final Asking asking = new Asking();

        @Mixin
        private final Documents documents = new Documents();

        @Option(names = "--dry-run", description = "Only say what would change, and what is wrong; change nothing.")
        private boolean dryRun;

        @Option(
                names = "--if-version",
                paramLabel = "N",
                description = "Only if it still has this version. For files with a single integration.")
        private Optional<Long> version = Optional.empty();

        @Override
        public Integer call() {
            var wanted = documents.read(asking.surroundings());
            if (version.isPresent() && wanted.size() != 1) {
                throw Failure.usage("--if-version: expected a single integration, was " + wanted.size());
            }
            try (var client = asking.client()) {
                var outcomes = foreseen(client, wanted, dryRun);
                wanted.keySet().removeIf(name -> "unchanged".equals(outcomes.get(name)) && version.isEmpty());
                if (dryRun) {
                    validate(client, wanted);
                } else if (version.isPresent()) {
                    replace(client, wanted.firstKey(), wanted.firstEntry().getValue(), version.get());
                } else if (!wanted.isEmpty()) {
                    outcomes.putAll(importAll(client, wanted, "replace"));
                }
                show(asking, outcomes);
            }
            return ExitCode.DONE;
        }

        /// @param strict whether to refuse what the server is going to refuse
        private static SortedMap<String, String> foreseen(
                Client client, Map<String, ObjectNode> wanted, boolean strict) {
            Map<String, JsonNode> there = new HashMap<>();
            Lists.all(client, Ask.get("/integrations"))
                    .path("items")
                    .forEach(each -> there.put(each.path("name").asText(), each));
            var outcomes = new TreeMap<String, String>();
            wanted.forEach((name, definition) -> {
                var found = Optional.ofNullable(there.get(name));
                if (strict && found.isPresent() && isDeclared(found.get())) {
                    throw Failure.of(
                            ExitCode.REFUSED,
                            "integration [%s]: expected one of the catalog, was declared in the files of the nodes"
                                    .formatted(name));
                }
                outcomes.put(name, found.map(each -> outcome(each, definition)).orElse("created"));
            });
            return outcomes;
        }

        private static boolean isDeclared(JsonNode integration) {
            return "configuration".equals(integration.path("source").asText());
        }

        private static String outcome(JsonNode found, ObjectNode wanted) {
            return Json.same(found.path("definition"), wanted) ? "unchanged" : "changed";
        }

        private static void replace(Client client, String name, ObjectNode definition, long version) {
            client.send(Ask.get(Integrations.path(name))
                    .method("PUT")
                    .header("If-Match", "\"%d\"".formatted(version))
                    .json(definition));
        }
    }

    @Command(
            name = "import",
            description = "Define all integrations of files, all of them or none.",
            mixinStandardHelpOptions = true)
    static final class Import implements Callable<Integer> {
        @Mixin
        private final Asking asking = new Asking();

        @Mixin
        private final Documents documents = new Documents();

        @Option(names = "--replace", description = "Replace what is there already, instead of refusing.")
        private boolean replace;

        @Override
        public Integer call() {
            var read = documents.read(asking.surroundings());
            try (var client = asking.client()) {
                show(asking, importAll(client, read, replace ? "replace" : "refuse"));
            }
            return ExitCode.DONE;
        }
    }
}
