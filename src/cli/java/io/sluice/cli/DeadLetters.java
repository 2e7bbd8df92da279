package io.sluice.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Messages that could not be delivered.
@Command(
        name = "dead-letters",
        description = "Messages that could not be delivered.",
        mixinStandardHelpOptions = true,
        subcommands = {
            DeadLetters.Listing.class,
            DeadLetters.Get.class,
            DeadLetters.Replay.class,
            DeadLetters.Discard.class
        })
final class DeadLetters {
    private static final List<Table.Column> COLUMNS = List.of(
            Table.Column.number("ID", "/id"),
            Table.Column.number("TIMES", "/times"),
            Table.Column.text("INTEGRATION", "/integration"),
            Table.Column.moment("PARKED", "/parkedAt"),
            Table.Column.text("TOPIC", "/topic"),
            Table.Column.text("CLIENT", "/clientId"),
            Table.Column.number("BYTES", "/bytes"),
            Table.Column.text("REASON", "/reason"),
            Table.Column.text("ERROR", "/error"));

    private static final List<Table.Column> ONE = List.of(
            Table.Column.text("id", "/id"),
            Table.Column.text("times", "/times"),
            Table.Column.text("integration", "/integration"),
            Table.Column.text("task", "/task"),
            Table.Column.text("arrival id", "/arrivalId"),
            Table.Column.text("topic", "/topic"),
            Table.Column.text("client", "/clientId"),
            Table.Column.text("username", "/username"),
            Table.Column.text("qos", "/qos"),
            Table.Column.text("retain", "/retain"),
            Table.Column.text("subject", "/subject"),
            Table.Column.text("reason", "/reason"),
            Table.Column.text("error", "/error"),
            Table.Column.moment("received", "/receivedAt"),
            Table.Column.moment("parked", "/parkedAt"),
            Table.Column.text("bytes", "/bytes"),
            Table.Column.text("properties", "/properties"),
            Table.Column.text("payload", "/payload"),
            Table.Column.text("payload in Base64", "/payloadBase64"));

    private static final List<Table.Column> REPLAYED = List.of(
            Table.Column.text("replayed", "/replayed"),
            Table.Column.text("parked again", "/parkedAgain"),
            Table.Column.text("left", "/left"),
            Table.Column.text("problem", "/problem"));

    private DeadLetters() {}

    /// Which of them.
    static final class Filters {
        @Mixin
        private final Span span = new Span();

        @Option(names = "--integration", paramLabel = "NAME")
        private Optional<String> integration = Optional.empty();

        @Option(names = "--reason", paramLabel = "REASON", description = "Word of a reason, as list shows it.")
        private Optional<String> reason = Optional.empty();

        @Option(names = "--topic", paramLabel = "TEXT", description = "Part of the topic.")
        private Optional<String> topic = Optional.empty();

        @Option(names = "--client-id", paramLabel = "ID")
        private Optional<String> clientId = Optional.empty();

        @Option(names = "--subject", paramLabel = "SUBJECT")
        private Optional<String> subject = Optional.empty();

        Map<String, String> given(Target target) {
            var given = new LinkedHashMap<String, String>();
            integration.ifPresent(text -> given.put("integration", text));
            reason.ifPresent(text -> given.put("reason", text));
            topic.ifPresent(text -> given.put("topic", text));
            clientId.ifPresent(text -> given.put("clientId", text));
            subject.ifPresent(text -> given.put("subject", text));
            span.from(target).ifPresent(moment -> given.put("from", moment.toString()));
            span.to(target).ifPresent(moment -> given.put("to", moment.toString()));
            return given;
        }

        Ask list(Target target) {
            var ask = Ask.get("/dead-letters");
            for (var filter : given(target).entrySet()) {
                ask = ask.query(filter.getKey(), filter.getValue());
            }
            return ask;
        }
    }

    /// Some by their ids, or all that filters leave, or all.
    static final class Selection {
        @Mixin
        private final Filters filters = new Filters();

        @Parameters(paramLabel = "ID", arity = "0..*", description = "As list shows it.")
        private List<Long> ids = List.of();

        @Option(names = "--all", description = "All of them, or of those that the filters leave.")
        private boolean all;

        @Option(
                names = {"-y", "--yes"},
                description = "Do not ask.")
        private boolean yes;

        ObjectNode body(Target target) {
            var given = filters.given(target);
            if (ids.isEmpty() == (given.isEmpty() && !all)) {
                throw Failure.usage("expected either ids, or filters, or --all, was %s"
                        .formatted(ids.isEmpty() ? "none of them" : "more than one"));
            }
            var body = Json.object();
            ids.stream().distinct().forEach(body.withArray("ids")::add);
            if (ids.isEmpty()) {
                body.remove("ids");
            }
            given.forEach(body::put);
            return all ? body.put("all", true) : body;
        }

        boolean isById() {
            return !ids.isEmpty();
        }

        /// How many of them there are now.
        long count(Target target, Client client) {
            return isById()
                    ? ids.stream().distinct().count()
                    : client.json(filters.list(target).query("size", "1"))
                            .path("total")
                            .asLong();
        }
    }

    @Command(name = "list", description = "All or some, the newest first.", mixinStandardHelpOptions = true)
    static final class Listing implements Callable<Integer> {
        @Mixin
        private final Asking asking = new Asking();

        @Mixin
        private final Newest newest = new Newest();

        @Mixin
        private final Filters filters = new Filters();

        @Override
        public Integer call() {
            newest.show(asking, filters.list(asking), COLUMNS);
            return ExitCode.DONE;
        }
    }

    @Command(name = "get", description = "One of them, with its payload.", mixinStandardHelpOptions = true)
    static final class Get implements Callable<Integer> {
        @Mixin
        private final Asking asking = new Asking();

        @Parameters(paramLabel = "ID")
        private long id;

        @Override
        public Integer call() {
            try (var client = asking.client()) {
                asking.showOne(client.json(Ask.get("/dead-letters/" + id)), ONE);
            }
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "replay",
            description = {
                "Hand them to their integrations again, in the order they were parked. One that is safe is deleted.",
                "Ends with 1 if any are left, or parked again."
            },
            mixinStandardHelpOptions = true)
    static final class Replay implements Callable<Integer> {
        @Mixin
        private final Asking asking = new Asking();

        @Mixin
        private final Selection selection = new Selection();

        @Override
        public Integer call() {
            var body = selection.body(asking);
            try (var client = asking.client()) {
                if (!selection.isById()) {
                    asking.confirm(selection.yes, "replay %d dead letters".formatted(selection.count(asking, client)));
                }
                var answer =
                        client.json(Ask.post("/dead-letters:replay").json(body).slow());
                asking.showOne(answer, REPLAYED);
                var undelivered = answer.path("left").asLong()
                        + answer.path("parkedAgain").asLong();
                return undelivered == 0 && !answer.has("problem") ? ExitCode.DONE : ExitCode.REFUSED;
            }
        }
    }

    @Command(name = "discard", description = "Delete them for ever.", mixinStandardHelpOptions = true)
    static final class Discard implements Callable<Integer> {
        private static final List<Table.Column> DISCARDED = List.of(Table.Column.text("discarded", "/count"));

        @Mixin
        private final Asking asking = new Asking();

        @Mixin
        private final Selection selection = new Selection();

        @Override
        public Integer call() {
            var body = selection.body(asking);
            try (var client = asking.client()) {
                asking.confirm(
                        selection.yes, "delete %d dead letters for ever".formatted(selection.count(asking, client)));
                asking.showOne(client.json(Ask.post("/dead-letters:discard").json(body)), DISCARDED);
            }
            return ExitCode.DONE;
        }
    }
}
