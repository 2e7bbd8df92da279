package io.sluice.node.bridge;

import io.sluice.node.cluster.OwnShard;
import io.sluice.node.cluster.Role;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.ClusterShardingSettings;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;

/// The connections to all MQTT brokers that exist already: each runs once in the cluster, on whichever node, and comes
/// back after a failure since every node keeps telling it to run.
public final class Bridges {
    private static final EntityTypeKey<Bridge.Command> KEY = EntityTypeKey.create(Bridge.Command.class, "mqtt-broker");

    private final ClusterSharding sharding;
    private final Map<String, BridgeSettings> settings = new TreeMap<>();
    private final Map<String, BridgeCounts> counts = new TreeMap<>();
    private final BridgeTools tools;
    private final ConcurrentMap<String, CompletableFuture<Void>> here = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    private Bridges(ClusterSharding sharding, List<BridgeSettings> brokers, BridgeTools tools) {
        this.sharding = sharding;
        this.tools = tools;
        for (var broker : brokers) {
            settings.put(broker.name(), broker);
            counts.put(broker.name(), new BridgeCounts(tools.meters(), broker.name()));
        }
    }

    /// Lets this node, which has the role of an ingress, run connections. None starts before it is told to run.
    ///
    /// @param brokers enabled ones; the same on every node
    public static Bridges join(ActorSystem<?> system, List<BridgeSettings> brokers, BridgeTools tools) {
        var sharding = ClusterSharding.get(system);
        var bridges = new Bridges(sharding, brokers, tools);
        sharding.init(Entity.of(KEY, context -> bridges.behavior(context.getEntityId()))
                .withStopMessage(Bridge.Drain.INSTANCE)
                .withMessageExtractor(new OwnShard<>())
                .withSettings(ClusterShardingSettings.create(system).withRole(Role.INGRESS.word())));
        return bridges;
    }

    private Behavior<Bridge.Command> behavior(String name) {
        var broker = settings.get(name);
        var counted = counts.get(name);
        if (broker == null || counted == null || stopping) {
            return Behaviors.stopped();
        }
        var ended = new CompletableFuture<Void>();
        here.put(name, ended);
        return Bridge.create(broker, tools, counted, () -> {
            here.remove(name, ended);
            ended.complete(null);
        });
    }

    /// Tells every connection to run, again and again.
    public Behavior<Tick> reconciling(Duration interval) {
        return Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Tick.RUN, Duration.ZERO, interval);
            return Behaviors.receiveMessage(tick -> switch (tick) {
                case RUN -> {
                    settings.keySet()
                            .forEach(name -> sharding.entityRefFor(KEY, name).tell(Bridge.Run.INSTANCE));
                    yield Behaviors.same();
                }
                case STOP -> Behaviors.stopped();
            });
        });
    }

    /// Ends the connections of this node, each once what it brought is safe and acknowledged, or the time is over.
    /// From now on none starts here.
    public CompletionStage<Void> drain(Duration atMost) {
        stopping = true;
        var ends = here.values().toArray(new CompletableFuture<?>[0]);
        here.keySet().forEach(name -> sharding.entityRefFor(KEY, name).tell(Bridge.Drain.INSTANCE));
        return CompletableFuture.allOf(ends)
                .completeOnTimeout(null, atMost.toMillis(), TimeUnit.MILLISECONDS)
                .minimalCompletionStage();
    }

    /// What the reconciler hears.
    public enum Tick {
        /// Its own timer.
        RUN,
        /// The node stops: what ends stays ended.
        STOP
    }
}
