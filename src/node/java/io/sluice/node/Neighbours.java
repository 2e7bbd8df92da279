package io.sluice.node;

import io.sluice.node.cluster.Circle;
import io.sluice.node.cluster.ClusterMessage;
import io.sluice.node.handover.LaneRule.Standing;
import io.sluice.node.observe.TaskStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;

/// Tells the other nodes how this one stands, at once when that changes and every second, and hears how they stand.
final class Neighbours {
    sealed interface Command {}

    /// From now on this node stands so.
    ///
    /// @param knowing nodes that were reckoned with when it was said; no other one is told
    record Say(Standing standing, Set<String> knowing) implements Command {
        Say {
            knowing = Set.copyOf(knowing);
        }
    }

    /// How a node stands.
    ///
    /// @param tasks that live there
    record Word(Standing standing, List<TaskStatus> tasks) implements ClusterMessage {
        Word {
            tasks = List.copyOf(tasks);
        }
    }

    /// Another node's word.
    record Heard(String from, Word word) implements Command, ClusterMessage {}

    private record Listed(Receptionist.Listing listing) implements Command {}

    private record MemberIs(ClusterEvent.MemberEvent event) implements Command {}

    /// A member whose tasks may be elsewhere by now.
    private record Gone(String member) implements Command {}

    private enum SayAgain implements Command {
        INSTANCE
    }

    private static final ServiceKey<Command> KEY = ServiceKey.create(Command.class, "neighbours");
    private static final Duration SAY_EVERY = Duration.ofSeconds(1);

    private final ActorContext<Command> context;
    private final Supplier<List<TaskStatus>> tasks;
    private final Consumer<Circle<Word>> listener;
    private final TimerScheduler<Command> timers;
    private final UniqueAddress self;
    private final Duration removalMargin;
    private final TreeMap<String, UniqueAddress> members = new TreeMap<>();
    private Set<ActorRef<Command>> listed = Set.of();
    private Circle<Word> circle = Circle.alone();
    private Say said = new Say(new Standing(-1, Map.of()), Set.of());

    private Neighbours(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Supplier<List<TaskStatus>> tasks,
            Consumer<Circle<Word>> listener) {
        this.context = context;
        this.timers = timers;
        this.tasks = tasks;
        this.listener = listener;
        var cluster = org.apache.pekko.cluster.Cluster.get(context.getSystem());
        this.self = cluster.selfMember().uniqueAddress();
        this.removalMargin =
                Duration.ofNanos(cluster.downingProvider().downRemovalMargin().toNanos());
    }

    /// @param tasks    of this node; must not block
    /// @param listener told once this node belongs to a cluster, and whenever another one comes, goes or says
    ///                 something; must not block
    static Behavior<Command> create(Supplier<List<TaskStatus>> tasks, Consumer<Circle<Word>> listener) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            var neighbours = new Neighbours(context, timers, tasks, listener);
            neighbours.subscribe();
            return neighbours.listening();
        }));
    }

    private void subscribe() {
        timers.startTimerWithFixedDelay(SayAgain.INSTANCE, SAY_EVERY);
        var receptionist = context.getSystem().receptionist();
        receptionist.tell(Receptionist.register(KEY, context.getSelf()));
        receptionist.tell(Receptionist.subscribe(KEY, context.messageAdapter(Receptionist.Listing.class, Listed::new)));
        Cluster.get(context.getSystem())
                .subscriptions()
                .tell(Subscribe.create(
                        context.messageAdapter(ClusterEvent.MemberEvent.class, MemberIs::new),
                        ClusterEvent.MemberEvent.class));
    }

    private Behavior<Command> listening() {
        return Behaviors.receiveMessage(command -> {
            switch (command) {
                case Say say -> {
                    if (!say.equals(said)) {
                        said = say;
                        say();
                    }
                }
                case Heard(var from, var word) -> know(circle.heard(from, word));
                case Listed(var listing) -> {
                    listed = listing.getServiceInstances(KEY);
                    say();
                }
                case MemberIs(var event) -> onMember(event);
                case Gone(var member) -> know(circle.without(member));
                case SayAgain _ -> say();
            }
            return Behaviors.same();
        });
    }

    private void onMember(ClusterEvent.MemberEvent event) {
        var member = event.member();
        if (member.uniqueAddress().equals(self)) {
            listener.accept(circle); // it belongs to a cluster now, if of itself only
            return;
        }
        if (event instanceof ClusterEvent.MemberRemoved) {
            members.remove(id(member));
            forget(id(member), event);
        } else {
            members.put(id(member), member.uniqueAddress());
            know(circle.with(id(member)));
        }
    }

    /// One that was taken out may not know it for a while, and write on: what it last said holds until its tasks may
    /// start elsewhere.
    private void forget(String member, ClusterEvent.MemberEvent event) {
        var wasTakenOut = event instanceof ClusterEvent.MemberRemoved removed
                && removed.previousStatus().equals(MemberStatus.down());
        if (wasTakenOut) {
            timers.startSingleTimer(member, new Gone(member), removalMargin);
        } else {
            know(circle.without(member));
        }
    }

    private void know(Circle<Word> newest) {
        if (!newest.equals(circle)) {
            circle = newest;
            listener.accept(newest);
        }
    }

    /// Who came after it was said is not told: it was not reckoned with.
    private void say() {
        var heard = new Heard(id(self), new Word(said.standing(), tasks.get()));
        for (var neighbour : listed) {
            members.forEach((id, member) -> {
                if (said.knowing().contains(id) && neighbour.path().address().equals(member.address())) {
                    neighbour.tell(heard);
                }
            });
        }
    }

    private static String id(Member member) {
        return id(member.uniqueAddress());
    }

    private static String id(UniqueAddress node) {
        return node.address().hostPort() + "#" + node.longUid();
    }
}
