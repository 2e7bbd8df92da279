package io.sluice.node;

import com.typesafe.config.Config;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.sluice.node.api.Api;
import io.sluice.node.api.Catalogue;
import io.sluice.node.catalog.Catalog;
import io.sluice.node.catalog.Replica;
import io.sluice.node.cluster.Fence;
import io.sluice.node.cluster.Joining;
import io.sluice.node.cluster.PekkoKeys;
import io.sluice.node.cluster.Role;
import io.sluice.node.embedded.EmbeddedKafka;
import io.sluice.node.handover.Intake;
import io.sluice.node.handover.LoopIntake;
import io.sluice.node.integration.Chain;
import io.sluice.node.integration.TaskBoard;
import io.sluice.node.integration.TaskTools;
import io.sluice.node.integration.Tasks;
import io.sluice.node.live.LiveExchange;
import io.sluice.node.mqtt.MqttListener;
import io.sluice.node.observe.Management;
import io.sluice.node.observe.Meters;
import io.sluice.node.observe.Readiness;
import io.sluice.node.observe.TaskStatus;
import io.sluice.node.secret.Secret;
import io.sluice.node.settings.CannotStart;
import io.sluice.node.settings.Configuration;
import io.sluice.node.settings.InvalidSettings;
import io.sluice.node.store.Store;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.ExecutionContext;

/// A node: one process, from its settings to its end.
///
/// It starts against the data's direction, so that whoever sends finds the next one there: Kafka, store, tasks,
/// routes, listener. It stops in the data's direction: the listener takes no more and lets its windows finish,
/// the tasks drain, the node leaves the cluster, Kafka and the store are closed.
public final class Node {
    private static final Logger log = LoggerFactory.getLogger(Node.class);
    private static final Duration OPEN_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration STRANGERS_LIMIT = Duration.ofSeconds(30);

    private final NodeSettings settings;
    private final Optional<EmbeddedKafka> kafka;
    private final Store store;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Meters meters = new Meters(registry);
    private final TaskBoard board = new TaskBoard();
    private final History history;
    private final Readiness readiness = new Readiness();
    private final Fence fence = new Fence();
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final Ingest.Shared shared = Ingest.Shared.create();
    private final EventExecutor chainLoop = Publishing.loop("sluice-chain", shared);
    private final DefinitionRules rules;
    private final ActorSystem<Void> system;
    private final ActorRef<Catalog.Command> catalog;
    private final Queues queues;
    private final QueueWatch queueWatch;
    private final TaskOverview overview = new TaskOverview(board, shared.plans());
    private final Optional<MqttListener> listener;
    private final Publishing publishing;
    private final Management management;
    private final Optional<Api> api;

    public static void main(String[] args) {
        try {
            var arguments = Arguments.parse(List.of(args));
            arguments.pidFile().ifPresent(Preflight::checkPidFile);
            var node = start(new Configuration(arguments.configs(), arguments.definitions(), System.getenv()));
            arguments.pidFile().ifPresent(Preflight::writePid);
            new Banner(
                            node.settings,
                            node.listeners(),
                            node.api.map(Api::address),
                            node.adminPassword(),
                            node.management.address(),
                            node.kafka.map(EmbeddedKafka::bootstrapServers))
                    .print(System.out);
        } catch (InvalidSettings | CannotStart | IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        } catch (RuntimeException e) {
            log.error("the node could not start", e);
            System.exit(1);
        }
    }

    /// Starts a node and returns when devices can connect. Blocks.
    ///
    /// @throws InvalidSettings with every problem of the configuration
    /// @throws CannotStart     if a part cannot start for a reason an operator can mend
    static Node start(Configuration configuration) {
        var config = configuration.resolve();
        var settings = NodeSettings.from(config);
        Preflight.check(settings);
        return new Node(settings, config);
    }

    private Node(NodeSettings read, Config config) {
        store = Store.open(read.store());
        store.keepStrangersOut(!read.cluster().findsOthers(), STRANGERS_LIMIT);
        readiness.require("store", store::strangers);
        history = History.of(store, read.history(), meters, board);
        kafka = read.embeddedKafka().map(EmbeddedKafka::start);
        settings = kafka.map(running -> read.withEmbedded(running.bootstrapServers()))
                .orElse(read);
        rules = DefinitionRules.of(config, settings);
        queues = new Queues(settings, new Queues.Tools(store.queues(), history, meters, history.events(), blocking));
        queueWatch = QueueWatch.start(queues, store.queues(), shared.plans(), board, meters);
        var opened = new CompletableFuture<Opened>();
        system = ActorSystem.create(
                guardian(opened),
                "sluice",
                ActorSystemSetup.create(
                        BootstrapSetup.create(Configuration.forActors(config, PekkoKeys.of(settings.cluster()))),
                        store.journal()));
        management = Management.start(system, settings.management(), readiness, registry, this::tasks);
        var parts = opened(opened, Joining.start(system, settings.cluster(), readiness));
        catalog = parts.catalog();
        publishing = new Publishing(settings, shared, store, meters, blocking);
        api = having(Role.API, () -> Api.start(settings.api(), apiParts(parts)));
        listener = having(Role.INGRESS, () -> MqttListener.start(settings.mqtt(), this::intake, shared.live(), meters));
        MqttBrokers.run(system, settings, shared, meters, history.events(), this::drainTimeout, blocking);
        system.scheduler()
                .scheduleWithFixedDelay(
                        Stalls.PATIENCE,
                        Stalls.PATIENCE,
                        new Stalls(board, shared.plans(), history.events()),
                        ExecutionContext.fromExecutor(blocking));
        new Stopping(
                        this::drainTimeout,
                        parts.reconciler(),
                        listener,
                        publishing,
                        api,
                        management,
                        blocking,
                        this::closeWhatIsBelow)
                .addTo(CoordinatedShutdown.get(system));
        readiness.complete(); // last: who is ready can be told to stop
    }

    private <T> Optional<T> having(Role role, Supplier<T> part) {
        return settings.cluster().roles().contains(role) ? Optional.of(part.get()) : Optional.empty();
    }

    private Api.Parts apiParts(Opened parts) {
        return new Api.Parts(
                system,
                parts.catalogue(),
                new Definable(rules, parts.plans(), queues),
                store,
                parts.tasks(),
                this::tasks,
                readiness,
                publishing.messages());
    }

    private Intake intake(EventLoop loop) {
        shared.loops().add(loop);
        return new LoopIntake(loop, shared.routes()::match);
    }

    private Behavior<Void> guardian(CompletableFuture<Opened> opened) {
        return Behaviors.setup(context -> {
            var cluster = Cluster.get(context.getSystem());
            try {
                open(context, cluster.selfMember().address().hostPort(), opened);
            } catch (RuntimeException e) {
                opened.completeExceptionally(e);
            }
            return Behaviors.empty();
        });
    }

    /// What the guardian opened.
    private record Opened(
            ActorRef<Catalog.Command> catalog,
            Catalogue catalogue,
            Tasks tasks,
            TaskPlans plans,
            ActorRef<Tasks.Tick> reconciler) {}

    /// The rest of the start waits until the first definitions are in force.
    private void open(ActorContext<Void> context, String name, CompletableFuture<Opened> opened) {
        history.start(name);
        if (settings.cluster().findsOthers()) {
            var config = context.getSystem().settings().config();
            fence.guard(context.getSystem(), config.getDuration("pekko.cluster.split-brain-resolver.stable-after"));
        }
        var tasks = new Tasks(context.getSystem(), Role.EXECUTOR, shared.plans(), settings.task(), tools());
        var plans = new TaskPlans(settings.brokers(), name, queues::sources);
        overview.named(name);
        context.spawn(
                LiveExchange.create(shared.live(), name, settings.api().tail().buffer(), meters), "live");
        var ingestKnows = new CompletableFuture<ActorRef<Ingest.Command>>();
        var neighbours = context.spawn(
                Neighbours.create(overview::own, circle -> {
                    overview.know(circle);
                    var _ = ingestKnows.thenAccept(
                            ingest -> ingest.tell(new Ingest.Know(circle.map(Neighbours.Word::standing))));
                }),
                "neighbours");
        context.watch(neighbours);
        var ingest = context.spawn(
                Ingest.create(
                        settings,
                        shared,
                        tasks,
                        plans,
                        queues,
                        new TaskWatch(board, overview, readiness, meters, history.events()),
                        (standing, knowing) -> neighbours.tell(new Neighbours.Say(standing, knowing)),
                        meters),
                "ingest");
        context.watch(ingest);
        ingestKnows.complete(ingest);
        var reconciler = context.spawn(tasks.reconciling(settings.task().reconcileInterval()), "reconciler");
        var catalog = Catalog.join(context.getSystem(), settings.catalog(), rules, Clock.systemUTC());
        var catalogue = new Catalogue(context.getSystem(), catalog);
        var inForce = new InForce(new Definitions(rules, settings.integrations()), readiness, ingest, catalogue::know);
        var _ = inForce.first().whenComplete((_, failure) -> {
            if (failure == null) {
                opened.complete(new Opened(catalog, catalogue, tasks, plans, reconciler));
            } else {
                opened.completeExceptionally(failure);
            }
        });
        context.watch(context.spawn(Replica.create(inForce::know), "catalog-replica"));
    }

    /// Ends the actor system, but not the process, whose exit code tells why the node could not start.
    static final class NotStarted implements CoordinatedShutdown.Reason {}

    /// What the guardian opened. If it could not, the actor system ends, and what was started before it is
    /// closed here.
    private Opened opened(CompletableFuture<Opened> opened, CompletionStage<Done> joined) {
        var _ = system.getWhenTerminated()
                .thenRun(() -> opened.completeExceptionally(
                        new IllegalStateException("the actor system ended, the log says why")));
        try {
            var _ = joined.thenRun(() -> opened.orTimeout(OPEN_TIMEOUT.toSeconds(), TimeUnit.SECONDS));
            return opened.join();
        } catch (CompletionException e) {
            end();
            closeWhatIsBelow();
            throw switch (e.getCause()) {
                case TimeoutException timeout ->
                    new CannotStart(
                            "catalog: expected to follow it within %d s, but could not: %s"
                                    .formatted(
                                            OPEN_TIMEOUT.toSeconds(),
                                            LaneWaits.any(shared.waiting()).orElse("the log says why, see the store")),
                            timeout);
                case RuntimeException cause -> cause;
                case null, default -> e;
            };
        }
    }

    private void end() {
        try {
            CoordinatedShutdown.get(system)
                    .runAll(new NotStarted())
                    .toCompletableFuture()
                    .get(OPEN_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.debug("the actor system has not ended", e);
        }
    }

    private TaskTools tools() {
        return new TaskTools(
                blocking,
                fence::isOpen,
                store.epochs()::next,
                history::deadLetters,
                (integration, reason) -> meters.parked(integration, reason).increment(),
                new Chain(
                        chainLoop,
                        name -> Optional.ofNullable(shared.destinations().get(name)),
                        meters),
                history::failed,
                board,
                history.events(),
                (integration, end, messages) ->
                        meters.leftQueue(integration, end).increment((double) messages));
    }

    /// What is under way on a node that was taken out has nobody to go to.
    private Duration drainTimeout() {
        return fence.isTakenOut() ? Duration.ZERO : settings.task().drainTimeout();
    }

    /// What all else stands on.
    private void closeWhatIsBelow() {
        chainLoop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
        queueWatch.close();
        history.close();
        kafka.ifPresent(EmbeddedKafka::close);
        store.close();
    }

    /// Stops the node and waits until it has ended. Blocks.
    void stop(Duration atMost) {
        system.terminate();
        system.getWhenTerminated()
                .toCompletableFuture()
                .orTimeout(atMost.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    /// Where devices connect, by the listener's name.
    Map<String, InetSocketAddress> listeners() {
        return listener.map(MqttListener::addresses).orElse(Map.of());
    }

    List<TaskStatus> tasks() {
        return overview.all();
    }

    InetSocketAddress apiAddress() {
        return api.orElseThrow().address();
    }

    Optional<Secret> adminPassword() {
        return api.flatMap(Api::adminPassword);
    }

    InetSocketAddress managementAddress() {
        return management.address();
    }

    /// What the API hands on to integrations.
    Publishing publishing() {
        return publishing;
    }

    MeterRegistry registry() {
        return registry;
    }

    Store store() {
        return store;
    }

    History history() {
        return history;
    }

    /// Where definitions are changed.
    ActorRef<Catalog.Command> catalog() {
        return catalog;
    }

    ActorSystem<Void> system() {
        return system;
    }

    /// Every task runs: what comes is handed on at once.
    boolean isReady() {
        return readiness.missing().isEmpty();
    }
}
