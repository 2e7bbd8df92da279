package io.sluice.node.handover;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.End;
import io.sluice.node.observe.Meters;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/// Opens the ways from this node to the tasks of its integrations.
public final class Doors {
    private final ActorContext<?> parent;
    private final HandoverSettings settings;
    private final Meters meters;
    private final BitSet ordinals = new BitSet();
    private long opened;

    /// @param parent watches the senders: one that fails takes the node down, for its publishers would wait for ever
    public Doors(ActorContext<?> parent, HandoverSettings settings, Meters meters) {
        this.parent = parent;
        this.settings = settings;
        this.meters = meters;
    }

    /// Opens the doors to all tasks of one integration. What is offered waits until the destination is told
    /// to begin.
    ///
    /// @param lanes    a higher one for each distribution of subjects over tasks
    /// @param subjects the subject of an arrival, empty if it has none
    /// @param routers  reaches the task of a number
    /// @param wayFull  whether nothing may be added, for what all destinations of the integration hold
    Destination open(
            String integration,
            long lanes,
            int tasks,
            Function<Arrival, String> subjects,
            IntFunction<Consumer<Handover.ToTask>> routers,
            BooleanSupplier wayFull) {
        var doors = new ArrayList<Door>();
        for (int task = 0; task < tasks; task++) {
            doors.add(door(task, sender(integration, lanes, task, routers.apply(task))));
        }
        return destination(integration, lanes, subjects, doors, wayFull);
    }

    /// The same, into a queue.
    Destination open(
            String integration,
            long lanes,
            int tasks,
            Function<Arrival, String> subjects,
            QueueTo queue,
            BooleanSupplier wayFull) {
        var writer = parent.spawn(
                QueueWriter.create(lanes, queue, books(integration, End.QUEUED)),
                "queue-writer-%s-%d".formatted(integration, ++opened));
        parent.watch(writer);
        var doors = new ArrayList<Door>();
        for (int task = 0; task < tasks; task++) {
            doors.add(door(task, writer));
        }
        return destination(integration, lanes, subjects, doors, wayFull);
    }

    private Destination destination(
            String integration,
            long lanes,
            Function<Arrival, String> subjects,
            List<Door> doors,
            BooleanSupplier wayFull) {
        return new Destination(
                integration,
                lanes,
                subjects,
                doors,
                meters.routed(integration),
                meters.tallies().of(integration),
                meters.batchSize(integration),
                wayFull);
    }

    /// Bytes that may be held for one task.
    long overloadBytes() {
        return settings.overloadBytes();
    }

    /// Closes the doors of a destination that is done.
    void close(Destination destination) {
        destination.senders().forEach(parent::unwatch);
        destination.tell(Sender.Stop.INSTANCE);
        destination.doors().forEach(door -> ordinals.clear(door.ordinal()));
    }

    private Door door(int task, ActorRef<Sender.Command> sender) {
        var ordinal = ordinals.nextClearBit(0);
        ordinals.set(ordinal);
        return new Door(ordinal, task, sender, settings);
    }

    private ActorRef<Sender.Command> sender(
            String integration, long lanes, int task, Consumer<Handover.ToTask> router) {
        var session = ThreadLocalRandom.current().nextLong();
        var sender = parent.spawn(
                Sender.create(session, lanes, settings, router, books(integration, End.DELIVERED)),
                "sender-%s-%d-%d".formatted(integration, task, ++opened));
        parent.watch(sender);
        return sender;
    }

    /// @param safe the end of what is safe: delivered, or queued
    private Sender.Books books(String integration, End safe) {
        var ended = meters.ended(integration, safe);
        var parked = meters.ended(integration, End.PARKED);
        var discarded = meters.ended(integration, End.DISCARDED);
        var resends = meters.resends(integration);
        var tally = meters.tallies().of(integration);
        return new Sender.Books() {
            @Override
            public void ended(long safeOnes, long parkedOnes, long nanos) {
                ended.increment((double) safeOnes);
                parked.increment((double) parkedOnes);
                if (safe == End.QUEUED) {
                    tally.queued(safeOnes, parkedOnes, nanos);
                } else {
                    tally.safe(safeOnes, parkedOnes, nanos);
                }
            }

            @Override
            public void discarded(long arrivals) {
                discarded.increment((double) arrivals);
                tally.discarded(arrivals);
            }

            @Override
            public void resent(long batches) {
                resends.increment((double) batches);
                tally.resent(batches);
            }
        };
    }
}
