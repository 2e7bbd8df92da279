package io.sluice.node.integration;

import io.sluice.node.queue.QueueReaders;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Opens what a task writes through. Blocks, in bounded time: what takes longer than the start timeout is
/// closed, which ends the wait.
///
/// @param plan  of the task, in the version to be opened
/// @param known lanes that have begun
/// @param queue may have what is to be written before anything of these lanes
record Opening(TaskPlan plan, long known, TaskQueue queue, TaskSettings settings, TaskTools tools) {

    /// What came of it.
    sealed interface Result {
        /// @param epoch generation of the owner
        /// @param look  what may be written; taken before the epoch, which so is higher than that of all before
        record Opened(Outlet outlet, long epoch, QueueReaders.Look look) implements Result {}

        /// @param problem in words for an operator
        record Failed(String problem) implements Result {}
    }

    /// Whoever waited for it is gone.
    static void closeOnceDone(CompletionStage<Result> opening) {
        opening.thenAccept(result -> {
            if (result instanceof Result.Opened(var outlet, var _, var _)) {
                outlet.stop();
            }
        });
    }

    Result run() {
        if (!tools.mayWrite().getAsBoolean()) {
            return new Result.Failed(Outlet.Fenced.PROBLEM); // an epoch now would be above the new owner's
        }
        QueueReaders.Look look;
        try {
            look = queue.look(known);
        } catch (RuntimeException e) {
            return new Result.Failed("queue: " + e.getMessage());
        }
        try {
            var epoch = tools.nextEpoch(plan);
            if (!tools.mayWrite().getAsBoolean()) {
                return new Result.Failed(Outlet.Fenced.PROBLEM); // a transactional producer would fence the new owner
            }
            return warmedUp(outlet(plan.properties().get()), epoch, look);
        } catch (RuntimeException e) {
            return new Result.Failed(plan.problems().explain(e));
        }
    }

    private Outlet outlet(Map<String, Object> properties) {
        return plan.topic() == null
                ? Outlet.openForPatterns(properties, tools.mayWrite(), settings.patternTopics())
                : Outlet.open(properties, tools.mayWrite());
    }

    private Result warmedUp(Outlet outlet, long epoch, QueueReaders.Look look) {
        try {
            CompletableFuture.runAsync(() -> outlet.warmUp(plan.topic()), tools.blocking())
                    .get(settings.startTimeout().toMillis(), TimeUnit.MILLISECONDS);
            return new Result.Opened(outlet, epoch, look);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            outlet.stop();
            return new Result.Failed("interrupted");
        } catch (ExecutionException | TimeoutException e) {
            outlet.stop();
            return new Result.Failed(plan.problems().explain(e.getCause() == null ? e : e.getCause()));
        }
    }
}
