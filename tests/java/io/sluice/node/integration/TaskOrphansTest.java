package io.sluice.node.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import io.sluice.node.OtherKafka;
import io.sluice.node.handover.Batch;
import io.sluice.node.handover.Handover;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Senders that end, as with their node, while Kafka is away. Nobody waits for what they handed over, and their
/// publishers
/// send it again to another node: else each node that restarts would add a window.
@Tag("kafka")
class TaskOrphansTest extends TaskRig {
    private static final int ORPHANS = 5;

    private final TestProbe<Handover.ToSender> orphan = kit.createTestProbe();

    @AfterEach
    void letKafkaGoOn() {
        OtherKafka.resume();
    }

    @Test
    void areGivenUpByATaskThatCannotStart() {
        startTimeout = Duration.ofSeconds(1);
        var topic = TestKafka.newTopic("orphans", 1, Map.of());
        start(plan("127.0.0.1:1", topic, bySent(topic)));
        publish(0, 3);
        handOverAndEnd();

        await("what they left is given up while Kafka is away").atMost(LIMIT).until(() -> held() == 1);
        newest = Optional.of(plan(topic, bySent(topic)));
        awaitSafe(3);
        assertThat(values(topic)).containsExactlyElementsOf(texts(0, 3));
    }

    @Test
    void areGivenUpByATaskWhoseLineIsStuck() {
        var topic = "orphans-of-a-line";
        start(plan(OtherKafka.bootstrapServers(), topic, bySent(topic)));
        publish(0, 3);
        awaitSafe(3);
        OtherKafka.pause();
        publish(3, 6);
        handOverAndEnd();

        await("what they left is given up while Kafka stands still")
                .atMost(LIMIT)
                .until(() -> held() == 1);
        OtherKafka.resume();
        awaitSafe(6);
        assertThat(TestKafka.readAll(OtherKafka.bootstrapServers(), topic).stream()
                        .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                        .filter(text -> !text.startsWith("message 10"))
                        .distinct())
                .containsExactlyElementsOf(texts(0, 6));
    }

    private void handOverAndEnd() {
        task.tell(new Task.FromSender(new Handover.Open(99, 1, orphan.ref())));
        var opened = orphan.expectMessageClass(Handover.Opened.class, LIMIT);
        for (var number = 1; number <= ORPHANS; number++) {
            var batch = new Batch(List.of(arrival(100 + number)), List.of("device"), 100, () -> {});
            task.tell(new Task.FromSender(
                    new Handover.Hand(99, opened.incarnation(), 1, number, 0, batch, orphan.ref())));
        }
        await("all is held").atMost(LIMIT).until(() -> held() == 1 + ORPHANS);
        orphan.stop();
    }

    private int held() {
        return board.notes().isEmpty() ? 0 : board.notes().getFirst().heldBatches();
    }
}
