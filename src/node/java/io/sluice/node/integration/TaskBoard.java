package io.sluice.node.integration;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.UnaryOperator;

/// Where the tasks of this node note how they are. Written by tasks, read by whoever watches; any thread.
public final class TaskBoard {

    /// How one task is.
    ///
    /// @param heldBatches batches accepted and not yet safe
    /// @param heldSince   when the oldest of them was received, milliseconds since the epoch; 0 if there is none
    /// @param epoch       generation of the owner, 0 before the first start
    /// @param problem     why the task last failed, or what it waits for; empty if it simply runs
    public record Note(
            String integration,
            int task,
            TaskPhase phase,
            int heldBatches,
            long heldSince,
            long epoch,
            String problem) {

        /// Age of the oldest unfinished message, in seconds.
        public double lagSeconds(long nowMillis) {
            return heldSince == 0 ? 0 : Math.max(0, nowMillis - heldSince) / 1000.0;
        }
    }

    private record TaskName(String integration, int task) {}

    private final ConcurrentMap<TaskName, Note> notes = new ConcurrentHashMap<>();

    /// All notes, by integration and task.
    public List<Note> notes() {
        return notes.values().stream()
                .sorted(Comparator.comparing(Note::integration).thenComparingInt(Note::task))
                .toList();
    }

    /// Whether a task noted that it is in a phase.
    public boolean isIn(String integration, int task, TaskPhase phase) {
        var note = notes.get(new TaskName(integration, task));
        return note != null && note.phase() == phase;
    }

    /// Whether a task is on this node and has not stopped.
    public boolean lives(String integration, int task) {
        var note = notes.get(new TaskName(integration, task));
        return note != null && note.phase() != TaskPhase.STOPPED;
    }

    /// What a task does instead of running, with its problem if it has one; empty if it runs.
    public String whyNotRunning(String integration, int task) {
        var note = notes.get(new TaskName(integration, task));
        if (note == null) {
            return "not started";
        }
        return note.phase() == TaskPhase.RUNNING ? "" : (note.phase() + " " + note.problem()).strip();
    }

    /// Age of the oldest message a task has not finished, in seconds.
    public double lagSeconds(String integration, int task, long nowMillis) {
        var note = notes.get(new TaskName(integration, task));
        return note == null ? 0 : note.lagSeconds(nowMillis);
    }

    /// Takes away what a task noted: nobody asks for it any more.
    public void forget(String integration, int task) {
        notes.remove(new TaskName(integration, task));
    }

    void phase(String integration, int task, TaskPhase phase) {
        note(
                integration,
                task,
                old -> new Note(
                        integration,
                        task,
                        phase,
                        old.heldBatches,
                        old.heldSince,
                        old.epoch,
                        phase == TaskPhase.RUNNING ? "" : old.problem));
    }

    void problem(String integration, int task, String problem) {
        note(
                integration,
                task,
                old -> new Note(integration, task, old.phase, old.heldBatches, old.heldSince, old.epoch, problem));
    }

    void epoch(String integration, int task, long epoch) {
        note(
                integration,
                task,
                old -> new Note(integration, task, old.phase, old.heldBatches, old.heldSince, epoch, old.problem));
    }

    void held(String integration, int task, int batches, long since) {
        note(integration, task, old -> new Note(integration, task, old.phase, batches, since, old.epoch, old.problem));
    }

    private void note(String integration, int task, UnaryOperator<Note> change) {
        notes.compute(
                new TaskName(integration, task),
                (_, old) ->
                        change.apply(old == null ? new Note(integration, task, TaskPhase.STARTING, 0, 0, 0, "") : old));
    }
}
