package io.sluice.node.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A task whose orders change while it works.
@Tag("kafka")
class TaskOrdersTest extends TaskRig {
    @Test
    void finishesWhatItBeganAndFollowsTheNewPlan() {
        var before = TestKafka.newTopic("before", 1, Map.of());
        var after = TestKafka.newTopic("after", 1, Map.of());
        start(plan(before, bySent(before)));
        publish(0, 500);
        await().atMost(LIMIT).until(() -> !safe.isEmpty());

        newest = Optional.of(plan(after, bySent(after)));
        for (int n = 500; n < 3_000; n += 10) {
            publish(n, n + 10);
        }
        awaitSafe(3_000);
        await().atMost(LIMIT).until(() -> epoch.get() == 2 && phase() == TaskPhase.RUNNING);
        publish(3_000, 3_010);
        awaitSafe(3_010);

        var both = Stream.of(before, after)
                .map(TaskRig::values)
                .flatMap(List::stream)
                .toList();
        assertThat(both).as("in order, none twice").isEqualTo(texts(0, 3_010));
        assertThat(values(after)).endsWith("message 3009");
    }

    @Test
    void followsANewPlanThoughTheOldOneGetsNowhere() {
        drainTimeout = Duration.ofSeconds(1);
        var topic = TestKafka.newTopic("nowhere", 1, Map.of());
        var stuck = new CountDownLatch(1);
        start(plan(topic, (arrival, subject, owner) -> {
            pass(stuck);
            return bySent(topic).record(arrival, subject, owner);
        }));
        try {
            await().atMost(LIMIT).until(() -> phase() == TaskPhase.RUNNING);
            publish(0, 10);

            newest = Optional.of(plan(topic, bySent(topic)));

            awaitSafe(10);
        } finally {
            stuck.countDown();
        }
        assertThat(values(topic)).containsSubsequence(texts(0, 10));
    }

    @Test
    void triesANewPlanAtOnceWhenTheOldOneCannotStart() {
        startTimeout = Duration.ofSeconds(2);
        var topic = TestKafka.newTopic("cured", 1, Map.of());
        start(plan("127.0.0.1:1", topic, bySent(topic)));
        publish(0, 10);
        await().atMost(LIMIT).until(() -> phase() == TaskPhase.BACKING_OFF);

        newest = Optional.of(plan(topic, bySent(topic)));

        awaitSafe(10);
        assertThat(values(topic)).isEqualTo(texts(0, 10));
    }

    @Test
    void drainsWhenItsIntegrationIsGone() {
        var topic = TestKafka.newTopic("gone", 1, Map.of());
        start(plan(topic, bySent(topic)));
        publish(0, 500);
        await().atMost(LIMIT).until(() -> !safe.isEmpty());
        var first = task;

        newest = Optional.empty();
        wanted = false;

        kit.createTestProbe().expectTerminated(first, LIMIT);
        assertThat(board.notes()).isEmpty();
        assertThat(producers()).isZero();
        awaitSafe(values(topic).size());
    }

    @Test
    void servesOnWhileSomethingComesAndEndsThenIfNobodyWantsIt() {
        drainTimeout = Duration.ofSeconds(1);
        var topic = TestKafka.newTopic("unwanted", 1, Map.of());
        start(plan(topic, bySent(topic)));
        await().atMost(LIMIT).until(() -> phase() == TaskPhase.RUNNING);
        wanted = false;

        publish(0, 10);

        awaitSafe(10);
        assertThat(values(topic)).isEqualTo(texts(0, 10));
        kit.createTestProbe().expectTerminated(task, LIMIT);
        assertThat(board.notes()).isEmpty();
    }
}
