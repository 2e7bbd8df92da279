package io.sluice.node;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.sluice.node.api.Api;
import io.sluice.node.api.HttpArrivals;
import io.sluice.node.api.HttpIngress;
import io.sluice.node.api.Replay;
import io.sluice.node.handover.LoopIntake;
import io.sluice.node.observe.Meters;
import io.sluice.node.store.Store;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// What the API hands on to integrations: messages over HTTP, and dead letters again. Each by an event
/// loop of its own, so that neither waits for the other nor for devices.
final class Publishing implements AutoCloseable {
    private final EventExecutor httpLoop;
    private final EventExecutor replayLoop;
    private final HttpArrivals arrivals;
    private final HttpIngress ingress;
    private final Replay replay;
    private final Api.Messages messages;

    Publishing(NodeSettings settings, Ingest.Shared shared, Store store, Meters meters, Executor blocking) {
        httpLoop = loop("sluice-http", shared);
        replayLoop = loop("sluice-replay", shared);
        var limits = settings.mqtt().limits();
        arrivals = new HttpArrivals(new HttpArrivals.Limits(
                limits.topicLevels(),
                limits.clientId(),
                limits.userProperties(),
                limits.userPropertiesBytes(),
                settings.api().ingress().inFlightMax()));
        ingress = new HttpIngress(
                httpLoop,
                settings.api().ingress(),
                new LoopIntake(httpLoop, shared.routes()::match),
                shared.routes()::match,
                shared.live(),
                meters);
        replay = new Replay(
                replayLoop,
                blocking,
                settings.api().replay(),
                store.deadLetters(),
                integration -> Optional.ofNullable(shared.destinations().get(integration)),
                meters);
        messages = new Api.Messages(arrivals, ingress, replay, shared.live(), meters, blocking);
    }

    static EventExecutor loop(String name, Ingest.Shared shared) {
        var loop = new DefaultEventExecutor(new DefaultThreadFactory(name, true));
        shared.loops().add(loop);
        return loop;
    }

    /// What the API needs of it.
    Api.Messages messages() {
        return messages;
    }

    /// Makes arrivals of requests.
    HttpArrivals arrivals() {
        return arrivals;
    }

    HttpIngress ingress() {
        return ingress;
    }

    Replay replay() {
        return replay;
    }

    /// Takes nothing any more and waits until what is under way is safe.
    CompletionStage<Void> drain(Duration atMost) {
        return CompletableFuture.allOf(
                ingress.drain(atMost).toCompletableFuture(),
                replay.drain(atMost).toCompletableFuture());
    }

    @Override
    public void close() {
        var http = httpLoop.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        var replays = replayLoop.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        http.awaitUninterruptibly(5, TimeUnit.SECONDS);
        replays.awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
