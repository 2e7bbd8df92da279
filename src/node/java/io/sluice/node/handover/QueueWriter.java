package io.sluice.node.handover;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/// Writes this node's batches for all tasks of one integration into its queue topic, and ends them there: what becomes
/// of them later is the tasks' to tell.
///
/// ```
/// waiting → writing          [Sender.Begin]
/// waiting → discarding       [Sender.Discard]
/// writing → dropping         [Sender.Discard]: the producer is closed
/// dropping → discarding      it is
/// any → stopped              [Sender.Stop], once nothing is left
/// ```
final class QueueWriter {

    record Left(List<Batch> batches) implements Sender.Command {}

    private final ActorContext<Sender.Command> context;
    private final long lanes;
    private final QueueTo queue;
    private final Sender.Books books;

    private QueueWriter(ActorContext<Sender.Command> context, long lanes, QueueTo queue, Sender.Books books) {
        this.context = context;
        this.lanes = lanes;
        this.queue = queue;
        this.books = books;
    }

    /// @param lanes written with each arrival
    static Behavior<Sender.Command> create(long lanes, QueueTo queue, Sender.Books books) {
        return Behaviors.setup(context -> new QueueWriter(context, lanes, queue, books).waiting());
    }

    private Behavior<Sender.Command> waiting() {
        var offered = new ArrayList<Sender.Offer>();
        return Behaviors.receiveMessage(command -> switch (command) {
            case Sender.Offer offer -> {
                offered.add(offer);
                yield Behaviors.same();
            }
            case Sender.Begin _ -> {
                var pump = pump();
                offered.forEach(pump::offer);
                pump.start();
                yield writing(pump);
            }
            case Sender.Discard _ ->
                discarding(offered.stream().map(Sender.Offer::batch).toList());
            case Sender.Stop _ -> Behaviors.stopped();
            case Left _, Sender.Own _ -> Behaviors.same();
        });
    }

    private Behavior<Sender.Command> writing(QueuePump pump) {
        return owning(pump, command -> switch (command) {
            case Sender.Offer offer -> {
                pump.offer(offer);
                yield Behaviors.same();
            }
            case Sender.Discard _ -> {
                pump.stop();
                yield dropping(pump);
            }
            case Sender.Stop _ -> Behaviors.stopped();
            case Sender.Begin _, Left _, Sender.Own _ -> Behaviors.same();
        });
    }

    private Behavior<Sender.Command> dropping(QueuePump pump) {
        var later = new ArrayList<Batch>();
        return owning(pump, command -> switch (command) {
            case Sender.Offer(var _, var batch) -> {
                later.add(batch);
                yield Behaviors.same();
            }
            case Left(var batches) -> {
                later.addAll(0, batches);
                yield discarding(later);
            }
            case Sender.Stop _ -> Behaviors.stopped();
            case Sender.Begin _, Sender.Discard _, Sender.Own _ -> Behaviors.same();
        });
    }

    private Behavior<Sender.Command> discarding(Collection<Batch> left) {
        left.forEach(this::discard);
        return Behaviors.receiveMessage(command -> switch (command) {
            case Sender.Offer(var _, var batch) -> {
                discard(batch);
                yield Behaviors.same();
            }
            case Sender.Stop _ -> Behaviors.stopped();
            case Sender.Begin _, Sender.Discard _, Left _, Sender.Own _ -> Behaviors.same();
        });
    }

    private static Behavior<Sender.Command> owning(
            QueuePump pump, Function<Sender.Command, Behavior<Sender.Command>> phase) {
        return Behaviors.receive((_, command) -> phase.apply(command), (_, signal) -> {
            if (signal instanceof PostStop) {
                pump.stop();
            }
            return Behaviors.same();
        });
    }

    private QueuePump pump() {
        var self = context.getSelf();
        var listener = new QueuePump.Listener() {
            @Override
            public void safe(Batch batch, int parked) {
                books.ended((long) batch.size() - parked, parked, System.nanoTime() - batch.sinceNanos());
                batch.settled().run();
            }

            @Override
            public void resent(int batches) {
                books.resent(batches);
            }
        };
        return new QueuePump(queue, lanes, listener, left -> self.tell(new Left(left)));
    }

    private void discard(Batch batch) {
        books.discarded(batch.size());
        batch.settled().run();
    }
}
