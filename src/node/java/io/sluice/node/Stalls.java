package io.sluice.node;

import io.sluice.node.integration.Plans;
import io.sluice.node.integration.TaskBoard;
import io.sluice.node.integration.TaskPhase;
import io.sluice.node.observe.EventLog;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says once that a running task no longer gets on, with the reason, and once that it does again.
///
/// A producer waits for its broker as long as it takes, so nothing fails and nobody else would say it. Not
/// thread-safe: run it again after it has ended. Blocks while it looks for the reason.
final class Stalls implements Runnable {
    /// How old the oldest message without an acknowledgement may be; also the time between two looks.
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(Stalls.class);

    private final TaskBoard board;
    private final Plans plans;
    private final EventLog events;
    private final Set<String> stalled = new HashSet<>();

    Stalls(TaskBoard board, Plans plans, EventLog events) {
        this.board = board;
        this.plans = plans;
        this.events = events;
    }

    @Override
    public void run() {
        var now = System.currentTimeMillis();
        var notes = board.notes();
        stalled.retainAll(notes.stream().map(Stalls::name).toList());
        notes.forEach(note -> look(note, note.lagSeconds(now)));
    }

    private static String name(TaskBoard.Note note) {
        return note.integration() + "/" + note.task();
    }

    private void look(TaskBoard.Note note, double lagSeconds) {
        var name = name(note);
        var plan = plans.find(note.integration(), note.task());
        var waits = note.phase() == TaskPhase.RUNNING && lagSeconds >= PATIENCE.toSeconds();
        if (waits && plan.isPresent() && stalled.add(name)) {
            var reason = note.problem().isEmpty()
                    ? plan.get().problems().explain(new TimeoutException("no acknowledgement yet"))
                    : note.problem();
            log.warn(
                    "task [{}] waits {} s for Kafka with {} batches: {}",
                    name,
                    Math.round(lagSeconds),
                    note.heldBatches(),
                    reason);
            events.error(note.integration(), note.task(), "stalled", reason);
        } else if (!waits && stalled.remove(name) && note.phase() == TaskPhase.RUNNING) {
            log.info("task [{}] gets on", name);
            events.lifecycle(note.integration(), note.task(), "gets-on", "Kafka takes what waited");
        }
    }
}
