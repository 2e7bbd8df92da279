package io.sluice.node.handover;

import io.sluice.node.event.Arrival;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// The way of one integration's arrivals on this node, through every change of the integration: the
/// destination that takes what comes, and earlier ones until nothing of them is left. Confined to the actor
/// of its doors.
///
/// After [#follow] and [#end] the routes are replaced, then the [#leavers] are told to leave once every
/// event loop knows.
public final class Way {
    private final String integration;
    private final Doors doors;
    private final LongConsumer begun;
    private final Succession<Destination> succession;
    private final List<Destination> destinations = new CopyOnWriteArrayList<>();
    private long newestBegun = -1;

    /// @param mayBegin whether the other nodes let lanes begin; asked at each look
    /// @param begun    told the lanes that are handed over by from now on
    public Way(String integration, Doors doors, LongPredicate mayBegin, LongConsumer begun) {
        this.integration = integration;
        this.doors = doors;
        this.begun = begun;
        this.succession = new Succession<>(destination -> mayBegin.test(destination.lanes()));
    }

    /// Opens a destination that takes what comes from the next routes on.
    ///
    /// @param lanes    a higher one for each distribution of subjects over tasks
    /// @param subjects the subject of an arrival, empty if it has none
    /// @param routers  reaches the task of a number
    public void follow(
            long lanes, int tasks, Function<Arrival, String> subjects, IntFunction<Consumer<Handover.ToTask>> routers) {
        follow(doors.open(integration, lanes, tasks, subjects, routers, () -> holdsTooMuch(tasks)));
    }

    /// The same into a queue: what is there has its end.
    public void follow(long lanes, int tasks, Function<Arrival, String> subjects, QueueTo queue) {
        follow(doors.open(integration, lanes, tasks, subjects, queue, () -> holdsTooMuch(tasks)));
    }

    private void follow(Destination destination) {
        destinations.add(destination);
        succession.follow(destination).forEach(this::run);
    }

    /// Nothing comes any more; what is left by then is discarded.
    public void end(long discardAtNanos) {
        succession.end(discardAtNanos);
    }

    /// Takes what comes; null if the integration has ended.
    public @Nullable Destination current() {
        return succession.current();
    }

    /// Destinations that the routes no longer name.
    public List<Destination> leavers() {
        var leavers = new ArrayList<>(destinations);
        leavers.remove(succession.current());
        return leavers;
    }

    /// Closes what is done, and lets the next begin.
    public void look(long nowNanos) {
        succession.look(nowNanos, Destination::isDone).forEach(this::run);
    }

    /// A destination is still to be closed: look again.
    public boolean isLeaving() {
        return succession.isLeaving();
    }

    /// The oldest destination has not begun: look again.
    public boolean isWaiting() {
        return succession.isWaiting();
    }

    /// What other nodes have to know before they begin with other lanes.
    public LaneRule.Lanes lanes() {
        var oldest = succession.oldest();
        return new LaneRule.Lanes(oldest == null ? -1 : oldest.lanes(), newestBegun);
    }

    /// Arrivals that have not reached their end. Any thread.
    public long inFlight() {
        return destinations.stream().mapToLong(Destination::inFlight).sum();
    }

    /// Bytes held for a task. Any thread.
    public long heldBytes(int task) {
        return destinations.stream()
                .mapToLong(destination -> destination.heldBytes(task))
                .sum();
    }

    /// All destinations together hold no more than the doors of one may, and a little: else each change while
    /// Kafka is away would add as much again.
    private boolean holdsTooMuch(int tasks) {
        var held = destinations.stream().mapToLong(Destination::heldBytes).sum();
        return held > (tasks + 1) * doors.overloadBytes();
    }

    private void run(Succession.Effect<Destination> effect) {
        switch (effect) {
            case Succession.Effect.Begin<Destination>(var destination) -> {
                newestBegun = destination.lanes();
                begun.accept(destination.lanes());
                destination.tell(Sender.Begin.INSTANCE);
            }
            case Succession.Effect.Discard<Destination>(var destination) -> destination.discard();
            case Succession.Effect.Close<Destination>(var destination) -> {
                doors.close(destination);
                destinations.remove(destination);
            }
        }
    }
}
