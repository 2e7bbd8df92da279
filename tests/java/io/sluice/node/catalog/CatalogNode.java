package io.sluice.node.catalog;

import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.sluice.node.settings.Configuration;
import io.sluice.node.store.Journal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;

/// A member of a cluster with the catalog and its own view of it; the store is the caller's.
final class CatalogNode implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(60);
    static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    final List<CatalogState> seen = new CopyOnWriteArrayList<>();
    private final ActorSystem<Void> system;
    private final ActorRef<Catalog.Command> catalog;

    /// @param joined a member of the cluster to join; empty to found one
    CatalogNode(Journal.Access journal, Optional<CatalogNode> joined) {
        var opened = new CompletableFuture<ActorRef<Catalog.Command>>();
        var config = ConfigFactory.parseString("""
                        pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                        pekko.coordinated-shutdown.exit-jvm = off
                        pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
                        """)
                .withFallback(Configuration.forActors(Configuration.reference().resolve()));
        system = ActorSystem.create(
                guardian(opened), "sluice", ActorSystemSetup.create(BootstrapSetup.create(config), journal));
        var cluster = Cluster.get(system);
        cluster.manager()
                .tell(Join.create(
                        joined.map(node -> Cluster.get(node.system).selfMember().address())
                                .orElse(cluster.selfMember().address())));
        catalog = opened.join();
        await("it is up")
                .atMost(LIMIT)
                .until(() -> cluster.selfMember().status().equals(MemberStatus.up()));
    }

    private Behavior<Void> guardian(CompletableFuture<ActorRef<Catalog.Command>> opened) {
        return Behaviors.setup(context -> {
            context.spawn(Replica.create(seen::add), "catalog-replica");
            var settings = new CatalogSettings(
                    1_000, 1 << 16, 3, Duration.ofMillis(500), Duration.ofMillis(20), Duration.ofMillis(100), 0);
            var clock = Clock.fixed(NOON, ZoneOffset.UTC);
            opened.complete(Catalog.join(context.getSystem(), settings, new AllIsGood(), clock));
            return Behaviors.empty();
        });
    }

    CompletionStage<Catalog.Answer> ask(Duration limit, Change... changes) {
        return AskPattern.ask(
                catalog,
                (ActorRef<Catalog.Answer> replyTo) -> new Catalog.Make(List.of(changes), "ann", replyTo),
                limit,
                system.scheduler());
    }

    Catalog.Answer make(Change... changes) throws Exception {
        return ask(LIMIT, changes).toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /// Until it knows a version of the catalog.
    CatalogState awaitSeen(long version) {
        await("version " + version + " is seen, of " + seen)
                .atMost(LIMIT)
                .until(() -> !seen.isEmpty() && seen.getLast().version() >= version);
        return seen.getLast();
    }

    /// Leaves in order, as a stop does.
    @Override
    public void close() {
        system.terminate();
        system.getWhenTerminated()
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    private static final class AllIsGood implements Rules {
        @Override
        public Optional<String> declaredIn(Key key) {
            return Optional.empty();
        }

        @Override
        public List<Problem> problems(Map<Key, String> all, Set<Key> changed) {
            return List.of();
        }

        @Override
        public boolean continues(Key key, String before, String after) {
            return false;
        }
    }
}
