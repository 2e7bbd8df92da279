package io.sluice.node.api;

import io.sluice.node.settings.Section;
import java.time.Duration;

/// Publishing over HTTP.
///
/// @param inFlightMax   most messages under way to the same integrations
/// @param inFlightBytes most bytes of them
/// @param timeout       longest time until a publisher is told that its messages are not safe yet
public record HttpIngressSettings(int inFlightMax, long inFlightBytes, Duration timeout) {
    private static final long MIB = 1 << 20;

    /// Reads `sluice.api.ingress`.
    public static HttpIngressSettings from(Section section) {
        return new HttpIngressSettings(
                section.number("in-flight-max", 1, 1_000_000),
                section.bytes("in-flight-bytes", MIB, 1024 * MIB),
                section.duration("timeout", Duration.ofMillis(100), Duration.ofMinutes(10)));
    }
}
