package io.sluice.node.integration;

import io.sluice.node.cluster.Role;
import io.sluice.node.handover.Handover;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.ClusterShardingSettings;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.sharding.typed.ShardingMessageExtractor;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;

/// All integration tasks of the cluster: where they are reached, and what keeps them running.
public final class Tasks {
    private static final EntityTypeKey<Task.Command> KEY = EntityTypeKey.create(Task.Command.class, "task");

    private final ClusterSharding sharding;
    private final Plans plans;

    private Tasks(ClusterSharding sharding, Plans plans) {
        this.sharding = sharding;
        this.plans = plans;
    }

    /// Lets this node own tasks, if it has the role for it. None starts before it is told to run or is handed
    /// something.
    ///
    /// @param role  of the nodes that may own tasks
    /// @param plans what they are to do, followed as it changes
    public static Tasks join(ActorSystem<?> system, Role role, Plans plans, TaskSettings settings, TaskTools tools) {
        var sharding = ClusterSharding.get(system);
        sharding.init(Entity.of(KEY, context -> behavior(plans, context.getEntityId(), settings, tools))
                .withStopMessage(Task.Drain.INSTANCE)
                .withMessageExtractor(new OwnShard())
                .withSettings(ClusterShardingSettings.create(system).withRole(role.word())));
        return new Tasks(sharding, plans);
    }

    /// Each task is a shard of its own: tasks are few and heavy, and two of them shall not share a node by chance.
    private static final class OwnShard extends ShardingMessageExtractor<ShardingEnvelope<Task.Command>, Task.Command> {
        @Override
        public String entityId(ShardingEnvelope<Task.Command> envelope) {
            return envelope.entityId();
        }

        @Override
        public String shardId(String entityId) {
            return entityId;
        }

        @Override
        public Task.Command unwrapMessage(ShardingEnvelope<Task.Command> envelope) {
            return envelope.message();
        }
    }

    private static Behavior<Task.Command> behavior(Plans plans, String id, TaskSettings settings, TaskTools tools) {
        var slash = id.lastIndexOf('/');
        var orders = plans.orders(id.substring(0, slash), Integer.parseInt(id.substring(slash + 1)));
        return orders.plan()
                .map(plan -> Task.create(plan, orders, settings, tools))
                .orElseGet(Tasks::gone);
    }

    /// Of an integration that is gone: there is nothing to write, and the sender that asks is told so.
    private static Behavior<Task.Command> gone() {
        return Behaviors.receiveMessage(command -> {
            if (command instanceof Task.FromSender(Handover.Drop(var session, var sender))) {
                sender.tell(new Handover.Dropped(session));
            }
            return Behaviors.stopped();
        });
    }

    /// Reaches a task wherever it lives.
    public Consumer<Handover.ToTask> router(String integration, int task) {
        var entity = sharding.entityRefFor(KEY, id(integration, task));
        return message -> entity.tell(new Task.FromSender(message));
    }

    /// Lets the tasks of an integration finish what they have and end; the reconciler brings them back with
    /// producers of their own.
    public void restart(String integration, int tasks) {
        for (int task = 0; task < tasks; task++) {
            sharding.entityRefFor(KEY, id(integration, task)).tell(Task.Drain.INSTANCE);
        }
    }

    /// Tells every task to run, again and again: one that is gone comes back without anyone remembering it.
    public Behavior<Tick> reconciling(Duration interval) {
        return Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Tick.RUN, Duration.ZERO, interval);
            return Behaviors.receiveMessage(tick -> switch (tick) {
                case RUN -> {
                    plans.wanted().forEach(id -> sharding.entityRefFor(KEY, id).tell(Task.Run.INSTANCE));
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
