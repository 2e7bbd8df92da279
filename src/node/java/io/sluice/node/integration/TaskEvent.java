package io.sluice.node.integration;

import io.sluice.node.queue.QueueReader;

/// What a task hears of its own parts; it never travels.
sealed interface TaskEvent extends Task.Command {
    sealed interface OfOutlet extends TaskEvent {}

    record HasOpened(Opening.Result result) implements OfOutlet {}

    enum OutletEnded implements OfOutlet {
        INSTANCE
    }

    sealed interface OfLine extends TaskEvent {}

    record Safe(Line line, int[] parked) implements OfLine {}

    record Ended(Line line) implements OfLine {}

    record Broken(Line line, Throwable cause) implements OfLine {}

    /// It waits, and tries again.
    ///
    /// @param what    `unkept`, a dead letter that could not be kept, or `waits`, outcomes that cannot be sent on
    /// @param problem in words for an operator
    record Waits(Line line, String what, String problem) implements OfLine {}

    sealed interface OfQueue extends TaskEvent {}

    record FromQueue(QueueReader reader, QueueReader.Chunk chunk) implements OfQueue {}

    /// What waits for its lanes may be shipped now.
    enum MayBeClear implements OfQueue {
        INSTANCE
    }

    /// Why the queue cannot be read; empty when it can be again.
    record QueueTrouble(String problem) implements OfQueue {}

    enum PauseOver implements TaskEvent {
        INSTANCE
    }

    enum DrainTimeOver implements TaskEvent {
        INSTANCE
    }

    enum LookAtClock implements TaskEvent {
        INSTANCE
    }
}
