package io.sluice.node.observe;

import io.sluice.node.settings.Section;
import java.time.Duration;

/// How much is remembered of integrations.
///
/// @param eventsMax           events kept of an integration
/// @param eventsRetention     age at which an event goes
/// @param eventsBuffer        events of this node that may wait to be written
/// @param errorsPerSecond     events of kind error that an integration may have on this node in a second; the rest
///                            is counted in one
/// @param statisticsRetention age at which statistics go
public record HistorySettings(
        int eventsMax, Duration eventsRetention, int eventsBuffer, int errorsPerSecond, Duration statisticsRetention) {

    /// Reads `sluice.history`.
    public static HistorySettings from(Section section) {
        return new HistorySettings(
                section.number("events-max", 100, 1_000_000),
                section.duration("events-retention", Duration.ofHours(1), Duration.ofDays(3_650)),
                section.number("events-buffer", 100, 1_000_000),
                section.number("errors-per-second", 1, 1_000),
                section.duration("statistics-retention", Duration.ofHours(1), Duration.ofDays(400)));
    }
}
