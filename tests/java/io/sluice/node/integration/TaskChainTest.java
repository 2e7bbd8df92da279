package io.sluice.node.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import io.sluice.node.event.Arrival;
import io.sluice.node.format.Unformattable;
import io.sluice.node.handover.Intake;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A task whose integration sends on what became of its messages, and what it owes to the next one.
@Tag("kafka")
class TaskChainTest extends TaskRig {
    private record Offered(Arrival arrival, Intake.Publisher publisher, long sequence) {}

    /// The next integration, which has nothing safe before it is told to.
    private static final class Next implements Onward.Target {
        private final ConcurrentLinkedQueue<Offered> offered = new ConcurrentLinkedQueue<>();

        @Override
        public boolean isFull(Arrival arrival) {
            return false;
        }

        @Override
        public void offer(Arrival arrival, Intake.Publisher publisher, long sequence) {
            offered.add(new Offered(arrival, publisher, sequence));
        }

        @Override
        public boolean isDiscarding() {
            return false;
        }
    }

    private final ScheduledExecutorService chainLoop = Executors.newSingleThreadScheduledExecutor();
    private final Next next = new Next();
    private volatile boolean there = true;

    {
        chain = new Chain(
                new Onward.Loop() {
                    @Override
                    public void execute(Runnable task) {
                        chainLoop.execute(task);
                    }

                    @Override
                    public void later(Runnable task, Duration delay) {
                        var _ = chainLoop.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
                    }

                    @Override
                    public long nanos() {
                        return System.nanoTime();
                    }
                },
                _ -> there ? Optional.of(next) : Optional.empty());
    }

    @AfterEach
    void endLoop() {
        chainLoop.shutdownNow();
    }

    private TaskPlan sendingOn(@Nullable String topic, Line.Recorder recorder, String onSuccess, String onFailure) {
        var plan = plan(topic, recorder);
        return new TaskPlan(
                NAME,
                0,
                plan.properties(),
                topic,
                true,
                plan.recorders(),
                new io.sluice.node.integration.Next(onSuccess, onFailure),
                String::valueOf,
                java.util.List::of);
    }

    private void awaitOffered(int count) {
        await(count + " are sent on").atMost(LIMIT).until(() -> next.offered.size() == count);
    }

    private void settle(int count) {
        chainLoop.execute(() -> {
            for (int i = 0; i < count; i++) {
                var one = next.offered.remove();
                one.publisher.safe(one.sequence);
                one.publisher.settled();
            }
        });
    }

    @Test
    void nothingIsAcknowledgedBeforeTheNextIntegrationHasItSafe() throws Exception {
        var topic = TestKafka.newTopic("chained", 1, Map.of());
        start(sendingOn(topic, bySent(topic), "next", ""));

        publish(0, 5);
        awaitOffered(5);
        assertThat(values(topic)).containsExactlyElementsOf(texts(0, 5));
        await().during(Duration.ofMillis(300)).until(safe::isEmpty);

        assertThat(next.offered.stream()
                        .map(one -> Map.copyOf(one.arrival.metadata().texts())))
                .startsWith(Map.of("topic", topic, "partition", "0", "offset", "0"))
                .endsWith(Map.of("topic", topic, "partition", "0", "offset", "4"));
        settle(5);
        awaitSafe(5);
        assertThat(ended("delivered")).isEqualTo(5);
        assertThat(breaks).hasValue(0);
    }

    @Test
    void whatCannotBeDeliveredIsSentOnInsteadOfParked() {
        var topic = TestKafka.newTopic("chained", 1, Map.of());
        Line.Recorder recorder = (arrival, _, owner) -> {
            if (text(arrival).endsWith("1")) {
                throw new Unformattable("key: missing");
            }
            return record(topic, arrival, owner);
        };
        start(sendingOn(topic, recorder, "", "next"));

        publish(0, 3);
        awaitOffered(1);
        var failed = next.offered.element().arrival;
        assertThat(text(failed)).isEqualTo("message 1");
        assertThat(failed.metadata().texts()).isEqualTo(Map.of("error", "unformattable: key: missing"));
        assertThat(safe).isEmpty();

        settle(1);
        awaitSafe(3);
        assertThat(parked).isEmpty();
        assertThat(ended("parked")).isEqualTo(1);
        assertThat(values(topic)).containsExactly("message 0", "message 2");
    }

    @Test
    void eachGoesWhereItsOutcomeSays() {
        var topic = TestKafka.newTopic("chained", 1, Map.of());
        Line.Recorder recorder =
                (arrival, _, owner) -> record(text(arrival).endsWith("1") ? "no topic!" : topic, arrival, owner);
        start(sendingOn(null, recorder, "next", "next"));

        publish(0, 3);
        awaitOffered(3);

        assertThat(next.offered.stream().map(one -> one.arrival.id()))
                .containsExactlyInAnyOrder("id-0/one/success", "id-1/one/failure", "id-2/one/success");
        settle(3);
        awaitSafe(3);
        assertThat(parked).isEmpty();
        assertThat(breaks).hasValue(0);
    }

    /// It stops while the next has not answered; the next incarnation sends all on again, under the same names.
    @Test
    void aTaskThatIsStoppedSettlesNothingAndTheNextRepeats() {
        drainTimeout = Duration.ofMillis(300);
        var topic = TestKafka.newTopic("chained", 1, Map.of());
        var plan = sendingOn(topic, bySent(topic), "next", "");
        start(plan);
        publish(0, 4);
        awaitOffered(4);
        var ids = next.offered.stream().map(one -> one.arrival.id()).toList();

        task.tell(Task.Drain.INSTANCE);
        await("it has stopped").atMost(LIMIT).until(() -> phase() == TaskPhase.STOPPED);
        assertThat(safe).isEmpty();
        settle(4);
        start(plan);
        awaitOffered(4);

        assertThat(safe).as("what is late counts no more").isEmpty();
        assertThat(next.offered.stream().map(one -> one.arrival.id())).containsExactlyElementsOf(ids);
        settle(4);
        awaitSafe(4);
        assertThat(values(topic)).isEqualTo(twice(texts(0, 4)));
    }

    private static List<String> twice(List<String> texts) {
        return java.util.stream.Stream.of(texts, texts).flatMap(List::stream).toList();
    }

    @Test
    void itSaysWhatItWaitsForUntilItGetsOn() {
        var topic = TestKafka.newTopic("chained", 1, Map.of());
        there = false;
        start(sendingOn(topic, bySent(topic), "next", ""));
        publish(0, 1);

        await("it says so")
                .atMost(LIMIT)
                .until(() -> board.notes()
                        .getFirst()
                        .problem()
                        .equals("waits for integration [next], which is removed or disabled"));
        assertThat(board.notes().getFirst().heldBatches()).isEqualTo(1);
        there = true;
        awaitOffered(1);
        settle(1);
        awaitSafe(1);

        await("and that it gets on")
                .atMost(LIMIT)
                .until(() -> board.notes().getFirst().problem().isEmpty());
        assertThat(values(topic)).hasSize(1);
    }
}
