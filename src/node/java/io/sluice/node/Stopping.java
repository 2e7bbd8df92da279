package io.sluice.node;

import io.sluice.node.api.Api;
import io.sluice.node.integration.Tasks;
import io.sluice.node.mqtt.MqttListener;
import io.sluice.node.observe.Management;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How a node stops: in the data's direction. What takes messages takes no more and lets its windows finish, the tasks
/// drain and move, the node leaves the cluster, what all stands on is closed.
///
/// @param drainTimeout for what is under way, asked when the node stops
/// @param reconciler   keeps tasks running until the node stops
/// @param below        closes Kafka and the store; may block
record Stopping(
        Supplier<Duration> drainTimeout,
        ActorRef<Tasks.Tick> reconciler,
        Optional<MqttListener> listener,
        Publishing publishing,
        Optional<Api> api,
        Management management,
        Executor blocking,
        Runnable below) {

    private static final Logger log = LoggerFactory.getLogger(Node.class);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(1);

    void addTo(CoordinatedShutdown shutdown) {
        add(shutdown, CoordinatedShutdown.PhaseServiceUnbind(), "drain-listener", () -> {
            log.info(
                    "node stops: the listener takes no more, {} s at most for what is under way",
                    drainTimeout.get().toSeconds());
            reconciler.tell(Tasks.Tick.STOP);
            return listener.<CompletionStage<?>>map(each -> each.drain(drainTimeout.get()))
                    .orElseGet(Stopping::done);
        });
        add(
                shutdown,
                CoordinatedShutdown.PhaseServiceUnbind(),
                "drain-api",
                () -> publishing.drain(drainTimeout.get()).thenCompose(_ -> stopApi()));
        add(
                shutdown,
                CoordinatedShutdown.PhaseServiceStop(),
                "close-listener",
                () -> onBlocking(() -> listener.ifPresent(MqttListener::close)));
        add(shutdown, CoordinatedShutdown.PhaseServiceStop(), "close-publishing", () -> onBlocking(publishing::close));
        add(
                shutdown,
                CoordinatedShutdown.PhaseClusterShutdown(),
                "close-management",
                () -> management.stop(ANSWER_TIMEOUT));
        add(shutdown, CoordinatedShutdown.PhaseBeforeActorSystemTerminate(), "close-kafka", () -> onBlocking(below));
    }

    private CompletionStage<?> stopApi() {
        return api.<CompletionStage<?>>map(each -> each.stop(ANSWER_TIMEOUT)).orElseGet(Stopping::done);
    }

    private static CompletionStage<?> done() {
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    private static void add(
            CoordinatedShutdown shutdown, String phase, String name, Supplier<CompletionStage<?>> task) {
        shutdown.addTask(phase, name, () -> task.get().thenApply(_ -> Done.getInstance()));
    }

    private CompletionStage<Void> onBlocking(Runnable task) {
        return CompletableFuture.runAsync(task, blocking);
    }
}
