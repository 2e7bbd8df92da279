package io.sluice.node.catalog;

import io.sluice.node.settings.Section;
import java.time.Duration;

/// The catalog.
///
/// @param entriesMax     most definitions it holds
/// @param definitionMax  bytes of the longest one
/// @param snapshotEvery  changes between two snapshots: a start reads at most so many and one snapshot
/// @param spreadInterval how often all of it is told to the nodes again, besides each change at once
/// @param backoffMin     first pause after the store failed
/// @param backoffMax     longest pause
/// @param backoffJitter  part of a pause that is random, 0 to 1
public record CatalogSettings(
        int entriesMax,
        int definitionMax,
        int snapshotEvery,
        Duration spreadInterval,
        Duration backoffMin,
        Duration backoffMax,
        double backoffJitter) {

    /// How much the catalog holds.
    record Bounds(int entriesMax, int definitionMax) {}

    Bounds bounds() {
        return new Bounds(entriesMax, definitionMax);
    }

    /// Reads `sluice.catalog`.
    public static CatalogSettings from(Section section) {
        var settings = new CatalogSettings(
                section.number("entries-max", 1, 10_000),
                (int) section.bytes("definition-max", 1 << 10, 1 << 20),
                section.number("snapshot-every", 1, 10_000),
                section.duration("spread-interval", Duration.ofMillis(100), Duration.ofMinutes(10)),
                section.duration("backoff-min", Duration.ofMillis(10), Duration.ofMinutes(1)),
                section.duration("backoff-max", Duration.ofMillis(10), Duration.ofMinutes(10)),
                section.fraction("backoff-jitter", 0, 1));
        if (settings.backoffMax().compareTo(settings.backoffMin()) < 0) {
            section.problem("backoff-max", "must be at least backoff-min");
        }
        return settings;
    }
}
