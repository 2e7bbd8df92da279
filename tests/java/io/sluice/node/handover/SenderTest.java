package io.sluice.node.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
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
import io.sluice.node.settings.Configuration;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a sender tells of itself, with a task that the test plays.
class SenderTest {
    private static final long TASK = 42;
    /// Too rare to strike by themselves.
    private static final Duration RESEND_AFTER = Duration.ofMinutes(1);

    private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.parseString("""
                    pekko.actor.provider = local
                    pekko.actor.testkit.typed.single-expect-default = 60s
                    pekko.coordinated-shutdown.exit-jvm = off
                    pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
                    """)
            .withFallback(Configuration.forActors(Configuration.reference().resolve())));
    private final TestProbe<ToTask> task = kit.createTestProbe();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong parked = new AtomicLong();
    private final AtomicLong discarded = new AtomicLong();
    private final AtomicLong resent = new AtomicLong();
    private final ActorRef<Sender.Command> sender = kit.spawn(Sender.create(
            7,
            0,
            new HandoverSettings(64, 16 << 20, 16 << 20, 64 << 20, RESEND_AFTER),
            task.ref()::tell,
            new Sender.Books() {
                @Override
                public void ended(long deliveredOnes, long parkedOnes, long nanos) {
                    delivered.addAndGet(deliveredOnes);
                    parked.addAndGet(parkedOnes);
                }

                @Override
                public void discarded(long arrivals) {
                    discarded.addAndGet(arrivals);
                }

                @Override
                public void resent(long batches) {
                    resent.addAndGet(batches);
                }
            }));

    @AfterEach
    void end() {
        kit.shutdownTestKit();
    }

    @Test
    void countsWhatItSendsAgainToATaskThatMissesOne() {
        var window = handedOver(3);

        window.tell(new Expected(TASK, 2));

        assertThat(numbers(2)).containsExactly(2L, 3L);
        assertThat(resent).hasValue(2);

        window.tell(new Expected(TASK, 2));
        window.tell(new Acknowledged(TASK, 2, 0));
        window.tell(new Expected(TASK, 3));

        assertThat(numbers(1)).as("one gap makes many complaints").containsExactly(3L);
        assertThat(resent).hasValue(3);
    }

    @Test
    void countsWhatItSendsAgainToATaskThatIsNew() {
        var window = handedOver(3);

        window.tell(new Opened(TASK + 1, 1, 0, 0, task.ref()));

        assertThat(numbers(3)).containsExactly(1L, 2L, 3L);
        assertThat(resent).hasValue(3);
    }

    @Test
    void countsWhatEndedAndHow() {
        var window = handedOver(3);

        window.tell(new Acknowledged(TASK, 2, 1));
        window.tell(new Expected(TASK, 3));

        assertThat(numbers(1)).containsExactly(3L);
        assertThat(delivered).hasValue(1);
        assertThat(parked).hasValue(1);
    }

    @Test
    void handsOverNothingBeforeItIsToldToBegin() {
        sender.tell(new Sender.Offer(0, batch()));
        task.expectNoMessage(Duration.ofMillis(200));

        sender.tell(Sender.Begin.INSTANCE);
        sender.tell(new Sender.Offer(0, batch()));

        var open = task.expectMessageClass(Open.class);
        open.sender().tell(new Opened(TASK, 1, 0, 0, task.ref()));
        assertThat(numbers(2)).containsExactly(1L, 2L);
    }

    @Test
    void endsWhatIsLeftOnceTheTaskWritesNothingOfIt() {
        var ended = new AtomicLong();
        var window = handedOver(2);
        sender.tell(new Sender.Offer(0, batch(ended::incrementAndGet)));
        window.tell(new Acknowledged(TASK, 1, 0));
        assertThat(numbers(1)).containsExactly(3L);

        sender.tell(Sender.Discard.INSTANCE);

        var drop = task.expectMessageClass(Drop.class);
        assertThat(drop.session()).isEqualTo(7);
        window.tell(new Acknowledged(TASK, 2, 0));
        await().until(() -> delivered.get() == 2);
        assertThat(discarded).hasValue(0);

        drop.sender().tell(new Dropped(7));

        await().until(() -> ended.get() == 1);
        assertThat(discarded).hasValue(1);
        sender.tell(new Sender.Offer(0, batch(ended::incrementAndGet)));
        await("one that comes late").until(() -> ended.get() == 2);

        sender.tell(Sender.Stop.INSTANCE);

        kit.createTestProbe().expectTerminated(sender, Duration.ofSeconds(20));
        task.expectNoMessage(Duration.ofMillis(100));
    }

    @Test
    void endsAlsoWhatWaitsToBegin() {
        var ended = new AtomicLong();
        sender.tell(new Sender.Offer(0, batch(ended::incrementAndGet)));

        sender.tell(Sender.Discard.INSTANCE);

        await().until(() -> ended.get() == 1);
        assertThat(discarded).hasValue(1);
        sender.tell(Sender.Begin.INSTANCE);
        task.expectNoMessage(Duration.ofMillis(200));
    }

    /// Hands over batches of one arrival each and says where the task answers to.
    private ActorRef<ToSender> handedOver(int batches) {
        sender.tell(Sender.Begin.INSTANCE);
        LongStream.range(0, batches).forEach(_ -> sender.tell(new Sender.Offer(0, batch())));
        var answer = task.expectMessageClass(Open.class).sender();
        answer.tell(new Opened(TASK, 1, 0, 0, task.ref()));
        assertThat(numbers(batches)).hasSize(batches);
        assertThat(resent).hasValue(0);
        return answer;
    }

    private List<Long> numbers(int count) {
        return LongStream.range(0, count)
                .map(_ -> task.expectMessageClass(Hand.class).number())
                .boxed()
                .toList();
    }

    private static Batch batch() {
        return batch(() -> {});
    }

    private static Batch batch(Runnable settled) {
        var arrival = new Arrival("id", "a/b", new byte[] {1}, 1, false, false, "device", "", "", 1, Properties.NONE);
        return new Batch(List.of(arrival), List.of("device"), arrival.weight(), settled);
    }
}
