package io.sluice.node.cluster;

import io.sluice.node.observe.Readiness;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent.MemberEvent;
import org.apache.pekko.cluster.ClusterEvent.MemberRemoved;
import org.apache.pekko.cluster.ClusterEvent.MemberUp;
import org.apache.pekko.cluster.ClusterEvent.ReachabilityEvent;
import org.apache.pekko.cluster.ClusterEvent.ReachableMember;
import org.apache.pekko.cluster.ClusterEvent.UnreachableMember;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.cluster.typed.Subscribe;
import org.apache.pekko.http.javadsl.ConnectionContext;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.management.cluster.bootstrap.ClusterBootstrap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings this node into a cluster, and tells an operator who comes and goes, a line each.
///
/// looking → taken in → up. Who looks goes on looking, however long. Who was taken in and does not get up within
/// `join-timeout` took part in a cluster that too few joined: the process ends, to be started anew.
public final class Joining {
    private static final Logger log = LoggerFactory.getLogger(Joining.class);

    private sealed interface Command {}

    private record Moved(MemberEvent event) implements Command {}

    private record Reached(ReachabilityEvent event) implements Command {}

    private enum Overdue implements Command {
        INSTANCE
    }

    /// The node was taken into a cluster that too few joined.
    static final class Stranded implements CoordinatedShutdown.Reason {
        @Override
        public String toString() {
            return "too few nodes joined the cluster";
        }
    }

    private final ActorContext<Command> context;
    private final Cluster cluster;
    private final ClusterSettings settings;
    private final CompletableFuture<Done> up;
    private boolean wasTakenIn;

    private Joining(ActorContext<Command> context, ClusterSettings settings, CompletableFuture<Done> up) {
        this.context = context;
        this.cluster = Cluster.get(context.getSystem());
        this.settings = settings;
        this.up = up;
    }

    /// Begins. The management of this node must be served already: others ask it who is there.
    ///
    /// @param readiness is told what is waited for
    /// @return once this node is up
    public static CompletionStage<Done> start(ActorSystem<?> system, ClusterSettings settings, Readiness readiness) {
        var up = new CompletableFuture<Done>();
        readiness.require("joining", () -> up.isDone() ? "" : waitsFor(settings));
        system.systemActorOf(create(settings, up), "joining", Props.empty());
        if (settings.findsOthers()) {
            log.info("node [{}] looks for others: {}", name(Cluster.get(system)), waitsFor(settings));
            if (settings.probesTls()) {
                settings.tls()
                        .ifPresent(tls -> Http.get(system)
                                .setDefaultClientHttpsContext(ConnectionContext.httpsClient(tls.trusting())));
            }
            ClusterBootstrap.get(system).start();
        } else {
            var cluster = Cluster.get(system);
            cluster.manager().tell(Join.create(cluster.selfMember().address()));
        }
        return up;
    }

    private static Behavior<Command> create(ClusterSettings settings, CompletableFuture<Done> up) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            var joining = new Joining(context, settings, up);
            var subscriptions = joining.cluster.subscriptions();
            subscriptions.tell(
                    Subscribe.create(context.messageAdapter(MemberEvent.class, Moved::new), MemberEvent.class));
            subscriptions.tell(Subscribe.create(
                    context.messageAdapter(ReachabilityEvent.class, Reached::new), ReachabilityEvent.class));
            timers.startTimerWithFixedDelay(Overdue.INSTANCE, settings.joinTimeout());
            return joining.telling();
        }));
    }

    private Behavior<Command> telling() {
        return Behaviors.receiveMessage(command -> {
            switch (command) {
                case Moved(MemberUp event) -> onUp(event.member());
                case Moved(MemberRemoved event) -> onRemoved(event);
                case Moved _ -> {}
                case Reached(UnreachableMember event) ->
                    log.warn(
                            "node [{}] cannot be reached; if that lasts it is taken out of the cluster",
                            name(event.member()));
                case Reached(ReachableMember event) -> log.info("node [{}] is reached again", name(event.member()));
                case Reached _ -> {}
                case Overdue.INSTANCE -> onOverdue();
            }
            return Behaviors.same();
        });
    }

    private void onUp(Member member) {
        if (member.uniqueAddress().equals(cluster.selfMember().uniqueAddress())) {
            if (settings.findsOthers()) {
                log.info("node [{}] joined a cluster of {}: {}", name(member), names().size(), shown(names()));
            }
            up.complete(Done.getInstance());
        } else if (up.isDone()) {
            log.info("node [{}] joined; the cluster is {}: {}", name(member), names().size(), shown(names()));
        }
    }

    private void onRemoved(MemberRemoved event) {
        var left = names();
        left.remove(name(event.member())); // what the state shows may be a moment old
        if (cluster.isTerminated() || left.isEmpty()) {
            return; // this node leaves, and the others are no longer its own
        }
        if (event.previousStatus().equals(MemberStatus.down())) {
            log.warn("node [{}] was taken out; the cluster is {}: {}", name(event.member()), left.size(), shown(left));
        } else {
            log.info("node [{}] left; the cluster is {}: {}", name(event.member()), left.size(), shown(left));
        }
    }

    private void onOverdue() {
        if (up.isDone() || !settings.findsOthers()) {
            return;
        }
        var status = cluster.selfMember().status();
        var isTakenIn = status.equals(MemberStatus.joining());
        if (isTakenIn && wasTakenIn) {
            log.error(
                    "node [{}]: expected {} nodes in the cluster it joined, was {}: {}; it ends, to be started anew",
                    name(cluster),
                    settings.discovery().needed(),
                    names().size(),
                    shown(names()));
            var _ = CoordinatedShutdown.get(context.getSystem()).runAll(new Stranded());
        } else if (status.equals(MemberStatus.removed())) {
            log.warn("node [{}] still looks for others: {}", name(cluster), waitsFor(settings));
        }
        wasTakenIn = isTakenIn;
    }

    private static String waitsFor(ClusterSettings settings) {
        return settings.findsOthers()
                ? "a cluster, or %d nodes to form one, among %s"
                        .formatted(
                                settings.discovery().needed(),
                                settings.discovery().place())
                : "a cluster of its own";
    }

    private SortedSet<String> names() {
        var names = new TreeSet<String>();
        cluster.state().getMembers().forEach(member -> names.add(name(member)));
        return names;
    }

    private static String shown(SortedSet<String> names) {
        return String.join(", ", names);
    }

    private static String name(Cluster cluster) {
        return name(cluster.selfMember());
    }

    private static String name(Member member) {
        return name(member.address());
    }

    private static String name(Address address) {
        return address.getHost().orElse("") + ":" + address.getPort().orElse(0);
    }
}
