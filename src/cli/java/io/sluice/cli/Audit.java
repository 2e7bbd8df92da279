package io.sluice.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Who changed what.
@Command(
        name = "audit",
        description = "Who changed what, and undoing it.",
        mixinStandardHelpOptions = true,
        subcommands = {Audit.Listing.class, Audit.Revert.class})
final class Audit {
    private static final List<Table.Column> COLUMNS = List.of(
            Table.Column.number("VERSION", "/version"),
            Table.Column.moment("AT", "/at"),
            Table.Column.text("BY", "/by"),
            Table.Column.text("WHAT", "/what"),
            Table.Column.text("KIND", "/kind"),
            Table.Column.text("NAME", "/name"),
            Table.Column.text("DEFINITION", "/definition"));

    private Audit() {}

    @Command(name = "list", description = "All changes or some, the newest first.", mixinStandardHelpOptions = true)
    static final class Listing implements Callable<Integer> {
        /// What was changed.
        enum Kind {
            INGRESS,
            INTEGRATION,
            USER,
            TOKEN;

            @Override
            public String toString() {
                return name().toLowerCase(Locale.ROOT);
            }
        }

        @Mixin
        private final Asking asking = new Asking();

        @Mixin
        private final Newest newest = new Newest();

        @Option(names = "--kind", paramLabel = "KIND", description = "Only of ${COMPLETION-CANDIDATES}.")
        private Optional<Kind> kind = Optional.empty();

        @Option(names = "--name", paramLabel = "NAME", description = "Only of what has this name.")
        private Optional<String> name = Optional.empty();

        @Override
        public Integer call() {
            newest.show(asking, Ask.get("/audit").query("kind", kind).query("name", name), COLUMNS);
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "revert",
            description = "Make what was changed as it was before the change.",
            mixinStandardHelpOptions = true)
    static final class Revert implements Callable<Integer> {
        @Mixin
        private final Asking asking = new Asking();

        @Parameters(paramLabel = "VERSION", description = "Of the change, as list shows it.")
        private long version;

        @Override
        public Integer call() {
            try (var client = asking.client()) {
                var answer = client.json(Ask.post("/audit/%d/revert".formatted(version)));
                asking.show(answer, () -> asking.table(COLUMNS, List.of(answer)));
            }
            return ExitCode.DONE;
        }
    }
}
