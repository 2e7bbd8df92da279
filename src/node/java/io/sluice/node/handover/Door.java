package io.sluice.node.handover;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorRef;

/// The way from this node to one task: its sender, or the queue's writer that all doors of
/// an integration share, and how much the node holds for it. Shared by all event loops.
public final class Door {
    private final int ordinal;
    private final int task;
    private final ActorRef<Sender.Command> sender;
    private final HandoverSettings settings;
    private final AtomicLong heldBytes = new AtomicLong();
    private final Queue<Runnable> waiters = new ConcurrentLinkedQueue<>();

    Door(int ordinal, int task, ActorRef<Sender.Command> sender, HandoverSettings settings) {
        this.ordinal = ordinal;
        this.task = task;
        this.sender = sender;
        this.settings = settings;
    }

    /// Position of this door among all doors the node has now, from 0; a door that comes later may have it
    /// again.
    int ordinal() {
        return ordinal;
    }

    /// Bytes held for the task, settled ones no longer counted.
    public long heldBytes() {
        return heldBytes.get();
    }

    /// Counts an arrival as held.
    ///
    /// @return true while the task is full: its publishers must not be read
    boolean hold(int weight) {
        return heldBytes.addAndGet(weight) > settings.bufferBytes();
    }

    /// Whether the task holds so much that nothing may be added.
    boolean isOverloaded() {
        return heldBytes.get() > settings.overloadBytes();
    }

    /// Whether the task's publishers must not be read.
    boolean isFull() {
        return heldBytes.get() > settings.bufferBytes();
    }

    void offer(Batch batch) {
        sender.tell(new Sender.Offer(task, batch));
    }

    ActorRef<Sender.Command> sender() {
        return sender;
    }

    /// A batch is settled; wakes whoever waits once enough of the task's room is free.
    void letGo(long weight) {
        var left = heldBytes.addAndGet(-weight);
        if (left <= settings.lowWatermarkBytes()) {
            wake();
        }
    }

    /// Runs the waiter once when the task has room again, at once if it has room already.
    void whenRoom(Runnable waiter) {
        waiters.add(waiter);
        if (heldBytes.get() <= settings.lowWatermarkBytes()) {
            wake();
        }
    }

    private void wake() {
        for (var waiter = waiters.poll(); waiter != null; waiter = waiters.poll()) {
            waiter.run();
        }
    }
}
