package io.sluice.cli;

import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Option;

/// A span of time.
final class Span {
    @Option(
            names = "--from",
            paramLabel = "MOMENT",
            description =
                    "Not before: 2026-05-01T10:00:00Z, 2026-05-01T10:00 in your own zone, or 15m, 2h, 3d for a while ago.")
    private Optional<String> from = Optional.empty();

    @Option(names = "--to", paramLabel = "MOMENT", description = "Before.")
    private Optional<String> to = Optional.empty();

    Optional<Instant> from(Target target) {
        return from.map(text -> moment(text, target));
    }

    Optional<Instant> to(Target target) {
        return to.map(text -> moment(text, target));
    }

    boolean isGiven() {
        return from.isPresent() || to.isPresent();
    }

    private static Instant moment(String text, Target target) {
        return Lists.moment(text, target.surroundings().zone(), Instant.now());
    }
}
