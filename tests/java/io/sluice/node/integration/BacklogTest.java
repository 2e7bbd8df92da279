package io.sluice.node.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.Properties;
import io.sluice.node.handover.Batch;
import io.sluice.node.handover.Handover;
import io.sluice.node.handover.Receiver;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

/// Senders that end while a line is at work.
class BacklogTest {
    private static final long TASK = 42;
    private static final long LANES = 3;

    private final TestInbox<Handover.ToTask> task = TestInbox.create();
    private final TestInbox<Handover.ToSender> sender = TestInbox.create();
    private final List<Handover.Gone> watched = new ArrayList<>();
    private final Backlog backlog = new Backlog(new Receiver(TASK, task.getRef(), 10), watched::add);

    private void hand(long session, long number, long lanes) {
        var arrival = new Arrival("id", "a/b", new byte[] {1}, 1, false, false, "device", "", "", 1, Properties.NONE);
        var batch = new Batch(List.of(arrival), List.of("device"), arrival.weight(), () -> {});
        var _ = backlog.take(new Handover.Hand(session, TASK, 1, number, lanes, batch, sender.getRef()));
    }

    private void ends(long session) {
        var _ = backlog.take(new Handover.Gone(session, sender.getRef()));
    }

    @Test
    void whatNoLineHasOfASenderThatEndedIsGivenUpAtOnce() {
        backlog.admit(LANES);
        hand(7, 1, LANES);
        hand(8, 1, LANES + 1);
        hand(8, 2, LANES + 1);
        assertThat(backlog.size()).isEqualTo(3);

        ends(8);

        assertThat(backlog.size()).isEqualTo(1);
        assertThat(backlog.waitsFor()).isEmpty();
    }

    @Test
    void whatALineHasOfASenderThatEndedStaysUntilItIsSettled() {
        backlog.admit(LANES);
        hand(7, 1, LANES);
        hand(8, 1, LANES);

        ends(7);

        assertThat(backlog.size()).isEqualTo(2);
        assertThat(backlog.hasOrphansBefore(Long.MAX_VALUE)).isTrue();
        backlog.settle(new int[] {0, 0});
        assertThat(backlog.isEmpty()).isTrue();
        assertThat(backlog.hasOrphansBefore(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void eachSenderIsWatchedOnce() {
        backlog.admit(LANES);
        hand(7, 1, LANES);
        hand(7, 2, LANES);
        hand(8, 1, LANES);

        assertThat(watched).extracting(Handover.Gone::session).containsExactly(7L, 8L);
    }
}
