package io.sluice.node.handover;

import org.apache.pekko.actor.typed.ActorRef;

/// What senders and the task say to each other.
public final class Handover {
    private Handover() {}

    /// To the task.
    public sealed interface ToTask {
        /// Number of the sender's life: every sender has its own.
        long session();

        /// Where the answer goes.
        ActorRef<ToSender> sender();
    }

    /// Asks which incarnation the task is and what it expects of the session; all below `base` was acknowledged to the
    /// sender.
    public record Open(long session, long base, ActorRef<ToSender> sender) implements ToTask {}

    /// Hands over one batch.
    ///
    /// @param lanes which distribution of subjects over tasks it follows; with the first batch of a newer one
    ///              all that followed older ones has its end
    public record Hand(
            long session, long incarnation, long base, long number, long lanes, Batch batch, ActorRef<ToSender> sender)
            implements ToTask {}

    /// Nobody wants what is left of the session: write nothing of it any more.
    public record Drop(long session, ActorRef<ToSender> sender) implements ToTask {}

    /// The sender has ended, its node perhaps: nobody waits for what is left of the session, and its publishers send it
    /// again. Nobody sends this; who watches the sender finds it out.
    public record Gone(long session, ActorRef<ToSender> sender) implements ToTask {}

    /// To the sender.
    public sealed interface ToSender {}

    /// Nothing of the session will be written any more.
    public record Dropped(long session) implements ToSender {}

    /// This incarnation of the task expects the number next, sent to `task`; the rest as [Acknowledged].
    public record Opened(long incarnation, long expected, long upTo, long parked, ActorRef<ToTask> task)
            implements ToSender {}

    /// A batch came out of turn.
    public record Expected(long incarnation, long expected) implements ToSender {}

    /// All batches up to the number are safe; `parked` arrivals of the session ended among the dead letters so far.
    public record Acknowledged(long incarnation, long upTo, long parked) implements ToSender {}
}
