package io.sluice.node.api;

import io.sluice.node.live.LiveBuffer;
import io.sluice.node.settings.Section;
import java.time.Duration;

/// Live messages over HTTP.
///
/// @param viewersMax at a time on this node
/// @param buffer     of each viewer, and of each other node from which messages of this one are watched
/// @param heartbeat  at the latest until something is written, and until it is looked again whether the viewer may
///                   still watch
/// @param timeMax    after which a stream ends
public record TailSettings(int viewersMax, LiveBuffer.Bounds buffer, Duration heartbeat, Duration timeMax) {

    /// Reads `sluice.api.tail`.
    public static TailSettings from(Section section) {
        return new TailSettings(
                section.number("viewers-max", 0, 1_000),
                new LiveBuffer.Bounds(
                        section.number("buffer-messages", 1, 1_000_000),
                        section.bytes("buffer-bytes", 64 << 10, 1 << 30)),
                section.duration("heartbeat", Duration.ofMillis(100), Duration.ofMinutes(1)),
                section.duration("time-max", Duration.ofSeconds(1), Duration.ofDays(1)));
    }
}
