package io.sluice.node.integration;

import io.sluice.node.event.End;
import io.sluice.node.handover.Receiver.Lot;
import io.sluice.node.integration.TaskEvent.FromQueue;
import io.sluice.node.integration.TaskEvent.MayBeClear;
import io.sluice.node.integration.TaskEvent.QueueTrouble;
import io.sluice.node.queue.QueuePlace;
import io.sluice.node.queue.QueueReader;
import io.sluice.node.queue.QueueReader.Chunk;
import io.sluice.node.queue.QueueReaders;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/// What a task takes from its integration's queue. Confined to the task's actor, except [#look].
final class TaskQueue {
    private static final long NOBODY = 0;

    private final ActorContext<Task.Command> context;
    private final TaskPlan plan;
    private final TaskTools tools;
    private final Backlog backlog;
    private final QueueReaders readers;

    /// @param plan of the task in any version, for names
    TaskQueue(ActorContext<Task.Command> context, TaskPlan plan, Orders orders, TaskTools tools, Backlog backlog) {
        this.context = context;
        this.plan = plan;
        this.tools = tools;
        this.backlog = backlog;
        this.readers = new QueueReaders(
                plan.task(),
                () -> orders.plan()
                        .orElseThrow(() -> new IllegalStateException("the integration is gone"))
                        .queues()
                        .get(),
                listener());
    }

    private QueueReader.Listener listener() {
        var self = context.getSelf();
        return new QueueReader.Listener() {
            @Override
            public void read(QueueReader reader, Chunk chunk) {
                self.tell(new FromQueue(reader, chunk));
            }

            @Override
            public void mayBeClear() {
                self.tell(MayBeClear.INSTANCE);
            }

            @Override
            public void expired(QueuePlace place, long messages) {
                tools.leftQueue(plan, End.DISCARDED, messages);
                tools.events()
                        .error(
                                plan.integration(),
                                plan.task(),
                                "expired",
                                "%s: its limits removed %d messages before they were delivered"
                                        .formatted(place, messages));
            }

            @Override
            public void cut(QueuePlace place, String what) {
                tools.events().error(plan.integration(), plan.task(), "queue-cut", "%s: %s".formatted(place, what));
            }

            @Override
            public void trouble(String problem) {
                self.tell(new QueueTrouble(problem));
            }
        };
    }

    /// What may be written, and what there is to read. May block, in bounded time; any thread.
    ///
    /// @param known lanes that have begun
    QueueReaders.Look look(long known) {
        return readers.look(known);
    }

    /// Reads on, as far as is clear.
    void follow(QueueReaders.Look look) {
        readers.follow(look);
        backlog.waitsFor().ifPresent(readers::want);
    }

    /// Tells that something waits for its lanes.
    ///
    /// @return false if there is no queue that it could wait for
    boolean want(long lanes) {
        readers.want(lanes);
        return !readers.isEmpty();
    }

    /// What was read is the task's from now on.
    Lot take(FromQueue read) {
        var chunk = read.chunk();
        var size = chunk.batch().size();
        var lot = new Lot(
                NOBODY,
                chunk.next(),
                chunk.lanes(),
                chunk.batch(),
                context.getSystem().ignoreRef());
        backlog.add(lot, System.currentTimeMillis(), parked -> {
            read.reader().settled(chunk);
            tools.leftQueue(plan, End.DELIVERED, (long) size - parked);
            tools.leftQueue(plan, End.PARKED, parked);
        });
        return lot;
    }

    /// What was read is the task's from now on, and goes out.
    ///
    /// @param closed the line takes nothing more: it waits for the next one
    void ship(FromQueue read, Line line, boolean closed) {
        var lot = take(read);
        if (!closed) {
            line.offer(lot);
        }
    }

    /// Takes nothing more until it is to follow again.
    void pause() {
        readers.pause();
    }

    /// Commits what is safe after this, and reads no more. Waits for it as what makes up for the thread does.
    void stopAfter(Runnable close) {
        try {
            close.run();
        } finally {
            CompletableFuture.runAsync(readers::stop, tools.blocking()).join();
        }
    }
}
