package io.sluice.node.handover;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.End;
import io.sluice.node.observe.Meters;
import java.util.ArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/// Opens the ways from this node to the tasks of its integrations.
public final class Doors {
    private final ActorContext<?> parent;
    private final HandoverSettings settings;
    private final Meters meters;
    private int opened;

    /// @param parent watches the senders: one that fails takes the node down, for its publishers would wait for ever
    public Doors(ActorContext<?> parent, HandoverSettings settings, Meters meters) {
        this.parent = parent;
        this.settings = settings;
        this.meters = meters;
    }

    /// Opens the doors to all tasks of one integration.
    ///
    /// @param subjects the subject of an arrival, empty if it has none
    /// @param routers  reaches the task of a number
    public Destination open(
            String integration,
            int tasks,
            Function<Arrival, String> subjects,
            IntFunction<Consumer<Handover.ToTask>> routers) {
        var doors = new ArrayList<Door>();
        for (int task = 0; task < tasks; task++) {
            doors.add(open(integration, task, routers.apply(task)));
        }
        var destination = new Destination(
                integration, subjects, doors, meters.routed(integration), meters.batchSize(integration));
        meters.inFlight(integration, destination::inFlight);
        return destination;
    }

    private Door open(String integration, int task, Consumer<Handover.ToTask> router) {
        var session = ThreadLocalRandom.current().nextLong();
        var sender = parent.spawn(
                Sender.create(session, settings, router, books(integration)),
                "sender-%s-%d".formatted(integration, task));
        parent.watch(sender);
        var door = new Door(opened++, sender, settings);
        meters.heldBytes(integration, task, door::heldBytes);
        return door;
    }

    private Sender.Books books(String integration) {
        var delivered = meters.ended(integration, End.DELIVERED);
        var parked = meters.ended(integration, End.PARKED);
        var resends = meters.resends(integration);
        return new Sender.Books() {
            @Override
            public void ended(long deliveredOnes, long parkedOnes) {
                delivered.increment((double) deliveredOnes);
                parked.increment((double) parkedOnes);
            }

            @Override
            public void resent(long batches) {
                resends.increment((double) batches);
            }
        };
    }
}
