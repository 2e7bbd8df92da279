package io.sluice.node.live;

import io.sluice.node.cluster.ClusterMessage;
import io.sluice.node.event.Arrival;
import io.sluice.node.observe.Meters;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;

/// Tells the other nodes what is watched here, and sends them what they watch. What another node sends is shown to the
/// viewers of this one and goes no further.
///
/// Nothing is sent twice: what does not fit, or is under way when a connection breaks, is lost. To a node from which
/// nobody watches, or of which nothing was heard for a while, nothing is sent.
public final class LiveExchange {
    public sealed interface Command {}

    /// A node's viewers watch this, and nothing else, until the lease ends. Said again and again.
    record Watch(ActorRef<Command> from, List<String> filters) implements Command, ClusterMessage {
        Watch {
            filters = List.copyOf(filters);
        }
    }

    /// What a node received.
    ///
    /// @param node its name
    record Batch(ActorRef<Command> from, String node, long number, List<Arrival> arrivals) implements Command {
        Batch {
            arrivals = List.copyOf(arrivals);
        }
    }

    /// A batch was shown; the next may come.
    record Shown(ActorRef<Command> by, long number) implements Command, ClusterMessage {}

    private enum Changed implements Command {
        INSTANCE
    }

    private enum SayNow implements Command {
        INSTANCE
    }

    private enum SayAgain implements Command {
        INSTANCE
    }

    private record Listed(Receptionist.Listing listing) implements Command {}

    /// There is something to send.
    private record Woken(ActorRef<Command> to) implements Command {}

    private record LingerOver(ActorRef<Command> to) implements Command {}

    private record Unanswered(ActorRef<Command> to, long number) implements Command {}

    private static final ServiceKey<Command> KEY = ServiceKey.create(Command.class, "live");

    /// Many subscriptions come and go together, after a restart for instance.
    private static final Duration SAY_AFTER = Duration.ofMillis(50);

    private static final Duration SAY_EVERY = Duration.ofSeconds(3);
    private static final Duration LEASE = SAY_EVERY.multipliedBy(3);

    /// Live to the eye, and many messages in one batch.
    private static final Duration LINGER = Duration.ofMillis(20);

    private static final long BATCH_BYTES = 256 << 10;
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final LiveView live;
    private final String node;
    private final Leases<ActorRef<Command>, Onlooker> leases;
    private Set<ActorRef<Command>> others = Set.of();
    private List<String> said = List.of();

    private LiveExchange(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            LiveView live,
            String node,
            LiveBuffer.Bounds bounds,
            Meters meters) {
        this.context = context;
        this.timers = timers;
        this.live = live;
        this.node = node;
        var self = context.getSelf();
        var counts = new Subscription.Counts(meters.tailHanded("sent"), meters.tailHanded("dropped"));
        this.leases =
                new Leases<>(LEASE.toNanos(), other -> new Onlooker(bounds, () -> self.tell(new Woken(other)), counts));
    }

    /// @param node   as which the others know this one
    /// @param bounds of what waits to be sent to one node
    public static Behavior<Command> create(LiveView live, String node, LiveBuffer.Bounds bounds, Meters meters) {
        Behavior<Command> exchanging = Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            live.named(node);
            var exchange = new LiveExchange(context, timers, live, node, bounds, meters);
            exchange.subscribe();
            return exchange.exchanging();
        }));
        return Behaviors.supervise(exchanging)
                .onFailure(SupervisorStrategy.restartWithBackoff(SAY_EVERY, SAY_EVERY.multipliedBy(10), 0.2));
    }

    private void subscribe() {
        var self = context.getSelf();
        live.follow(leases.routes());
        live.onChange(() -> self.tell(Changed.INSTANCE));
        timers.startTimerWithFixedDelay(SayAgain.INSTANCE, SAY_EVERY);
        var receptionist = context.getSystem().receptionist();
        receptionist.tell(Receptionist.register(KEY, self));
        receptionist.tell(Receptionist.subscribe(KEY, context.messageAdapter(Receptionist.Listing.class, Listed::new)));
    }

    private Behavior<Command> exchanging() {
        return Behaviors.receiveMessage(command -> {
            switch (command) {
                case Changed _ -> {
                    if (!timers.isTimerActive(SayNow.INSTANCE)) {
                        timers.startSingleTimer(SayNow.INSTANCE, SAY_AFTER);
                    }
                }
                case SayNow _ -> say();
                case SayAgain _ -> {
                    say();
                    followIf(leases.expire(System.nanoTime()));
                }
                case Listed(var listing) -> onListed(listing.getServiceInstances(KEY));
                case Watch(var from, var filters) -> followIf(leases.renew(from, filters, System.nanoTime()));
                case Batch(var from, var receiver, var number, var arrivals) -> {
                    arrivals.forEach(arrival -> live.showOf(receiver, arrival));
                    from.tell(new Shown(context.getSelf(), number));
                }
                case Woken(var to) -> timers.startSingleTimer(new LingerOver(to), LINGER);
                case LingerOver(var to) -> send(to);
                case Shown(var by, var number) -> onArrived(by, number);
                case Unanswered(var to, var number) -> onArrived(to, number);
            }
            return Behaviors.same();
        });
    }

    private void onListed(Set<ActorRef<Command>> listed) {
        var there = new HashSet<>(listed);
        there.remove(context.getSelf());
        others = there;
        followIf(leases.retain(there));
        say();
    }

    private void say() {
        var filters = live.watched();
        if (!filters.isEmpty() || !said.isEmpty()) {
            others.forEach(other -> other.tell(new Watch(context.getSelf(), filters)));
        }
        said = filters;
    }

    private void followIf(boolean changed) {
        if (changed) {
            live.follow(leases.routes());
        }
    }

    private void send(ActorRef<Command> to) {
        var onlooker = leases.of(to).filter(found -> !found.isUnderWay());
        if (onlooker.isEmpty()) {
            return;
        }
        var arrivals = onlooker.get().take(BATCH_BYTES);
        if (!arrivals.isEmpty()) {
            var number = onlooker.get().number();
            to.tell(new Batch(context.getSelf(), node, number, arrivals));
            timers.startSingleTimer(to, new Unanswered(to, number), ANSWER_LIMIT);
        }
    }

    private void onArrived(ActorRef<Command> at, long number) {
        if (leases.of(at).filter(onlooker -> onlooker.arrived(number)).isPresent()) {
            timers.cancel(at);
            timers.startSingleTimer(new LingerOver(at), LINGER);
        }
    }
}
