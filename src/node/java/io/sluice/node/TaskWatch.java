package io.sluice.node;

import io.sluice.node.handover.Way;
import io.sluice.node.integration.TaskBoard;
import io.sluice.node.integration.TaskPhase;
import io.sluice.node.observe.EventLog;
import io.sluice.node.observe.Meters;
import io.sluice.node.observe.Readiness;
import org.jspecify.annotations.Nullable;

/// Shows how tasks are: as conditions of readiness and as metrics; and tells what becomes of their integrations.
record TaskWatch(TaskBoard board, TaskOverview overview, Readiness readiness, Meters meters, EventLog events) {

    /// What became of an integration on this node.
    void tell(String integration, String what, String message) {
        events.lifecycle(integration, what, message);
    }

    /// From now on so many tasks are to run; or, where there is a queue, that is to be written, for what comes does not
    /// wait for the tasks. May be said again.
    void require(String integration, int tasks, @Nullable Queues queues) {
        if (queues != null && tasks > 0) {
            readiness.require(queueCondition(integration), () -> queues.trouble(integration));
        } else {
            readiness.forget(queueCondition(integration));
        }
        for (int task = 0; task < tasks; task++) {
            var number = task;
            if (queues == null) {
                readiness.require(condition(integration, task), () -> overview.whyNotRunning(integration, number));
            } else {
                release(integration, task);
            }
        }
    }

    /// Once, until it is forgotten.
    ///
    /// @param way to it
    void measure(String integration, int task, Way way) {
        meters.heldBytes(integration, task, () -> way.heldBytes(task));
        meters.lag(integration, task, () -> board.lagSeconds(integration, task, System.currentTimeMillis()));
        for (var phase : TaskPhase.values()) {
            meters.phase(integration, task, phase.toString(), () -> board.isIn(integration, task, phase) ? 1 : 0);
        }
    }

    /// It need not run any more.
    void release(String integration, int task) {
        readiness.forget(condition(integration, task));
    }

    /// Nothing is left of it.
    void forget(String integration, int task) {
        release(integration, task);
        board.forget(integration, task);
        meters.forget(integration, task);
    }

    /// Nothing is left of an integration.
    void forget(String integration) {
        readiness.forget(queueCondition(integration));
    }

    private static String queueCondition(String integration) {
        return "queue of " + integration;
    }

    private static String condition(String integration, int task) {
        return "task " + integration + "/" + task;
    }
}
