package io.sluice.node;

import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.sluice.node.bridge.BridgeSettings;
import io.sluice.node.bridge.BridgeTools;
import io.sluice.node.bridge.Bridges;
import io.sluice.node.cluster.Role;
import io.sluice.node.handover.LoopIntake;
import io.sluice.node.observe.EventLog;
import io.sluice.node.observe.Meters;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;

/// What this node runs of the connections to MQTT brokers that exist already: an event loop of their own, from now on
/// until the node stops.
final class MqttBrokers {
    private final NioEventLoopGroup loops = new NioEventLoopGroup(1, new DefaultThreadFactory("sluice-broker", true));
    private final Bridges bridges;
    private final ActorRef<Bridges.Tick> reconciler;
    private final Supplier<Duration> drainTimeout;

    private MqttBrokers(
            ActorSystem<?> system,
            NodeSettings settings,
            Ingest.Shared shared,
            Meters meters,
            EventLog events,
            Supplier<Duration> drainTimeout,
            Executor blocking) {
        EventLoop loop = loops.next();
        shared.loops().add(loop);
        this.drainTimeout = drainTimeout;
        bridges = Bridges.join(
                system,
                settings.mqttBrokers().stream().filter(BridgeSettings::enabled).toList(),
                new BridgeTools(
                        loops,
                        loop,
                        new LoopIntake(loop, shared.routes()::match),
                        shared.live(),
                        blocking,
                        meters,
                        events,
                        settings.task().drainTimeout()));
        reconciler = system.systemActorOf(
                bridges.reconciling(settings.task().reconcileInterval()), "mqtt-brokers", Props.empty());
    }

    /// Nothing at all where no broker is defined, or where no device connects either.
    static void run(
            ActorSystem<?> system,
            NodeSettings settings,
            Ingest.Shared shared,
            Meters meters,
            EventLog events,
            Supplier<Duration> drainTimeout,
            Executor blocking) {
        if (!settings.cluster().roles().contains(Role.INGRESS)
                || settings.mqttBrokers().stream().noneMatch(BridgeSettings::enabled)) {
            return;
        }
        var brokers = new MqttBrokers(system, settings, shared, meters, events, drainTimeout, blocking);
        var shutdown = CoordinatedShutdown.get(system);
        shutdown.addTask(
                CoordinatedShutdown.PhaseServiceUnbind(),
                "drain-mqtt-brokers",
                () -> brokers.drain().thenApply(_ -> Done.getInstance()));
        shutdown.addTask(
                CoordinatedShutdown.PhaseServiceStop(),
                "close-mqtt-brokers",
                () -> CompletableFuture.runAsync(brokers::close, blocking).thenApply(_ -> Done.getInstance()));
    }

    private CompletionStage<Void> drain() {
        reconciler.tell(Bridges.Tick.STOP);
        return bridges.drain(drainTimeout.get());
    }

    private void close() {
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
