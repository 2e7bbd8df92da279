package io.sluice.node;

import io.sluice.node.Definitions.Defined;
import io.sluice.node.cluster.Circle;
import io.sluice.node.handover.Destination;
import io.sluice.node.handover.Doors;
import io.sluice.node.handover.LaneRule;
import io.sluice.node.handover.LaneRule.Lanes;
import io.sluice.node.handover.LaneRule.Standing;
import io.sluice.node.handover.Loops;
import io.sluice.node.handover.Way;
import io.sluice.node.integration.IntegrationSettings;
import io.sluice.node.integration.Plans;
import io.sluice.node.integration.Tasks;
import io.sluice.node.live.LiveView;
import io.sluice.node.observe.Meters;
import io.sluice.node.route.Route;
import io.sluice.node.route.Routes;
import io.sluice.node.route.TopicFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the way of an event on this node, routes → doors → tasks → Kafka, as the definitions say now.
/// Nothing that was received is lost by a change, and nothing overtakes:
///
/// - where the tasks and what orders a subject stay, only the routes change, and each task follows its new
///   plan when it has finished what it began under the old one;
/// - where they change, what comes waits at new doors until all that went through the old ones has its end;
/// - what an integration that is gone has not delivered within the drain timeout is discarded, and counted
///   so.
final class Ingest {
    sealed interface Command {}

    /// Make it so.
    ///
    /// @param version      of the catalog
    /// @param integrations enabled ones, by name
    /// @param arranged     told when the routes are as they shall be; the first time only once what comes is handed
    ///                     over, for what would wait at a node whose catalog is out of date might wait for ever
    record Arrange(long version, SortedMap<String, Defined> integrations, CompletableFuture<Void> arranged)
            implements Command {}

    /// How the other nodes stand now.
    record Know(Circle<Standing> others) implements Command {}

    private enum Served implements Command {
        INSTANCE
    }

    private enum Look implements Command {
        INSTANCE
    }

    /// What the parts of a node share.
    ///
    /// @param loops  event loops that route by the routes
    /// @param routes replaced with each change
    /// @param plans  of the tasks, followed by them
    /// @param destinations by integration, as the routes name them
    /// @param waiting      for what integrations wait that may not begin yet, by name
    /// @param live         shown what the node receives
    record Shared(
            Loops loops,
            Routes<Destination> routes,
            Plans plans,
            ConcurrentMap<String, Destination> destinations,
            ConcurrentSkipListMap<String, String> waiting,
            LiveView live) {
        static Shared create() {
            return new Shared(
                    new Loops(),
                    Routes.of(List.of()),
                    new Plans(),
                    new ConcurrentHashMap<>(),
                    new ConcurrentSkipListMap<>(),
                    new LiveView());
        }
    }

    private static final Logger log = LoggerFactory.getLogger(Ingest.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private final ActorRef<Command> self;
    private final TimerScheduler<Command> timers;
    private final Shared shared;
    private final Tasks tasks;
    private final TaskPlans taskPlans;
    private final Queues queues;
    private final TaskWatch watch;
    private final Meters meters;
    private final Doors doors;
    private final Duration drainTimeout;
    private final TreeMap<String, Arranged> integrations = new TreeMap<>();
    private final BiConsumer<Standing, Set<String>> voice;
    private final LaneWaits waits;
    private Optional<Circle<Standing>> others = Optional.empty();
    private Optional<CompletableFuture<Void>> opening = Optional.empty();
    private long version = -1;
    private boolean serves;

    private Ingest(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            NodeSettings settings,
            Shared shared,
            Tasks tasks,
            TaskPlans taskPlans,
            Queues queues,
            TaskWatch watch,
            BiConsumer<Standing, Set<String>> voice,
            Meters meters) {
        this.self = context.getSelf();
        this.timers = timers;
        this.shared = shared;
        this.tasks = tasks;
        this.taskPlans = taskPlans;
        this.queues = queues;
        this.watch = watch;
        this.voice = voice;
        this.meters = meters;
        this.doors = new Doors(context, settings.handover(), meters);
        this.drainTimeout = settings.task().drainTimeout();
        this.waits = new LaneWaits(shared.waiting(), (name, why) -> watch.tell(name, "waiting", why));
    }

    /// An actor whose children are the doors' senders; one that fails takes it along, for its publishers
    /// would wait for ever.
    ///
    /// @param voice tells the other nodes how this one stands, with the nodes it has reckoned with
    static Behavior<Command> create(
            NodeSettings settings,
            Shared shared,
            Tasks tasks,
            TaskPlans taskPlans,
            Queues queues,
            TaskWatch watch,
            BiConsumer<Standing, Set<String>> voice,
            Meters meters) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new Ingest(context, timers, settings, shared, tasks, taskPlans, queues, watch, voice, meters)
                        .arranging()));
    }

    private Behavior<Command> arranging() {
        return Behaviors.receiveMessage(command -> {
            switch (command) {
                case Arrange(var arrangedVersion, var wanted, var arranged) -> {
                    var isFirst = version < 0;
                    version = arrangedVersion;
                    arrange(wanted);
                    if (isFirst) {
                        serve(arranged);
                        opening = Optional.of(arranged);
                    } else {
                        arranged.complete(null);
                    }
                }
                case Know(var circle) -> {
                    others = Optional.of(circle);
                    look();
                }
                case Served _ -> serves = true;
                case Look _ -> look();
            }
            open();
            say();
            return Behaviors.same();
        });
    }

    private void serve(CompletableFuture<Void> arranged) {
        var _ = tasks.serve().whenComplete((_, failure) -> {
            if (failure == null) {
                self.tell(Served.INSTANCE);
            } else {
                arranged.completeExceptionally(failure);
            }
        });
    }

    private void open() {
        if (serves && integrations.values().stream().noneMatch(arranged -> arranged.way.isWaiting())) {
            opening.ifPresent(arranged -> arranged.complete(null));
            opening = Optional.empty();
        }
    }

    /// Nothing begins before it is known who else is there.
    private boolean mayBegin(String name, long lanes) {
        return others.filter(
                        circle -> LaneRule.mayBegin(name, lanes, circle.words().values()))
                .isPresent();
    }

    /// What it says is what it has decided by: a node it did not reckon with is not told.
    private void say() {
        var lanes = new TreeMap<String, Lanes>();
        integrations.forEach((name, arranged) -> lanes.put(name, arranged.way.lanes()));
        others.ifPresent(circle ->
                voice.accept(new Standing(version, lanes), circle.words().keySet()));
    }

    private void arrange(SortedMap<String, Defined> wanted) {
        var now = System.nanoTime();
        var names = new TreeSet<>(integrations.keySet());
        names.addAll(wanted.keySet());
        for (var name : names) {
            var known = integrations.get(name);
            var defined = wanted.get(name);
            if (defined == null) {
                if (known != null && !known.ended) {
                    end(name, known, now);
                }
            } else if (known == null || !known.isAs(defined)) {
                follow(known, defined, now);
            }
        }
        shared.routes.replace(routes());
        nameDestinations();
        var leavers = integrations.values().stream()
                .flatMap(arranged -> arranged.way.leavers().stream())
                .toList();
        if (!leavers.isEmpty()) {
            shared.loops.afterTurn(() -> leavers.forEach(Destination::leave));
        }
        if (isUnfinished()) {
            timers.startTimerWithFixedDelay(Look.INSTANCE, LOOK_EVERY);
        }
    }

    private void follow(@Nullable Arranged found, Defined defined, long now) {
        var settings = defined.settings();
        var name = settings.name();
        shared.plans.put(name, settings.tasks(), task -> taskPlans.plan(settings, defined.lanes(), task));
        var isNew = found == null || found.ended;
        var arranged = found == null ? arranged(settings) : found;
        queues.know(settings);
        if (isNew || arranged.lanes != defined.lanes()) {
            follow(arranged.way, settings, defined.lanes());
        }
        arranged.settings = settings;
        arranged.lanes = defined.lanes();
        arranged.ended = false;
        watchTasks(name, arranged, now);
        log.info(
                "integration [{}] {}: {} task(s), filters {}",
                name,
                isNew ? "runs" : "changed",
                settings.tasks(),
                settings.filters());
        watch.tell(
                name,
                isNew ? "started" : "changed",
                "%d task(s), filters %s, version %d"
                        .formatted(settings.tasks(), settings.filters(), defined.version()));
    }

    private void follow(Way way, IntegrationSettings settings, long lanes) {
        var subjects = taskPlans.subjects(settings);
        if (settings.queue().isKafka()) {
            way.follow(lanes, settings.tasks(), subjects, queues.target(settings));
        } else {
            way.follow(lanes, settings.tasks(), subjects, task -> tasks.router(settings.name(), task));
        }
    }

    private Arranged arranged(IntegrationSettings settings) {
        var name = settings.name();
        var way = new Way(name, doors, lanes -> mayBegin(name, lanes), lanes -> shared.plans.begun(name, lanes));
        var arranged = new Arranged(way, settings);
        meters.inFlight(name, arranged.way::inFlight);
        integrations.put(name, arranged);
        return arranged;
    }

    /// Tasks that are not wanted are there for longer than any node may still hand over to them.
    private void watchTasks(String name, Arranged arranged, long now) {
        watch.require(name, arranged.tasks(), arranged.settings.queue().isKafka() ? queues : null);
        for (int task = arranged.tasksWatched; task < arranged.tasks(); task++) {
            watch.measure(name, task, arranged.way);
        }
        for (int task = arranged.tasks(); task < arranged.tasksWatched; task++) {
            watch.release(name, task);
        }
        arranged.tasksWatched = Math.max(arranged.tasksWatched, arranged.tasks());
        arranged.forgetAtNanos = now + 3 * drainTimeout.toNanos();
    }

    private void end(String name, Arranged arranged, long now) {
        arranged.way.end(now + drainTimeout.toNanos());
        arranged.ended = true;
        shared.plans.retire(name);
        watchTasks(name, arranged, now);
        log.info("integration [{}] ends: what it has may take {} s", name, drainTimeout.toSeconds());
        watch.tell(name, "ending", "what it has may take %d s".formatted(drainTimeout.toSeconds()));
        queues.left(arranged.settings, shared.plans).ifPresent(what -> watch.tell(name, "queue-left", what));
    }

    private void nameDestinations() {
        integrations.forEach((name, arranged) -> {
            var destination = arranged.way.current();
            if (destination == null) {
                shared.destinations.remove(name);
            } else {
                shared.destinations.put(name, destination);
            }
        });
    }

    private List<Route<Destination>> routes() {
        var routes = new ArrayList<Route<Destination>>();
        for (var arranged : integrations.values()) {
            var destination = arranged.way.current();
            if (destination != null) {
                arranged.settings
                        .filters()
                        .forEach(filter -> routes.add(new Route<>(TopicFilter.parse(filter), destination)));
            }
        }
        return routes;
    }

    private void look() {
        var now = System.nanoTime();
        integrations.forEach((name, arranged) -> {
            arranged.way.look(now);
            others.ifPresent(circle -> waits.look(
                    name, arranged.way.isWaiting(), arranged.way.lanes().oldest(), circle.words(), now));
        });
        integrations.entrySet().removeIf(entry -> isForgotten(entry.getKey(), entry.getValue(), now));
        if (!isUnfinished()) {
            timers.cancel(Look.INSTANCE);
        }
    }

    /// Forgets what is not wanted any more; true if that is the whole integration.
    private boolean isForgotten(String name, Arranged arranged, long now) {
        if (!arranged.isUnfinished()
                || arranged.way.isLeaving()
                || arranged.way.isWaiting()
                || now - arranged.forgetAtNanos < 0) {
            return false;
        }
        while (arranged.tasksWatched > arranged.tasks()
                && (arranged.ended || shared.plans.queued(name, arranged.tasksWatched - 1) == 0)) {
            watch.forget(name, --arranged.tasksWatched);
        }
        if (arranged.ended) {
            shared.plans.remove(name);
            meters.forget(name);
            watch.forget(name);
            queues.forget(name);
            log.info("integration [{}] has ended", name);
            watch.tell(name, "ended", "nothing of it is left on this node");
        }
        return arranged.ended;
    }

    private boolean isUnfinished() {
        return integrations.values().stream().anyMatch(Arranged::isUnfinished);
    }
}
