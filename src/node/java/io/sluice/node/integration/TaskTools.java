package io.sluice.node.integration;

import io.sluice.node.event.End;
import io.sluice.node.observe.EventLog;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/// What every task of a node is lent.
///
/// @param blocking    threads that may block; virtual ones
/// @param mayWrite    whether this node may write now
/// @param epochs      hands out owner generations, strictly rising for each integration; may block
/// @param deadLetters keeps what can never be delivered; may block
/// @param parked      counts what the box took
/// @param chain       where outcomes are sent on
/// @param failures    counts lines that broke
/// @param board       where tasks note how they are
/// @param events      where tasks tell what happened to them
/// @param leftQueue   counts what has left a queue
public record TaskTools(
        Executor blocking,
        BooleanSupplier mayWrite,
        Epochs epochs,
        DeadLetters deadLetters,
        Parked parked,
        Chain chain,
        Failures failures,
        TaskBoard board,
        EventLog events,
        LeftQueue leftQueue) {

    /// Owner generations.
    public interface Epochs {
        long next(String integration);
    }

    /// Makes the box of one task.
    public interface DeadLetters {
        Parking.DeadLetterBox of(TaskPlan plan);
    }

    /// Counts dead letters, one that is kept again after a fault included.
    public interface Parked {
        void count(String integration, String reason);
    }

    /// Counts lines that broke.
    public interface Failures {
        void count(String integration);
    }

    /// Counts messages that have left a queue, repeats after a fault included.
    public interface LeftQueue {
        void count(String integration, End end, long messages);
    }

    void leftQueue(TaskPlan plan, End end, long messages) {
        leftQueue.count(plan.integration(), end, messages);
    }

    long nextEpoch(TaskPlan plan) {
        return epochs.next(plan.integration());
    }

    Parking.DeadLetterBox deadLetters(TaskPlan plan) {
        var box = deadLetters.of(plan);
        return (arrival, subject, reason, error) -> {
            box.park(arrival, subject, reason, error);
            parked.count(plan.integration(), reason);
        };
    }

    void failed(TaskPlan plan) {
        failures.count(plan.integration());
    }
}
