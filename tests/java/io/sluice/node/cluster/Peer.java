package io.sluice.node.cluster;

import static org.awaitility.Awaitility.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.node.observe.Management;
import io.sluice.node.observe.ManagementSettings;
import io.sluice.node.observe.Readiness;
import io.sluice.node.settings.Configuration;
import io.sluice.node.settings.InvalidSettings;
import io.sluice.node.settings.Problems;
import io.sluice.node.settings.Section;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.cluster.typed.Cluster;

/// What of a node finds others and is found: actor system, management and joining, over real connections.
final class Peer implements AutoCloseable {
    private static final List<String> QUICK = List.of(
            "pekko.management.cluster.bootstrap.contact-point-discovery.stable-margin=1s",
            "pekko.management.cluster.bootstrap.contact-point.probe-interval=300ms",
            "pekko.coordinated-shutdown.run-by-actor-system-terminate=off",
            "pekko.coordinated-shutdown.run-by-jvm-shutdown-hook=off");

    /// Answers with the address of its node. A reference is all that is asked, so nothing else need travel.
    @SuppressWarnings("unchecked")
    private static final EntityTypeKey<ActorRef<String>> THING =
            EntityTypeKey.create((Class<ActorRef<String>>) (Class<?>) ActorRef.class, "thing");

    private static final int THINGS = 30;
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(60);
    private static final Duration ANSWER_LIMIT = Duration.ofMillis(500);

    private final ActorSystem<Void> system;
    private final Management management;
    final Readiness readiness = new Readiness();

    private Peer(ActorSystem<Void> system, ManagementSettings settings, ClusterSettings cluster) {
        this.system = system;
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        management = Management.start(system, settings, readiness, registry, List::of);
        var name = Cluster.get(system).selfMember().address().hostPort();
        var things = Entity.of(
                THING,
                _ -> Behaviors.receiveMessage((ActorRef<String> asker) -> {
                    asker.tell(name);
                    return Behaviors.same();
                }));
        ClusterSharding.get(system).init(things);
        var _ = Joining.start(system, cluster, readiness);
    }

    /// Nodes on which sharded things live, empty as long as one of them does not answer.
    Set<String> homes() {
        var homes = new TreeSet<String>();
        var asked = IntStream.range(0, THINGS)
                .mapToObj(i -> ClusterSharding.get(system)
                        .entityRefFor(THING, "thing-" + i)
                        .ask((ActorRef<String> asker) -> asker, ANSWER_LIMIT)
                        .toCompletableFuture())
                .toList();
        try {
            asked.forEach(answer -> homes.add(answer.join()));
        } catch (CompletionException e) {
            return Set.of();
        }
        return homes;
    }

    /// @param definitions as on the command line
    static Peer start(List<String> definitions) {
        var all = new ArrayList<>(QUICK);
        all.add("pekko.coordinated-shutdown.exit-jvm=off");
        all.addAll(definitions);
        return open(all);
    }

    /// A process of its own.
    public static void main(String[] definitions) {
        var all = new ArrayList<>(QUICK);
        all.addAll(List.of(definitions));
        try (var peer = open(all)) {
            await().atMost(JOIN_LIMIT).until(peer::isUp);
            System.out.println("up");
            peer.system.getWhenTerminated().toCompletableFuture().join();
        }
    }

    private static Peer open(List<String> definitions) {
        var config = new Configuration(List.of(), definitions, Map.of()).resolve();
        var problems = new Problems();
        var management = ManagementSettings.from(Section.of(config, "sluice.management", problems));
        var cluster = ClusterSettings.from(Section.of(config, "sluice.cluster", problems), management);
        if (!problems.found().isEmpty()) {
            throw new InvalidSettings(problems.found());
        }
        cluster.tls().ifPresent(PeerTls::check);
        ActorSystem<Void> system =
                ActorSystem.create(Behaviors.empty(), "sluice", Configuration.forActors(config, PekkoKeys.of(cluster)));
        try {
            return new Peer(system, management, cluster);
        } catch (RuntimeException e) {
            system.terminate();
            throw e;
        }
    }

    boolean isUp() {
        return Cluster.get(system).selfMember().status().equals(MemberStatus.up());
    }

    /// Addresses of all that are up as this node sees it.
    Set<String> up() {
        var up = new TreeSet<String>();
        Cluster.get(system).state().getMembers().forEach(member -> {
            if (member.status().equals(MemberStatus.up())) {
                up.add(member.address().hostPort());
            }
        });
        return up;
    }

    String host() {
        return Cluster.get(system).selfMember().address().getHost().orElseThrow();
    }

    int port() {
        return Cluster.get(system).selfMember().address().getPort().orElseThrow();
    }

    ActorSystem<Void> system() {
        return system;
    }

    @Override
    public void close() {
        management.stop(Duration.ofSeconds(1));
        system.terminate();
        system.getWhenTerminated()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }
}
