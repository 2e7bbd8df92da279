package io.sluice.node;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.sluice.node.catalog.Catalog;
import io.sluice.node.catalog.Change;
import io.sluice.node.catalog.Key;
import io.sluice.node.catalog.Kind;
import io.sluice.node.integration.Task;
import io.sluice.node.settings.Configuration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.pekko.actor.Kill;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;

/// A whole node inside the test's JVM, on free ports, without an embedded Kafka.
@SuppressWarnings("InlineFormatString") // a text block of twenty lines reads better with a name
final class OneNode implements AutoCloseable {
    private static final Duration READY_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

    private final Node node;

    private OneNode(Node node) {
        this.node = node;
    }

    /// @param folder for its data and its configuration file
    /// @param kafka  servers of broker default
    /// @param hocon  what else is configured
    static OneNode start(Path folder, String kafka, String hocon) {
        return start(configuration(folder, kafka, hocon));
    }

    static OneNode start(Configuration configuration) {
        return new OneNode(Node.start(configuration));
    }

    /// Quick where a person would be patient, so that a test meets many restarts.
    static Configuration configuration(Path folder, String kafka, String hocon) {
        var file = folder.resolve("node.conf");
        try {
            Files.writeString(file, """
            sluice {
              data-dir = "%s"
              embedded-kafka.mode = off
              brokers.default.bootstrap-servers = "%s"
              integrations.telemetry.enabled = false
              mqtt.connect-timeout = 1m
              mqtt.listeners.tcp.port = 0
              mqtt.listeners.websocket.enabled = false
              management.port = 0
              api.port = 0
              api.access.admin-password = "let me in"
              cluster.port = 0
              handover.resend-after = 300ms
              task {
                backoff-min = 50ms
                backoff-max = 500ms
                reconcile-interval = 200ms
                drain-timeout = 30s
              }
            }
            pekko.coordinated-shutdown {
              exit-jvm = off
              run-by-jvm-shutdown-hook = off
            }
            %s
            """.formatted(folder.resolve("data"), kafka, hocon));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Configuration(List.of(file), List.of(), Map.of());
    }

    /// Waits until every task runs.
    OneNode awaitReady() {
        await("tasks run").atMost(READY_LIMIT).until(node::isReady);
        return this;
    }

    /// Waits until so many tasks of an integration run, and no others.
    void awaitTasks(String integration, int tasks) {
        await(tasks + " tasks run")
                .atMost(READY_LIMIT)
                .until(() -> node.isReady()
                        && node.tasks().stream()
                                        .filter(status -> status.integration().equals(integration))
                                        .filter(status -> status.phase().equals("running"))
                                        .count()
                                == tasks);
    }

    InetSocketAddress mqtt() {
        return Objects.requireNonNull(node.listeners().get("tcp"));
    }

    Node node() {
        return node;
    }

    /// Sum of all counters of a name with these labels.
    long count(String name, String... labels) {
        return (long) node.registry().find(name).tags(labels).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    /// Sum of all gauges of a name with these labels.
    long gauge(String name, String... labels) {
        return (long) node.registry().find(name).tags(labels).gauges().stream()
                .mapToDouble(Gauge::value)
                .sum();
    }

    /// Offset that a group has committed, of all partitions together.
    static long committed(String kafka, String group) {
        try (var admin = Admin.create(Map.of("bootstrap.servers", (Object) kafka))) {
            return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().values().stream()
                    .mapToLong(OffsetAndMetadata::offset)
                    .sum();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// Defines an integration, or defines it anew, and returns once that is stored.
    void define(String integration, String json) {
        change(new Change.Put(new Key(Kind.INTEGRATION, integration), json, new Change.Anything()));
    }

    void remove(String integration) {
        change(new Change.Remove(new Key(Kind.INTEGRATION, integration), new Change.Anything()));
    }

    private void change(Change change) {
        var answer = ask(change, READY_LIMIT).toCompletableFuture().join();
        if (answer instanceof Catalog.Refused(var refusals)) {
            throw new IllegalArgumentException(refusals.toString());
        }
    }

    CompletionStage<Catalog.Answer> ask(Change change, Duration limit) {
        return AskPattern.ask(
                node.catalog(),
                (ActorRef<Catalog.Answer> replyTo) -> new Catalog.Make(List.of(change), "ann", replyTo),
                limit,
                node.system().scheduler());
    }

    /// Tells a task to finish what it has and stop, as an edit or a move does; it comes back by itself.
    void drainTask(String integration, int task) {
        ClusterSharding.get(node.system())
                .entityRefFor(EntityTypeKey.create(Task.Command.class, "task"), integration + "/" + task)
                .tell(Task.Drain.INSTANCE);
    }

    /// Ends a task's actor as a failure of its own would; it comes back by itself.
    void killTask(String integration, int task) {
        Adapter.toClassic(node.system())
                .actorSelection("/system/sharding/task/*/" + integration + "%2F" + task)
                .tell(Kill.getInstance(), Adapter.toClassic(node.system()).deadLetters());
    }

    /// How often a task was started, as far as records and the task board tell.
    long epoch(String integration, int task) {
        return node.tasks().stream()
                .filter(status -> status.integration().equals(integration) && status.task() == task)
                .mapToLong(status -> status.epoch())
                .max()
                .orElse(0);
    }

    @Override
    public void close() {
        node.stop(STOP_LIMIT);
    }
}
