package io.sluice.node.handover;

import java.time.Duration;

/// Bounds of the handover to one task, see `sluice.handover` in `reference.conf`.
///
/// @param windowBatches most batches in flight to a task
/// @param windowBytes   most bytes in flight to a task
/// @param bufferBytes   bytes held for a task, in flight or waiting, from which publishers are no longer read
/// @param resendAfter   silence after which the task is asked where it stands
public record HandoverSettings(int windowBatches, long windowBytes, long bufferBytes, Duration resendAfter) {

    /// Bytes held for a task below which publishers are read again.
    public long lowWatermarkBytes() {
        return bufferBytes / 2;
    }
}
