package io.sluice.node.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A task between a real sender and a real Kafka: its phases.
@Tag("kafka")
class TaskTest extends TaskRig {
    @Test
    void startsAndShipsInOrder() {
        var topic = TestKafka.newTopic("starts", 1, Map.of());
        start(plan(topic, bySent(topic)));

        publish(0, 500);

        awaitSafe(500);
        assertThat(values(topic)).isEqualTo(texts(0, 500));
        assertThat(phase()).isEqualTo(TaskPhase.RUNNING);
    }

    @Test
    void backsOffWhileKafkaIsAwayAndShipsWhatItTookThen() {
        var topic = TestKafka.newTopic("away", 1, Map.of());
        var away = new AtomicBoolean(true);
        var plan = plan(topic, bySent(topic));
        start(new TaskPlan(NAME, 0, plan.properties(), topic, true, plan.recorder(), String::valueOf), () -> {
            if (away.get()) {
                throw new IllegalStateException("away");
            }
            return epoch.incrementAndGet();
        });
        publish(0, 10);
        await().atMost(LIMIT).until(() -> phase() == TaskPhase.BACKING_OFF);
        assertThat(board.notes().getFirst().problem()).contains("away");
        assertThat(safe).isEmpty();

        away.set(false);

        awaitSafe(10);
        assertThat(values(topic)).isEqualTo(texts(0, 10));
        assertThat(board.notes().getFirst().problem()).isEmpty();
    }

    @Test
    void drainsWhatItHasBeforeItStops() {
        var topic = TestKafka.newTopic("drains", 1, Map.of());
        start(plan(topic, bySent(topic)));
        await().atMost(LIMIT).until(() -> phase() == TaskPhase.RUNNING);
        var first = task;
        for (int n = 0; n < 1_000; n += 10) {
            publish(n, n + 10);
        }
        await().atMost(LIMIT).until(() -> !safe.isEmpty());

        first.tell(Task.Drain.INSTANCE);

        kit.createTestProbe().expectTerminated(first, LIMIT);
        assertThat(phase()).isEqualTo(TaskPhase.STOPPED);
        assertThat(producers()).isZero();
        awaitSafe(values(topic).size());
        start(plan(topic, bySent(topic)));
        awaitSafe(1_000);
        assertThat(values(topic)).as("nothing repeats").isEqualTo(texts(0, 1_000));
    }

    @Test
    void drainsInBoundedTimeAndHandsTheRestToTheNextIncarnation() throws Exception {
        var topic = TestKafka.newTopic("bounded", 1, Map.of());
        var stuck = new CountDownLatch(1);
        var plan = plan(topic, (arrival, subject, owner) -> {
            if (owner == 1) {
                pass(stuck);
            }
            return record(topic, arrival, owner);
        });
        start(plan);
        publish(0, 10);
        await().atMost(LIMIT).until(() -> phase() == TaskPhase.RUNNING);
        var first = task;

        first.tell(Task.Drain.INSTANCE);
        kit.createTestProbe().expectTerminated(first, LIMIT);
        assertThat(safe).isEmpty();
        start(plan);

        awaitSafe(10);
        stuck.countDown();
        assertThat(values(topic)).isEqualTo(texts(0, 10));
    }

    @Test
    void doesNotWaitForAStartWhenItIsToldToStop() {
        var goOn = new CountDownLatch(1);
        start(plan("nowhere", bySent("nowhere")), () -> {
            pass(goOn);
            return epoch.incrementAndGet();
        });

        task.tell(Task.Drain.INSTANCE);

        kit.createTestProbe().expectTerminated(task, LIMIT);
        goOn.countDown();
        await("what it opened in the end is closed").atMost(LIMIT).until(() -> epoch.get() == 1 && producers() == 0);
    }
}
