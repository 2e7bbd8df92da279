package io.sluice.node.integration;

import io.sluice.node.handover.Handover;
import io.sluice.node.handover.Receiver;
import io.sluice.node.handover.Receiver.Lot;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// What a task took over and has not settled, in order. Confined to the task's actor.
final class Backlog {
    private final Receiver receiver;
    private final Consumer<Handover.Gone> watch;
    private final Deque<Lot> unsettled = new ArrayDeque<>();
    private final Set<Long> watched = new HashSet<>();
    private final Set<Long> gone = new HashSet<>();

    /// @param watch has the word given once its sender has ended
    Backlog(Receiver receiver, Consumer<Handover.Gone> watch) {
        this.receiver = receiver;
        this.watch = watch;
    }

    /// Answers a sender; a batch that is the next of its session is the task's from now on. A line may have nothing of
    /// a session that is dropped.
    Optional<Lot> take(Handover.ToTask message) {
        if (message instanceof Handover.Gone(var session, var _)) {
            watched.remove(session);
            gone.add(session);
            return Optional.empty();
        }
        if (message instanceof Handover.Drop drop) {
            drop(drop);
            return Optional.empty();
        }
        var lot = receiver.receive(message);
        lot.ifPresent(accepted -> {
            unsettled.add(accepted);
            if (watched.add(accepted.session())) {
                watch.accept(new Handover.Gone(accepted.session(), accepted.sender()));
            }
        });
        return lot;
    }

    /// Gives up what is left of senders that have ended. No line may have any of it.
    ///
    /// @return how many lots
    int giveUp() {
        var before = unsettled.size();
        if (!gone.isEmpty()) {
            unsettled.removeIf(lot -> gone.contains(lot.session()));
            gone.forEach(receiver::forget);
            gone.clear();
        }
        return before - unsettled.size();
    }

    /// The oldest lots are safe.
    ///
    /// @param parked arrivals of each that ended among the dead letters
    void settle(int[] parked) {
        for (var count : parked) {
            receiver.settle(unsettled.remove(), count);
        }
        if (unsettled.isEmpty()) {
            giveUp();
        }
    }

    /// Whether something of a session is left.
    boolean has(long session) {
        return unsettled.stream().anyMatch(lot -> lot.session() == session);
    }

    /// Gives up all of a session, and says so. No line may have any of it.
    void drop(Handover.Drop drop) {
        unsettled.removeIf(lot -> lot.session() == drop.session());
        receiver.dropped(drop.session(), drop.sender());
    }

    void forEach(Consumer<Lot> action) {
        unsettled.forEach(action);
    }

    boolean isEmpty() {
        return unsettled.isEmpty();
    }

    int size() {
        return unsettled.size();
    }

    /// When the oldest arrival was received, milliseconds since the epoch; 0 if there is none.
    long since() {
        var oldest = unsettled.peek();
        return oldest == null ? 0 : oldest.batch().arrivals().getFirst().receivedAt();
    }

    /// The newest distribution of subjects over tasks that a lot follows; 0 if there is none.
    long lanes() {
        return unsettled.stream().mapToLong(Lot::lanes).max().orElse(0);
    }
}
