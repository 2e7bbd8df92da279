package io.sluice.node.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import io.sluice.node.format.Unformattable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
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
        start(new TaskPlan(NAME, 0, plan.properties(), topic, true, plan.recorders(), String::valueOf), () -> {
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

    /// By the clock that a task looks at every second most rounds would take longer. A pause of the machine delays only
    /// some.
    @Test
    void saysHowOldTheOldestIsAsSoonAsAnOlderOneIsSafe() {
        var rounds = 20;
        var parking = ConcurrentHashMap.<String>newKeySet();
        var gates =
                Stream.generate(() -> new CountDownLatch(1)).limit(rounds + 1).toList();
        box = (arrival, _, _, _) -> {
            parking.add(text(arrival));
            pass(gates.get((int) arrival.receivedAt() - 1));
        };
        start(plan("nowhere-else", (_, _, _) -> {
            throw new Unformattable("planted");
        }));
        try {
            publish(0, 1);
            await().atMost(LIMIT).until(() -> parking.contains("message 0"));
            var took = new ArrayList<Duration>();
            for (int n = 0; n < rounds; n++) {
                var next = n + 1;
                publish(next, next + 1);
                await("the older is parked, and another waits")
                        .pollInterval(Duration.ofMillis(2))
                        .atMost(LIMIT)
                        .until(() -> parking.contains("message " + (next - 1))
                                && board.notes().getFirst().heldBatches() == 2);
                var began = System.nanoTime();
                gates.get(n).countDown();
                await("the second is the oldest now")
                        .pollInterval(Duration.ofMillis(2))
                        .atMost(LIMIT)
                        .until(() -> board.notes().getFirst().heldSince() == receivedAt(next));
                took.add(Duration.ofNanos(System.nanoTime() - began));
            }
            Collections.sort(took);
            assertThat(took.get(rounds / 2)).as("half of " + took).isLessThan(Duration.ofMillis(300));
        } finally {
            gates.forEach(CountDownLatch::countDown);
        }
        awaitSafe(rounds + 1);
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
        drainTimeout = Duration.ofSeconds(1);
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
