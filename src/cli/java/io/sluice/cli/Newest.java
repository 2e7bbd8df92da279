package io.sluice.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/// How much of a list that goes back in time.
final class Newest {
    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "Most of them. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--before", paramLabel = "N", description = "Only older ones than this.")
    private Optional<Long> before = Optional.empty();

    /// Shows them.
    void show(Asking asking, Ask ask, java.util.List<Table.Column> columns) {
        if (limit < 1) {
            throw Failure.usage("--limit: expected at least 1, was " + limit);
        }
        try (var client = asking.client()) {
            var answer = Lists.newest(client, ask.query("before", before), limit);
            asking.showItems(answer, columns);
            asking.tellNext(answer);
        }
    }
}
