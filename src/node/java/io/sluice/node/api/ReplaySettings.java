package io.sluice.node.api;

import io.sluice.node.settings.Section;
import java.time.Duration;

/// The replay of dead letters.
///
/// @param timeout longest wait for room in the integration, and then until it has a page of them safe
/// @param timeMax longest run
public record ReplaySettings(Duration timeout, Duration timeMax) {

    /// Reads `sluice.api.replay`.
    public static ReplaySettings from(Section section) {
        return new ReplaySettings(
                section.duration("timeout", Duration.ofMillis(100), Duration.ofMinutes(10)),
                section.duration("time-max", Duration.ofSeconds(1), Duration.ofMinutes(2)));
    }
}
