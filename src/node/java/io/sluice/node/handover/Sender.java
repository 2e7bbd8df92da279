package io.sluice.node.handover;

import io.sluice.node.handover.Handover.Acknowledged;
import io.sluice.node.handover.Handover.Drop;
import io.sluice.node.handover.Handover.Dropped;
import io.sluice.node.handover.Handover.Expected;
import io.sluice.node.handover.Handover.Hand;
import io.sluice.node.handover.Handover.Open;
import io.sluice.node.handover.Handover.Opened;
import io.sluice.node.handover.Handover.ToSender;
import io.sluice.node.handover.Handover.ToTask;
import io.sluice.node.handover.SendWindow.Effect;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/// Hands over this node's batches for one task. Finds the task through the cluster's router, then talks to
/// it directly, until it falls silent.
///
/// ```
/// waiting → handing over     [Begin]
/// waiting → discarding       [Discard]
/// handing over → dropping    [Discard]: the task is asked to write nothing any more
/// dropping → discarding      it will not
/// any → stopped              [Stop], once nothing is left
/// ```
final class Sender {

    sealed interface Command permits Offer, Begin, Discard, Stop, Own, QueueWriter.Left {}

    /// Take a batch for a task over; its `settled` runs when it is safe.
    record Offer(int task, Batch batch) implements Command {}

    /// Hand over what was offered, and what will be. Until then it waits here.
    enum Begin implements Command {
        INSTANCE
    }

    /// End what is left: nobody wants it any more.
    enum Discard implements Command {
        INSTANCE
    }

    /// Nothing will be offered any more, and nothing is left.
    enum Stop implements Command {
        INSTANCE
    }

    /// What a sender hears of its own parts and of its task.
    sealed interface Own extends Command {}

    private record FromTask(ToSender message) implements Own {}

    private enum TimePassed implements Own {
        INSTANCE
    }

    /// What a sender, or the writer of a queue, tells of itself to whoever counts. Any thread.
    interface Books {
        /// Arrivals of one batch reached their end: in Kafka, the target's or the queue's, or among the dead letters.
        ///
        /// @param nanos since the batch was made
        void ended(long safe, long parked, long nanos);

        /// Arrivals were given up, because their integration is gone.
        void discarded(long arrivals);

        /// Batches were sent again.
        void resent(long batches);
    }

    private final ActorContext<Command> context;
    private final long session;
    private final long lanes;
    private final Consumer<ToTask> router;
    private final Books books;
    private final ActorRef<ToSender> self;
    private final SendWindow<Batch> window;
    private @Nullable ActorRef<ToTask> task;
    private long incarnation;
    private long parked;
    private long parkedUncounted;
    private long resent;

    private Sender(
            ActorContext<Command> context,
            long session,
            long lanes,
            HandoverSettings settings,
            Consumer<ToTask> router,
            Books books) {
        this.context = context;
        this.session = session;
        this.lanes = lanes;
        this.router = router;
        this.books = books;
        this.self = context.messageAdapter(ToSender.class, FromTask::new);
        this.window = new SendWindow<>(
                settings.windowBatches(), settings.windowBytes(), settings.resendAfter(), Batch::weight);
    }

    /// @param session unlike that of every other sender of the cluster
    /// @param lanes   told with each batch
    /// @param router  reaches the task wherever it lives, also while it moves
    static Behavior<Command> create(
            long session, long lanes, HandoverSettings settings, Consumer<ToTask> router, Books books) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(
                    TimePassed.INSTANCE, settings.resendAfter().dividedBy(4));
            return new Sender(context, session, lanes, settings, router, books).waiting(new ArrayDeque<>());
        }));
    }

    private Behavior<Command> waiting(Deque<Batch> offered) {
        return Behaviors.receiveMessage(command -> switch (command) {
            case Offer(var _, var batch) -> {
                offered.add(batch);
                yield Behaviors.same();
            }
            case Begin _ -> {
                var now = System.nanoTime();
                offered.forEach(batch -> run(window.offer(batch, now)));
                yield handingOver();
            }
            case Discard _ -> discarding(offered);
            case Stop _ -> Behaviors.stopped();
            case Own _, QueueWriter.Left _ -> Behaviors.same();
        });
    }

    private Behavior<Command> handingOver() {
        return Behaviors.receiveMessage(command -> switch (command) {
            case Offer(var _, var batch) -> goOn(window.offer(batch, System.nanoTime()));
            case FromTask(var message) -> goOn(onMessage(message));
            case TimePassed _ -> goOn(window.tick(System.nanoTime()));
            case Discard _ -> window.inFlightCount() == 0 ? discarding(window.abandon()) : dropping();
            case Begin _, QueueWriter.Left _ -> Behaviors.same();
            case Stop _ -> Behaviors.stopped();
        });
    }

    /// Asks the task, again and again, to write nothing any more: what is told to be discarded must not come
    /// later.
    private Behavior<Command> dropping() {
        reach(new Drop(session, self));
        var later = new ArrayList<Batch>();
        return Behaviors.receiveMessage(command -> switch (command) {
            case Offer(var _, var batch) -> {
                later.add(batch);
                yield Behaviors.same();
            }
            case FromTask(Dropped _) -> {
                later.addAll(0, window.abandon());
                yield discarding(later);
            }
            case FromTask(var message) -> {
                onMessage(message).stream()
                        .filter(effect -> effect instanceof Effect.Settle)
                        .forEach(effect -> run(List.of(effect)));
                yield Behaviors.same();
            }
            case TimePassed _ -> {
                router.accept(new Drop(session, self));
                yield Behaviors.same();
            }
            case Discard _, Begin _, QueueWriter.Left _ -> Behaviors.same();
            case Stop _ -> Behaviors.stopped();
        });
    }

    private Behavior<Command> discarding(Collection<Batch> left) {
        left.forEach(this::discard);
        return Behaviors.receiveMessage(command -> switch (command) {
            case Offer(var _, var batch) -> {
                discard(batch);
                yield Behaviors.same();
            }
            case Stop _ -> Behaviors.stopped();
            case Own _, Discard _, Begin _, QueueWriter.Left _ -> Behaviors.same();
        });
    }

    private Behavior<Command> goOn(List<Effect<Batch>> effects) {
        countResent();
        run(effects);
        return Behaviors.same();
    }

    private List<Effect<Batch>> onMessage(ToSender message) {
        var now = System.nanoTime();
        return switch (message) {
            case Opened opened -> onOpened(opened, now);
            case Expected(var from, var expected) -> window.expected(from, expected);
            case Acknowledged(var from, var upTo, var parkedSoFar) -> onAcknowledged(from, upTo, parkedSoFar, now);
            case Dropped _ -> List.of();
        };
    }

    private List<Effect<Batch>> onOpened(Opened opened, long now) {
        if (opened.incarnation() == incarnation) {
            countParked(opened.parked());
        } else {
            incarnation = opened.incarnation();
            parked = opened.parked();
            context.getLog()
                    .debug("handover [{}] goes to [{}] from [{}] on", session, opened.task(), opened.expected());
        }
        task = opened.task();
        return window.opened(opened.incarnation(), opened.expected(), opened.upTo(), now);
    }

    private List<Effect<Batch>> onAcknowledged(long from, long upTo, long parkedSoFar, long now) {
        if (from == incarnation) {
            countParked(parkedSoFar);
        }
        return window.acknowledged(from, upTo, now);
    }

    private void countParked(long parkedSoFar) {
        if (parkedSoFar > parked) {
            parkedUncounted += parkedSoFar - parked;
            parked = parkedSoFar;
        }
    }

    private void countResent() {
        if (window.resent() > resent) {
            books.resent(window.resent() - resent);
            resent = window.resent();
        }
    }

    private void run(List<Effect<Batch>> effects) {
        for (var effect : effects) {
            switch (effect) {
                case Effect.Open<Batch>(var base) -> router.accept(new Open(session, base, self));
                case Effect.Hand<Batch>(var to, var base, var number, var batch) ->
                    reach(new Hand(session, to, base, number, lanes, batch, self));
                case Effect.Settle<Batch>(var batch) -> settle(batch);
            }
        }
    }

    private void settle(Batch batch) {
        var parkedOfBatch = Math.min(parkedUncounted, batch.size());
        parkedUncounted -= parkedOfBatch;
        books.ended(batch.size() - parkedOfBatch, parkedOfBatch, System.nanoTime() - batch.sinceNanos());
        batch.settled().run();
    }

    private void discard(Batch batch) {
        books.discarded(batch.size());
        batch.settled().run();
    }

    private void reach(ToTask message) {
        if (task != null) {
            task.tell(message);
        } else {
            router.accept(message);
        }
    }
}
