package io.sluice.node.handover;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.Properties;
import io.sluice.node.handover.Handover.Acknowledged;
import io.sluice.node.handover.Handover.Drop;
import io.sluice.node.handover.Handover.Dropped;
import io.sluice.node.handover.Handover.Expected;
import io.sluice.node.handover.Handover.Hand;
import io.sluice.node.handover.Handover.Open;
import io.sluice.node.handover.Handover.Opened;
import io.sluice.node.handover.Handover.ToSender;
import io.sluice.node.handover.Handover.ToTask;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

/// The task's end of a handover, with senders that the test plays.
class ReceiverTest {
    private static final long TASK = 42;
    private static final int SENDERS_MAX = 3;

    private final TestInbox<ToTask> task = TestInbox.create();
    private final TestInbox<ToSender> sender = TestInbox.create();
    private final Receiver receiver = new Receiver(TASK, task.getRef(), SENDERS_MAX);

    private Hand hand(long session, long number) {
        var arrival = new Arrival("id", "a/b", new byte[] {1}, 1, false, false, "device", "", "", 1, Properties.NONE);
        var batch = new Batch(List.of(arrival), List.of("device"), arrival.weight(), () -> {});
        return new Hand(session, TASK, 1, number, 0, batch, sender.getRef());
    }

    /// Its word may come by a quicker way than the batches that were sent before it.
    @Test
    void whatComesOfADroppedSessionIsNotAccepted() {
        assertThat(receiver.receive(hand(7, 1))).isPresent();
        receiver.receive(new Drop(7, sender.getRef()));

        assertThat(receiver.receive(hand(7, 1))).isEmpty();
        assertThat(receiver.receive(hand(7, 2))).isEmpty();
        assertThat(receiver.receive(new Open(7, 1, sender.getRef()))).isEmpty();

        assertThat(sender.getAllReceived()).containsExactly(dropped(7), dropped(7), dropped(7), dropped(7));
    }

    @Test
    void anotherSessionGoesOn() {
        receiver.receive(hand(7, 1));
        receiver.receive(new Drop(7, sender.getRef()));

        var lot = receiver.receive(hand(8, 1)).orElseThrow();
        receiver.settle(lot, 0);
        receiver.receive(new Open(9, 5, sender.getRef()));

        assertThat(sender.getAllReceived())
                .containsExactly(dropped(7), new Acknowledged(TASK, 1, 0), new Opened(TASK, 5, 4, 0, task.getRef()));
    }

    /// A node that restarted at its old address may be taken for the one that ended.
    @Test
    void aSenderThatWasTakenForEndedGoesBackToWhatIsNotAcknowledged() {
        var first = receiver.receive(hand(7, 1)).orElseThrow();
        receiver.settle(first, 0);
        assertThat(receiver.receive(hand(7, 2))).isPresent();
        assertThat(receiver.receive(hand(7, 3))).isPresent();
        sender.getAllReceived();

        receiver.forget(7);

        var next = new Hand(7, TASK, 2, 4, 0, hand(7, 4).batch(), sender.getRef());
        assertThat(receiver.receive(next)).isEmpty();
        assertThat(sender.getAllReceived()).containsExactly(new Expected(TASK, 2));
        for (var number = 2; number <= 4; number++) {
            assertThat(receiver.receive(
                            new Hand(7, TASK, 2, number, 0, hand(7, 4).batch(), sender.getRef())))
                    .isPresent();
        }
    }

    @Test
    void noMoreDroppedOnesAreRememberedThanSessions() {
        for (var session = 1L; session <= SENDERS_MAX + 1; session++) {
            receiver.receive(new Drop(session, sender.getRef()));
        }

        assertThat(receiver.receive(hand(1, 1))).isPresent();
        assertThat(receiver.receive(hand(2, 1))).isEmpty();
    }

    private static ToSender dropped(long session) {
        return new Dropped(session);
    }
}
