package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What happened to an integration, and what went through it.
final class History {
    private History() {}

    @Command(name = "events", description = "What happened to one, the newest first.", mixinStandardHelpOptions = true)
    static final class EventsOf implements Callable<Integer> {
        /// Which events.
        enum Kind {
            LIFECYCLE,
            ERROR;

            @Override
            public String toString() {
                return name().toLowerCase(Locale.ROOT);
            }
        }

        private static final List<Table.Column> COLUMNS = List.of(
                Table.Column.moment("AT", "/at"),
                Table.Column.text("KIND", "/kind"),
                Table.Column.text("WHAT", "/what"),
                Table.Column.number("TASK", "/task"),
                Table.Column.text("TOPIC", "/topic"),
                Table.Column.text("MESSAGE", "/message"));

        @Mixin
        private final Asking asking = new Asking();

        @Mixin
        private final Newest newest = new Newest();

        @Mixin
        private final Span span = new Span();

        @Parameters(paramLabel = "NAME")
        private String name = "";

        @Option(names = "--kind", paramLabel = "KIND", description = "Only ${COMPLETION-CANDIDATES}.")
        private Optional<Kind> kind = Optional.empty();

        @Option(names = "--search", paramLabel = "TEXT", description = "Only those that contain it.")
        private Optional<String> search = Optional.empty();

        @Override
        public Integer call() {
            var ask = Ask.get(Integrations.path(name) + "/events")
                    .query("kind", kind)
                    .query("from", span.from(asking))
                    .query("to", span.to(asking))
                    .query("search", search);
            newest.show(asking, ask, COLUMNS);
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "stats",
            description = {
                "What went through one over time, all nodes together; the last hour by default.",
                "A table leaves out the times at which nothing happened."
            },
            mixinStandardHelpOptions = true)
    static final class Stats implements Callable<Integer> {
        private static final List<Table.Column> COLUMNS = List.of(
                Table.Column.moment("AT", "/at"),
                Table.Column.number("MESSAGES", "/messages"),
                Table.Column.number("BYTES", "/bytes"),
                Table.Column.number("DELIVERED", "/delivered"),
                Table.Column.number("QUEUED", "/queued"),
                Table.Column.number("PARKED", "/parked"),
                Table.Column.number("DISCARDED", "/discarded"),
                Table.Column.number("FAILURES", "/failures"),
                Table.Column.number("RESENDS", "/resends"),
                Table.Column.number("LAG s", "/lagSecondsMax"),
                Table.Column.number("P50 us", "/p50Micros"),
                Table.Column.number("P99 us", "/p99Micros"),
                Table.Column.number("MAX us", "/maxMicros"));

        @Mixin
        private final Asking asking = new Asking();

        @Mixin
        private final Span span = new Span();

        @Parameters(paramLabel = "NAME")
        private String name = "";

        @Option(names = "--step", paramLabel = "MINUTES", description = "Minutes of one line. Default: 1.")
        private Optional<Integer> step = Optional.empty();

        @Override
        public Integer call() {
            try (var client = asking.client()) {
                var answer = client.json(Ask.get(Integrations.path(name) + "/statistics")
                        .query("from", span.from(asking))
                        .query("to", span.to(asking))
                        .query("step", step));
                asking.show(answer, () -> asking.table(COLUMNS, eventful(answer.path("points"))));
            }
            return ExitCode.DONE;
        }

        private static List<JsonNode> eventful(JsonNode points) {
            return points.valueStream()
                    .filter(point -> point.valueStream().anyMatch(value -> value.asDouble() > 0))
                    .toList();
        }
    }
}
