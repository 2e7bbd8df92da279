package io.sluice.node.integration;

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
