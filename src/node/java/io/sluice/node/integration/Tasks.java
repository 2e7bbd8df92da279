package io.sluice.node.integration;

import io.sluice.node.cluster.OwnShard;
import io.sluice.node.cluster.Role;
import io.sluice.node.handover.Handover;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.ClusterShardingSettings;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All integration tasks of the cluster: where they are reached, and what keeps them running.
public final class Tasks {
    private static final EntityTypeKey<Task.Command> KEY = EntityTypeKey.create(Task.Command.class, "task");

    /// When a task of an integration that is not known here was wanted, in nanoseconds.
    private record Asked(long first, long last) {}

    private static final Logger log = LoggerFactory.getLogger(Tasks.class);
    private static final Duration STRANGE_AFTER = Duration.ofSeconds(20);
    private static final int STRANGERS_MAX = 1_000;

    private final ActorSystem<?> system;
    private final Role role;
    private final Plans plans;
    private final TaskSettings settings;
    private final TaskTools tools;
    private final ConcurrentMap<String, Asked> strangers = new ConcurrentHashMap<>();
    private volatile @Nullable ClusterSharding serving;

    /// @param role  of the nodes that may own tasks
    /// @param plans what they are to do, followed as it changes
    public Tasks(ActorSystem<?> system, Role role, Plans plans, TaskSettings settings, TaskTools tools) {
        this.system = system;
        this.role = role;
        this.plans = plans;
        this.settings = settings;
        this.tools = tools;
    }

    /// Lets this node own tasks, if it has the role for it, and reach those of others. Once, when the plans
    /// are there: a node that owned a task it knows nothing of would keep it from those who do. None starts
    /// before it is told to run or is handed something.
    ///
    /// @return once it does, after some seconds at most
    public CompletionStage<Void> serve() {
        return CompletableFuture.runAsync(
                () -> {
                    plans.any().ifPresent(WarmUp::run);
                    init();
                },
                tools.blocking());
    }

    private void init() {
        var sharding = ClusterSharding.get(system);
        sharding.init(Entity.of(KEY, context -> behavior(context.getEntityId()))
                .withStopMessage(Task.Drain.INSTANCE)
                .withMessageExtractor(new OwnShard<>())
                .withSettings(ClusterShardingSettings.create(system).withRole(role.word())));
        serving = sharding;
    }

    private Behavior<Task.Command> behavior(String id) {
        var slash = id.lastIndexOf('/');
        var orders = plans.orders(id.substring(0, slash), Integer.parseInt(id.substring(slash + 1)));
        return orders.plan()
                .map(plan -> {
                    strangers.remove(id);
                    return Task.create(plan, orders, settings, tools);
                })
                .orElseGet(() -> gone(id));
    }

    /// Of an integration that is gone: there is nothing to write, and the sender that asks is told so.
    private Behavior<Task.Command> gone(String id) {
        return Behaviors.receiveMessage(command -> {
            if (command == Task.Run.INSTANCE) {
                wantedElsewhere(id);
            }
            if (command instanceof Task.FromSender(Handover.Drop(var session, var sender))) {
                sender.tell(new Handover.Dropped(session));
            }
            return Behaviors.stopped();
        });
    }

    /// Another node wants it to run. For the moment of a change that is as it should be.
    private void wantedElsewhere(String id) {
        var now = System.nanoTime();
        var asked = strangers.compute(
                id,
                (_, known) -> known == null || now - known.last > STRANGE_AFTER.toNanos()
                        ? new Asked(now, now)
                        : new Asked(known.first, now));
        if (now - asked.first > STRANGE_AFTER.toNanos()) {
            log.warn(
                    "task [{}] does not run: it fell to this node, which has no such integration; define it in the"
                            + " same way on all nodes",
                    id);
            strangers.put(id, new Asked(now + STRANGE_AFTER.multipliedBy(2).toNanos(), now));
        }
        if (strangers.size() > STRANGERS_MAX) {
            strangers.clear();
        }
    }

    /// Reaches a task wherever it lives.
    public Consumer<Handover.ToTask> router(String integration, int task) {
        var id = id(integration, task);
        return message -> tell(id, new Task.FromSender(message));
    }

    /// Before this node serves, nothing is told: who tells tells it again.
    private void tell(String id, Task.Command command) {
        var sharding = serving;
        if (sharding != null) {
            sharding.entityRefFor(KEY, id).tell(command);
        }
    }

    /// Lets the tasks of an integration finish what they have and end; the reconciler brings them back with
    /// producers of their own.
    public void restart(String integration, int tasks) {
        for (int task = 0; task < tasks; task++) {
            tell(id(integration, task), Task.Drain.INSTANCE);
        }
    }

    /// Tells every task to run, again and again: one that is gone comes back without anyone remembering it.
    public Behavior<Tick> reconciling(Duration interval) {
        return Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Tick.RUN, Duration.ZERO, interval);
            return Behaviors.receiveMessage(tick -> switch (tick) {
                case RUN -> {
                    plans.wanted().forEach(id -> tell(id, Task.Run.INSTANCE));
                    yield Behaviors.same();
                }
                case STOP -> Behaviors.stopped();
            });
        });
    }

    /// What the reconciler hears.
    public enum Tick {
        /// Its own timer.
        RUN,
        /// The node stops: tasks that end stay ended.
        STOP
    }

    static String id(String integration, int task) {
        return integration + "/" + task;
    }
}
