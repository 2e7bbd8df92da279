package io.sluice.node.integration;

import io.sluice.node.observe.EventLog;

/// Notes on the board how a task is, and tells the events what of it is news: a task that tries again and again says
/// so the 1st, 2nd, 4th, 8th … time, and whenever the reason is another one. Confined to the task's actor.
final class TaskVoice {
    private final String integration;
    private final int task;
    private final TaskBoard board;
    private final EventLog events;
    private String lastPhase = "";
    private String lastProblem = "";
    private int failures;
    private boolean failureTold;
    private boolean waiting;

    TaskVoice(String integration, int task, TaskTools tools) {
        this.integration = integration;
        this.task = task;
        this.board = tools.board();
        this.events = tools.events();
    }

    void starting() {
        board.phase(integration, task, TaskPhase.STARTING);
    }

    void running(long epoch) {
        board.epoch(integration, task, epoch);
        board.phase(integration, task, TaskPhase.RUNNING);
        news("started", "epoch " + epoch);
    }

    void failed(String problem) {
        failed("failed", problem);
    }

    void backingOff() {
        board.phase(integration, task, TaskPhase.BACKING_OFF);
        if (failureTold) {
            news("backing-off", "tries again after a pause");
        }
    }

    /// It waits for something to be kept or to be sent on.
    void waits(String what, String problem) {
        waiting = true;
        failed(what, problem);
    }

    /// @param problem why the queue cannot be read; empty when it can be again
    void queueTrouble(String problem) {
        if (problem.isEmpty()) {
            noProblem();
        } else {
            failed("queue", problem);
        }
    }

    void draining() {
        board.phase(integration, task, TaskPhase.DRAINING);
        news("draining", "finishes what it has");
    }

    /// @param wanted whether it is to come back
    void stopped(String how, int handedBack, boolean wanted) {
        if (wanted) {
            board.phase(integration, task, TaskPhase.STOPPED);
        } else {
            board.forget(integration, task);
        }
        news("stopped", "%s, %d batches handed back".formatted(how, handedBack));
    }

    /// Something is safe: it gets on.
    void gotOn() {
        failures = 0;
        lastProblem = "";
        if (waiting) {
            waiting = false;
            noProblem();
        }
    }

    void noProblem() {
        board.problem(integration, task, "");
    }

    void held(int batches, long since) {
        board.held(integration, task, batches, since);
    }

    private void failed(String what, String problem) {
        board.problem(integration, task, problem);
        var reason = what + problem.replaceAll("\\d+", "");
        failures++;
        failureTold = Integer.bitCount(failures) == 1 || !reason.equals(lastProblem);
        lastProblem = reason;
        if (failureTold) {
            events.error(
                    integration,
                    task,
                    what,
                    failures == 1 ? problem : "%s (failure %d in a row)".formatted(problem, failures));
        }
    }

    private void news(String phase, String message) {
        if (!phase.equals(lastPhase)) {
            lastPhase = phase;
            events.lifecycle(integration, task, phase, message);
        }
    }
}
