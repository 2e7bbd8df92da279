package io.sluice.node.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.Properties;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueuePumpTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final BlockingQueue<MockProducer<byte[], byte[]>> producers = new LinkedBlockingQueue<>();
    private final List<String> safe = new CopyOnWriteArrayList<>();
    private final List<String> parked = new CopyOnWriteArrayList<>();
    private final List<String> troubles = new CopyOnWriteArrayList<>();
    private final BlockingQueue<List<String>> left = new LinkedBlockingQueue<>();
    private final QueueTo queue = new QueueTo(
            "queue",
            _ -> {
                var producer = new MockProducer<>(
                        Cluster.empty(),
                        false,
                        new RoundRobinPartitioner(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
                producers.add(producer);
                return producer;
            },
            (_, arrival, _, _) -> parked.add(text(arrival)),
            troubles::add,
            Duration.ofMillis(5));
    private final QueuePump pump = new QueuePump(
            queue,
            7,
            new QueuePump.Listener() {
                @Override
                public void safe(Batch batch, int parkedOnes) {
                    safe.add(text(batch.arrivals().getFirst()));
                }

                @Override
                public void resent(int batches) {}
            },
            batches -> left.add(batches.stream()
                    .map(batch -> text(batch.arrivals().getFirst()))
                    .toList()));

    @AfterEach
    void stop() {
        pump.stop();
    }

    @Test
    void whatCouldNotBeSentIsSentAgainBeforeWhatCameLater() throws Exception {
        pump.start();
        var first = producer();
        List.of("a", "b", "c").forEach(this::offer);
        await().atMost(LIMIT).until(() -> first.history().size() == 3);
        assertThat(first.completeNext()).isTrue();
        assertThat(first.errorNext(new NotEnoughReplicasException("one of two")))
                .isTrue();

        var second = producer();
        offer("d");
        await().atMost(LIMIT).until(() -> second.history().size() == 3);
        while (second.completeNext()) {}

        await().atMost(LIMIT).until(() -> safe.size() == 4);
        assertThat(sent(second)).containsExactly("b", "c", "d");
        assertThat(safe).containsExactly("a", "b", "c", "d");
        assertThat(first.closed()).isTrue();
        assertThat(troubles).contains("one of two");
    }

    @Test
    void tellsAKafkaThatDoesNotAnswer() throws Exception {
        pump.start();
        var producer = producer();
        await().atMost(LIMIT).until(() -> troubles.equals(List.of("")));
        offer("a");

        await().atMost(LIMIT).until(() -> troubles.size() == 2);
        producer.completeNext();
        await().atMost(LIMIT).until(() -> troubles.size() == 3);

        assertThat(troubles).containsExactly("", "Kafka has acknowledged nothing for more than 5 s", "");
    }

    @Test
    void whatIsTooLargeIsParkedAndEnds() throws Exception {
        pump.start();
        var producer = producer();
        List.of("large", "small").forEach(this::offer);
        await().atMost(LIMIT).until(() -> producer.history().size() == 2);
        producer.errorNext(new RecordTooLargeException("too large"));
        producer.completeNext();

        await().atMost(LIMIT).until(() -> safe.size() == 2);
        assertThat(parked).containsExactly("large");
        assertThat(producers).isEmpty();
    }

    @Test
    void whatIsNotSafeWhenItStopsIsGivenBackInOrder() throws Exception {
        pump.start();
        var producer = producer();
        List.of("a", "b", "c").forEach(this::offer);
        await().atMost(LIMIT).until(() -> producer.history().size() == 3);
        producer.completeNext();

        pump.stop();

        assertThat(left.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).containsExactly("b", "c");
        assertThat(producer.closed()).isTrue();
    }

    private MockProducer<byte[], byte[]> producer() throws InterruptedException {
        var found = producers.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(found).as("a producer is opened").isNotNull();
        return found;
    }

    private void offer(String text) {
        var arrival = new Arrival(
                "id",
                "a/b",
                text.getBytes(StandardCharsets.UTF_8),
                1,
                false,
                false,
                "device",
                "",
                "",
                0,
                Properties.NONE);
        pump.offer(new Sender.Offer(0, new Batch(List.of(arrival), List.of("device"), 1, () -> {})));
    }

    private static List<String> sent(MockProducer<byte[], byte[]> producer) {
        return producer.history().stream()
                .map(record -> text(QueuedForm.read(record.value()).arrival()))
                .toList();
    }

    private static String text(Arrival arrival) {
        return new String(arrival.payload(), StandardCharsets.UTF_8);
    }
}
