package io.sluice.node.handover;

import io.sluice.node.settings.Section;
import java.time.Duration;

/// How much may be on its way between a node and a task.
///
/// @param windowBatches batches sent and not yet acknowledged
/// @param windowBytes   bytes of them
/// @param bufferBytes   bytes held for a task until its publishers are slowed
/// @param overloadBytes bytes held for a task from which on it takes nothing more at all
/// @param resendAfter   how long an acknowledgement may take until the window is sent again
public record HandoverSettings(
        int windowBatches, long windowBytes, long bufferBytes, long overloadBytes, Duration resendAfter) {
    private static final long MIB = 1 << 20;

    /// Reads `sluice.handover`.
    public static HandoverSettings from(Section section) {
        var settings = new HandoverSettings(
                section.number("window-batches", 1, 4096),
                section.bytes("window-bytes", MIB, 1024 * MIB),
                section.bytes("buffer-bytes", MIB, 1024 * MIB),
                section.bytes("overload-bytes", MIB, 4096 * MIB),
                section.duration("resend-after", Duration.ofMillis(50), Duration.ofMinutes(1)));
        if (settings.overloadBytes < settings.bufferBytes) {
            section.problem("overload-bytes", "must be at least buffer-bytes, or a task is never slowed, only refused");
        }
        return settings;
    }

    /// Bytes held for a task at which its slowed publishers are read again: half the bound, so that they are not
    /// stopped and released with every batch.
    public long lowWatermarkBytes() {
        return bufferBytes / 2;
    }
}
