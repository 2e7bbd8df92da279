package io.sluice.node.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Two owners of one task, as after a pause of the node that had it: `fencing = transactional` lets the newer one
/// write and ends the older one.
@Tag("kafka")
class TaskFencingTest extends TaskRig {
    @Test
    void endsWhenANewerOwnerHasTakenOver() {
        var topic = TestKafka.newTopic("fenced", 1, Map.of());
        var plan = fencing(topic);
        start(plan);
        publish(0, 10);
        awaitSafe(10);
        var older = task;
        start(plan);
        var newer = task;
        await("the newer one is up").atMost(LIMIT).until(() -> epoch.get() == 2 && phase() == TaskPhase.RUNNING);

        // the sender knows the older one and hands it what comes
        publish(10, 20);

        kit.createTestProbe().expectTerminated(older, LIMIT);
        awaitSafe(20);
        publish(20, 30);
        awaitSafe(30);
        assertThat(breaks).hasValue(1);
        assertThat(TestKafka.readAll(topic)).extracting(TaskFencingTest::shown).isEqualTo(expected());
        newer.tell(Task.Drain.INSTANCE);
        kit.createTestProbe().expectTerminated(newer, LIMIT);
        await("neither left a producer").atMost(LIMIT).until(() -> producers() == 0);
    }

    /// As after a standstill of the node that nobody took for its end.
    @Test
    void writesNothingWhileItMayNotAndRunsAgainOnceItMay() {
        var topic = TestKafka.newTopic("probation", 1, Map.of());
        start(plan(topic, bySent(topic)));
        publish(0, 5);
        awaitSafe(5);

        mayWrite = false;
        publish(5, 10);
        await("it says why it does not")
                .atMost(LIMIT)
                .until(() -> board.notes().getFirst().problem().contains("stood still"));
        assertThat(values(topic)).containsExactlyElementsOf(texts(0, 5));
        assertThat(epoch).as("none is taken").hasValue(1);

        mayWrite = true;
        awaitSafe(10);
        assertThat(values(topic)).containsExactlyElementsOf(texts(0, 10));
    }

    /// `epoch: text` of what must be there, in order and once: the first ten by the older owner.
    private static List<String> expected() {
        return Stream.concat(
                        texts(0, 10).stream().map(text -> "1: " + text),
                        texts(10, 30).stream().map(text -> "2: " + text))
                .toList();
    }

    private static String shown(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.headers().lastHeader("sluice-epoch").value(), StandardCharsets.UTF_8) + ": "
                + new String(record.value(), StandardCharsets.UTF_8);
    }

    private TaskPlan fencing(String topic) {
        var plan = plan(topic, bySent(topic));
        var transactional = with(plan.properties().get(), "transactional.id", topic);
        return new TaskPlan(NAME, 0, () -> transactional, topic, true, plan.recorders(), String::valueOf);
    }
}
