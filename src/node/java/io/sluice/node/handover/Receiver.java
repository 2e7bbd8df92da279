package io.sluice.node.handover;

import io.sluice.node.handover.Handover.Acknowledged;
import io.sluice.node.handover.Handover.Drop;
import io.sluice.node.handover.Handover.Dropped;
import io.sluice.node.handover.Handover.Expected;
import io.sluice.node.handover.Handover.Gone;
import io.sluice.node.handover.Handover.Hand;
import io.sluice.node.handover.Handover.Open;
import io.sluice.node.handover.Handover.Opened;
import io.sluice.node.handover.Handover.ToSender;
import io.sluice.node.handover.Handover.ToTask;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/// A task's end of all handovers to it: answers the senders and passes on what is accepted. Confined to the task's
/// actor.
public final class Receiver {

    /// A batch the task has taken over and must settle, in the order given.
    ///
    /// @param lanes see [Hand]
    public record Lot(long session, long number, long lanes, Batch batch, ActorRef<ToSender> sender) {}

    private final long incarnation;
    private final ActorRef<ToTask> self;
    private final ReceiveWindow window;

    /// @param incarnation unlike that of every earlier incarnation of this task, never 0
    /// @param self        where senders send batches from now on
    /// @param sessionsMax senders remembered at the same time
    public Receiver(long incarnation, ActorRef<ToTask> self, int sessionsMax) {
        this.incarnation = incarnation;
        this.self = self;
        this.window = new ReceiveWindow(incarnation, sessionsMax);
    }

    /// Answers a sender; a batch that is the next of its session is the task's from now on.
    public Optional<Lot> receive(ToTask message) {
        if (window.isDropped(message.session())) {
            message.sender().tell(new Dropped(message.session()));
            return Optional.empty();
        }
        return switch (message) {
            case Drop(var session, var sender) -> {
                dropped(session, sender);
                yield Optional.empty();
            }
            case Gone(var session, var _) -> {
                forget(session);
                yield Optional.empty();
            }
            case Open(var session, var base, var sender) -> {
                answer(sender, window.opened(session, base));
                yield Optional.empty();
            }
            case Hand(var session, var forIncarnation, var base, var number, var lanes, var batch, var sender) ->
                switch (window.handed(session, forIncarnation, base, number)) {
                    case ReceiveWindow.Answer.Accepted _ -> Optional.of(new Lot(session, number, lanes, batch, sender));
                    case ReceiveWindow.Answer other -> {
                        answer(sender, other);
                        yield Optional.empty();
                    }
                };
        };
    }

    /// Tells the sender that nothing of its session will be written any more: all that was accepted of it is
    /// gone.
    public void dropped(long session, ActorRef<ToSender> sender) {
        window.drop(session);
        sender.tell(new Dropped(session));
    }

    /// Nothing of what the session handed over will be settled, and nobody is to be told. A sender that was taken for
    /// ended, and is not, goes back to what was not acknowledged to it.
    public void forget(long session) {
        window.forget(session);
    }

    /// Tells the sender that its batch is safe.
    ///
    /// @param parked how many of its arrivals ended among the dead letters
    public void settle(Lot lot, int parked) {
        answer(lot.sender(), window.settled(lot.session(), lot.number(), parked));
    }

    private void answer(ActorRef<ToSender> sender, ReceiveWindow.Answer answer) {
        switch (answer) {
            case ReceiveWindow.Answer.Accepted _ -> {}
            case ReceiveWindow.Answer.Opened(var _, var expected, var upTo, var parked) ->
                sender.tell(new Opened(incarnation, expected, upTo, parked, self));
            case ReceiveWindow.Answer.Expected(var _, var expected) -> sender.tell(new Expected(incarnation, expected));
            case ReceiveWindow.Answer.Acknowledged(var _, var upTo, var parked) ->
                sender.tell(new Acknowledged(incarnation, upTo, parked));
        }
    }
}
