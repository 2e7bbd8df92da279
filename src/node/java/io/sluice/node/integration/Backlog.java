package io.sluice.node.integration;

import io.sluice.node.handover.Handover;
import io.sluice.node.handover.Receiver;
import io.sluice.node.handover.Receiver.Lot;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a task took over and has not settled, in order: handed over by senders or read from the queue. What follows a
/// newer distribution of subjects over tasks than the task may write waits apart. Confined to the task's actor.
final class Backlog {
    private static final Logger log = LoggerFactory.getLogger(Backlog.class);

    private record Entry(Lot lot, long since, IntConsumer settle) {}

    private final Receiver receiver;
    private final Consumer<Handover.Gone> watch;
    private final Set<Long> watched = new HashSet<>();
    private final Set<Long> gone = new HashSet<>();
    private final Deque<Entry> unsettled = new ArrayDeque<>();
    private final Deque<Lot> waiting = new ArrayDeque<>();
    private long admitted = -1;

    /// @param watch has the word given once its sender has ended
    Backlog(Receiver receiver, Consumer<Handover.Gone> watch) {
        this.receiver = receiver;
        this.watch = watch;
    }

    /// Answers a sender; a batch that is the next of its session is the task's from now on. A line may have nothing of
    /// a session that is dropped.
    ///
    /// @return what may be shipped of it
    Optional<Lot> take(Handover.ToTask message) {
        if (message instanceof Handover.Gone(var session, var _)) {
            watched.remove(session);
            gone.add(session);
            if (!has(session)) { // no line has anything of it
                var _ = giveUp(Set.of(session));
            }
            return Optional.empty();
        }
        if (message instanceof Handover.Drop drop) {
            drop(drop);
            return Optional.empty();
        }
        var lot = receiver.receive(message);
        lot.filter(accepted -> watched.add(accepted.session()))
                .ifPresent(accepted -> watch.accept(new Handover.Gone(accepted.session(), accepted.sender())));
        if (lot.isPresent() && lot.get().lanes() > admitted) {
            waiting.add(lot.get());
            return Optional.empty();
        }
        lot.ifPresent(this::add);
        return lot;
    }

    /// A lot that was read from the queue is the task's.
    ///
    /// @param since  when it was read
    /// @param settle given the number of its arrivals that ended among the dead letters
    void add(Lot lot, long since, IntConsumer settle) {
        unsettled.add(new Entry(lot, since, settle));
    }

    private void add(Lot lot) {
        add(lot, received(lot), parked -> receiver.settle(lot, parked));
    }

    private static long received(Lot lot) {
        return lot.batch().arrivals().getFirst().receivedAt();
    }

    /// Lots of these lanes, and older ones, may be shipped.
    void admit(long lanes) {
        admitted = Math.max(admitted, lanes);
        while (!waiting.isEmpty() && waiting.element().lanes() <= admitted) {
            add(waiting.remove());
        }
    }

    /// The oldest lots are safe.
    ///
    /// @param parked arrivals of each that ended among the dead letters
    void settle(int[] parked) {
        for (var count : parked) {
            unsettled.remove().settle().accept(count);
        }
        if (unsettled.isEmpty()) {
            var _ = giveUp(Set.copyOf(gone));
        }
    }

    /// Gives up what is left of senders that have ended, and says so. No line may have any of it.
    void giveUp(TaskPlan plan) {
        var batches = giveUp(Set.copyOf(gone));
        if (batches > 0) {
            log.info("task [{}] gives up {} batches: their senders have ended", plan, batches);
        }
    }

    private int giveUp(Set<Long> sessions) {
        var before = size();
        if (!sessions.isEmpty()) {
            unsettled.removeIf(entry -> sessions.contains(entry.lot().session()));
            waiting.removeIf(lot -> sessions.contains(lot.session()));
            sessions.forEach(receiver::forget);
            gone.removeAll(sessions);
        }
        return before - size();
    }

    /// Whether something is left of senders that have ended, and the oldest of all was received before a time.
    boolean hasOrphansBefore(long millis) {
        return since() < millis && gone.stream().anyMatch(this::has);
    }

    /// Whether something of a session is left that a line may have.
    boolean has(long session) {
        return unsettled.stream().anyMatch(entry -> entry.lot().session() == session);
    }

    /// Gives up all of a session, and says so. No line may have any of it.
    void drop(Handover.Drop drop) {
        unsettled.removeIf(entry -> entry.lot().session() == drop.session());
        waiting.removeIf(lot -> lot.session() == drop.session());
        receiver.dropped(drop.session(), drop.sender());
    }

    /// What may be shipped.
    void forEach(Consumer<Lot> action) {
        unsettled.forEach(entry -> action.accept(entry.lot()));
    }

    boolean isEmpty() {
        return unsettled.isEmpty() && waiting.isEmpty();
    }

    int size() {
        return unsettled.size() + waiting.size();
    }

    /// When the oldest arrival was received, or read from the queue, milliseconds since the epoch; 0 if there is none.
    long since() {
        if (unsettled.isEmpty()) {
            return waiting.isEmpty() ? 0 : received(waiting.element());
        }
        return unsettled.element().since();
    }

    /// The newest distribution of subjects over tasks that a lot follows; 0 if there is none.
    long lanes() {
        return Math.max(
                waiting.stream().mapToLong(Lot::lanes).max().orElse(0),
                unsettled.stream().mapToLong(entry -> entry.lot().lanes()).max().orElse(0));
    }

    /// Lanes that the oldest waits for of what may not be shipped; empty if nothing waits.
    OptionalLong waitsFor() {
        return waiting.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(waiting.element().lanes());
    }
}
