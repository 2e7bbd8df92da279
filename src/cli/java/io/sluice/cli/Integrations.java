package io.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Integrations: what is taken from MQTT and HTTP, and what becomes of it in Kafka.
@Command(
        name = "integrations",
        description = "What is taken from MQTT and HTTP, and what becomes of it in Kafka.",
        mixinStandardHelpOptions = true,
        subcommands = {
            Integrations.Listing.class,
            Integrations.Get.class,
            Definitions.Create.class,
            Definitions.Apply.class,
            Definitions.Import.class,
            Integrations.Export.class,
            Switching.Enable.class,
            Switching.Disable.class,
            Switching.Restart.class,
            Switching.Delete.class,
            History.EventsOf.class,
            History.Stats.class,
            Trials.Check.class,
            Trials.Preview.class
        })
final class Integrations {
    private static final List<Table.Column> COLUMNS = List.of(
            Table.Column.text("NAME", "/name"),
            Table.Column.text("ENABLED", "/enabled"),
            Table.Column.text("SOURCE", "/source"),
            Table.Column.number("VERSION", "/version"),
            Table.Column.text("CHANGED BY", "/changedBy"),
            Table.Column.moment("CHANGED", "/changedAt"),
            Table.Column.text("FILTERS", "/definition/filters"),
            Table.Column.text("TOPIC", "/definition/topic"));

    private static final List<Table.Column> ONE = List.of(
            Table.Column.text("name", "/name"),
            Table.Column.text("enabled", "/enabled"),
            Table.Column.text("source", "/source"),
            Table.Column.text("version", "/version"),
            Table.Column.text("changed by", "/changedBy"),
            Table.Column.moment("changed", "/changedAt"));

    static final List<Table.Column> TASKS = List.of(
            Table.Column.text("INTEGRATION", "/integration"),
            Table.Column.number("TASK", "/task"),
            Table.Column.text("PHASE", "/phase"),
            Table.Column.number("HELD", "/heldBatches"),
            Table.Column.number("LAG s", "/lagSeconds"),
            Table.Column.number("QUEUED", "/queueLag"),
            Table.Column.number("EPOCH", "/epoch"),
            Table.Column.text("NODE", "/node"),
            Table.Column.text("PROBLEM", "/problem"));

    private Integrations() {}

    static String path(String name) {
        return "/integrations/" + Ask.segment(name);
    }

    /// Shows one with its definition and its tasks.
    static void show(Asking asking, JsonNode integration) {
        asking.show(integration, () -> {
            var columns = new ArrayList<>(ONE);
            integration
                    .path("definition")
                    .properties()
                    .forEach(key -> columns.addAll(ofKey("", "/definition", key.getKey(), key.getValue())));
            var text = Table.ofOne(columns, integration, asking.surroundings().zone());
            var tasks = integration.path("tasks");
            return tasks.isEmpty() ? text : text + "\n" + asking.table(TASKS, tasks);
        });
    }

    /// A line for each key of a definition, named as in a file.
    private static List<Table.Column> ofKey(String prefix, String pointer, String key, JsonNode value) {
        var title = prefix + Plain.line(key);
        var at = pointer + "/" + key.replace("~", "~0").replace("/", "~1");
        if (!(value instanceof ObjectNode)) {
            return List.of(Table.Column.text(title, at));
        }
        var columns = new ArrayList<Table.Column>();
        value.properties().forEach(inner -> columns.addAll(ofKey(title + ".", at, inner.getKey(), inner.getValue())));
        return columns;
    }

    @Command(name = "list", description = "All of them, or some.", mixinStandardHelpOptions = true)
    static final class Listing implements Callable<Integer> {
        @Mixin
        private final Asking asking = new Asking();

        @Option(names = "--search", paramLabel = "TEXT", description = "Only whose name or definition contain it.")
        private Optional<String> search = Optional.empty();

        @Option(names = "--enabled", negatable = true, description = "Only those that are enabled, or disabled.")
        private Optional<Boolean> enabled = Optional.empty();

        @Option(
                names = "--sort",
                paramLabel = "KEY",
                description = "name, changed, or with a minus in front the other way round. Default: name.")
        private Optional<String> sort = Optional.empty();

        @Override
        public Integer call() {
            try (var client = asking.client()) {
                var ask = Ask.get("/integrations")
                        .query("search", search)
                        .query("enabled", enabled)
                        .query("sort", sort);
                asking.showItems(Lists.all(client, ask), COLUMNS);
            }
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "get",
            description = "One of them: its definition, and how its tasks on the answering node are.",
            mixinStandardHelpOptions = true)
    static final class Get implements Callable<Integer> {
        @Mixin
        private final Asking asking = new Asking();

        @Parameters(paramLabel = "NAME")
        private String name = "";

        @Override
        public Integer call() {
            try (var client = asking.client()) {
                show(asking, client.json(Ask.get(path(name))));
            }
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "export",
            description = "Definitions as one document, to be applied elsewhere or kept under version control.",
            mixinStandardHelpOptions = true)
    static final class Export implements Callable<Integer> {
        /// Form of the document.
        enum Form {
            JSON,
            HOCON;

            @Override
            public String toString() {
                return name().toLowerCase(Locale.ROOT);
            }
        }

        @Mixin
        private final Target target = new Target();

        @Parameters(paramLabel = "NAME", arity = "0..*", description = "Only these.")
        private List<String> names = List.of();

        @Option(
                names = "--format",
                paramLabel = "FORMAT",
                defaultValue = "json",
                description = "${COMPLETION-CANDIDATES}; a node reads hocon as a file. Default: ${DEFAULT-VALUE}.")
        private Form form = Form.JSON;

        @Option(names = "--to", paramLabel = "FILE", description = "Where to; default: standard output.")
        private Optional<Path> file = Optional.empty();

        @Override
        public Integer call() {
            var ask = Ask.get("/integrations:export").query("format", form.toString());
            for (var name : names) {
                ask = ask.query("name", name);
            }
            try (var client = target.client()) {
                var document = client.send(ask).body();
                if (file.isPresent()) {
                    write(file.get(), document);
                } else {
                    target.out().print(new String(document, UTF_8));
                    target.out().flush();
                }
            }
            return ExitCode.DONE;
        }

        private static void write(Path file, byte[] document) {
            try {
                Files.write(file, document);
            } catch (IOException e) {
                throw Failure.usage("file [%s]: expected one that can be written, was not (%s)"
                        .formatted(file, e.getClass().getSimpleName()));
            }
        }
    }
}
