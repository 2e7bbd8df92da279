package io.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What an integration would do, without doing it.
final class Trials {
    private Trials() {}

    /// One that is defined, or that a file would define.
    static final class Subject {
        @Mixin
        private final Documents documents = new Documents();

        @Parameters(paramLabel = "NAME", arity = "0..1", description = "Of one that is defined.")
        private Optional<String> name = Optional.empty();

        /// @return the one of the file, if it is not one that is defined
        Optional<Map.Entry<String, ObjectNode>> ofFile(Target target) {
            if (name.isPresent() != documents.isEmpty()) {
                throw Failure.usage(
                        "expected either a name or a file, was %s".formatted(documents.isEmpty() ? "neither" : "both"));
            }
            if (name.isPresent()) {
                return Optional.empty();
            }
            var read = documents.read(target.surroundings());
            if (read.size() > 1) {
                throw Failure.usage("expected a file with a single integration, was one with " + read.size());
            }
            return Optional.of(read.firstEntry());
        }

        String path() {
            return Integrations.path(name.orElseThrow());
        }
    }

    @Command(
            name = "check",
            description = {
                "Walk the way to its Kafka, step by step, up to a write that is taken back.",
                "Ends with 1 if a step fails."
            },
            mixinStandardHelpOptions = true)
    static final class Check implements Callable<Integer> {
        private static final List<Table.Column> COLUMNS = List.of(
                Table.Column.text("STEP", "/name"),
                Table.Column.text("OUTCOME", "/outcome"),
                Table.Column.number("ms", "/milliseconds"),
                Table.Column.text("DETAIL", "/words"));

        @Mixin
        private final Asking asking = new Asking();

        @Mixin
        private final Subject subject = new Subject();

        @Override
        public Integer call() {
            var definition = subject.ofFile(asking);
            var ask = definition
                    .map(one -> Ask.post("/integrations:check").json(one.getValue()))
                    .orElseGet(() -> Ask.post(subject.path() + "/check"));
            try (var client = asking.client()) {
                var answer = client.json(ask.slow());
                asking.show(answer, () -> asking.table(COLUMNS, lines(answer.path("steps"))));
                return answer.path("ok").asBoolean() ? ExitCode.DONE : ExitCode.REFUSED;
            }
        }

        /// A line for each step, and one for each warning and cure.
        private static List<JsonNode> lines(JsonNode steps) {
            var lines = new ArrayList<JsonNode>();
            for (var step : steps) {
                ObjectNode line = step.deepCopy();
                lines.add(line.put("words", step.path("detail").asText()));
                step.path("warnings")
                        .forEach(warning -> lines.add(Json.object().put("words", "warning: " + warning.asText())));
                var cure = step.path("cure").asText();
                if (!cure.isEmpty()) {
                    lines.add(Json.object().put("words", "cure: " + cure));
                }
            }
            return lines;
        }
    }

    @Command(
            name = "preview",
            description = "The record that it would make of a message. Nothing is written.",
            mixinStandardHelpOptions = true)
    static final class Preview implements Callable<Integer> {
        private static final List<Table.Column> COLUMNS = List.of(
                Table.Column.text("matches", "/matches"),
                Table.Column.text("subject", "/subject"),
                Table.Column.text("task", "/task"),
                Table.Column.text("dead letter", "/deadLetter/reason"),
                Table.Column.text("error", "/deadLetter/error"),
                Table.Column.text("topic", "/record/topic"),
                Table.Column.text("key", "/record/key"),
                Table.Column.moment("timestamp", "/record/timestamp"),
                Table.Column.text("value", "/record/value"),
                Table.Column.text("value in Base64", "/record/valueBase64"));

        private static final List<Table.Column> HEADERS =
                List.of(Table.Column.text("HEADER", "/name"), Table.Column.text("VALUE", "/value"));

        @Mixin
        private final Asking asking = new Asking();

        @Mixin
        private final Subject subject = new Subject();

        @Mixin
        private final Payload.OfSample payload = new Payload.OfSample();

        @Option(names = "--topic", paramLabel = "TOPIC", required = true, description = "MQTT topic of the message.")
        private String topic = "";

        @Option(names = "--client-id", paramLabel = "ID", description = "Who published it.")
        private Optional<String> clientId = Optional.empty();

        @Option(names = "--content-type", paramLabel = "TYPE")
        private Optional<String> contentType = Optional.empty();

        @Option(names = "--property", paramLabel = "NAME=VALUE", description = "User property; as many as needed.")
        private List<String> properties = List.of();

        @Override
        public Integer call() {
            var definition = subject.ofFile(asking);
            var ask = definition
                    .map(one -> Ask.post("/integrations:preview").json(of(one)))
                    .orElseGet(() -> Ask.post(subject.path() + "/preview").json(message()));
            try (var client = asking.client()) {
                var answer = client.json(ask);
                asking.show(answer, () -> {
                    var text =
                            Table.ofOne(COLUMNS, answer, asking.surroundings().zone());
                    var headers = answer.at("/record/headers");
                    return headers.isEmpty() ? text : text + "\n" + asking.table(HEADERS, headers);
                });
            }
            return ExitCode.DONE;
        }

        private ObjectNode of(Map.Entry<String, ObjectNode> definition) {
            var body = Json.object().put("name", definition.getKey());
            body.set("definition", definition.getValue());
            body.set("message", message());
            return body;
        }

        private ObjectNode message() {
            var message = Json.object().put("topic", topic);
            payload.bytes(asking).ifPresent(bytes -> {
                var text = new String(bytes, UTF_8);
                if (java.util.Arrays.equals(text.getBytes(UTF_8), bytes)) {
                    message.put("payload", text);
                } else {
                    message.put("payloadBase64", Base64.getEncoder().encodeToString(bytes));
                }
            });
            clientId.ifPresent(id -> message.put("clientId", id));
            contentType.ifPresent(type -> message.put("contentType", type));
            for (var property : properties) {
                var pair = Payload.pair("--property", property);
                message.withArray("userProperties")
                        .addObject()
                        .put("name", pair.getKey())
                        .put("value", pair.getValue());
            }
            return message;
        }
    }
}
