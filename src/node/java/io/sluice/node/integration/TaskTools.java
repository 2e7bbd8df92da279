package io.sluice.node.integration;

import java.util.concurrent.Executor;

/// What every task of a node is lent.
///
/// @param blocking    threads that may block; virtual ones
/// @param epochs      hands out owner generations, strictly rising for each task; may block
/// @param deadLetters keeps what can never be delivered; may block
/// @param failures    counts lines that broke
/// @param board       where tasks note how they are
public record TaskTools(Executor blocking, Epochs epochs, DeadLetters deadLetters, Failures failures, TaskBoard board) {

    /// Owner generations.
    public interface Epochs {
        long next(String integration, int task);
    }

    /// Makes the box of one task.
    public interface DeadLetters {
        Parking.DeadLetterBox of(TaskPlan plan);
    }

    /// Counts lines that broke.
    public interface Failures {
        void count(String integration);
    }

    long nextEpoch(TaskPlan plan) {
        return epochs.next(plan.integration(), plan.task());
    }

    Parking.DeadLetterBox deadLetters(TaskPlan plan) {
        return deadLetters.of(plan);
    }

    void failed(TaskPlan plan) {
        failures.count(plan.integration());
    }
}
