package io.sluice.node.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import io.sluice.node.event.Arrival;
import io.sluice.node.event.Properties;
import io.sluice.node.handover.QueuedForm;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kafka")
class QueueReaderTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final String name = TestKafka.newTopic("read", 1, Map.of());
    private final TopicPartition partition = new TopicPartition(name, 0);
    private final List<QueueReader.Chunk> chunks = new CopyOnWriteArrayList<>();
    private final List<String> troubles = new CopyOnWriteArrayList<>();
    private final List<String> cuts = new CopyOnWriteArrayList<>();
    private final AtomicLong mayBeClear = new AtomicLong();
    private final AtomicLong looks = new AtomicLong();
    private final AtomicLong expired = new AtomicLong();
    private QueueReader reader = reader(0, Duration.ofMillis(10), known -> known);

    @AfterEach
    void stop() {
        reader.stop();
        reader.join(LIMIT);
    }

    private QueueTopic topic(Duration commitInterval) {
        return new QueueTopic(
                "one",
                new QueuePlace("here", name),
                () -> Map.of("bootstrap.servers", TestKafka.bootstrapServers()),
                new QueueSettings("", -1, -1, 1 << 20, 1 << 20, 1_000, commitInterval, Duration.ofMillis(100)));
    }

    private QueueReader reader(int task, Duration commitInterval, LongUnaryOperator clearance) {
        return new QueueReader(
                topic(commitInterval),
                task,
                known -> {
                    looks.incrementAndGet();
                    return clearance.applyAsLong(known);
                },
                new QueueReader.Listener() {
                    @Override
                    public void read(QueueReader from, QueueReader.Chunk chunk) {
                        chunks.add(chunk);
                    }

                    @Override
                    public void mayBeClear() {
                        mayBeClear.incrementAndGet();
                    }

                    @Override
                    public void expired(QueuePlace place, long messages) {
                        expired.addAndGet(messages);
                    }

                    @Override
                    public void cut(QueuePlace place, String what) {
                        cuts.add(what);
                    }

                    @Override
                    public void trouble(String problem) {
                        troubles.add(problem);
                    }
                });
    }

    private void write(long lanes, String... texts) {
        try (var producer = topic(Duration.ZERO).producer("none")) {
            for (var text : texts) {
                var _ = producer.send(new ProducerRecord<>(
                        name, 0, "s".getBytes(StandardCharsets.UTF_8), QueuedForm.bytes(lanes, arrival(text))));
            }
        }
    }

    private static Arrival arrival(String text) {
        return new Arrival(
                "id", "a/b", text.getBytes(StandardCharsets.UTF_8), 1, false, false, "d", "", "", 0, Properties.NONE);
    }

    private List<String> read() {
        return chunks.stream()
                .map(QueueReader.Chunk::batch)
                .flatMap(batch -> batch.arrivals().stream())
                .map(arrival -> new String(arrival.payload(), StandardCharsets.UTF_8))
                .toList();
    }

    private void awaitRead(String... texts) {
        await("is read").atMost(LIMIT).until(() -> read().equals(List.of(texts)));
    }

    private void settle() {
        chunks.forEach(reader::settled);
        chunks.clear();
    }

    private interface Question<T> {
        T ask(Admin admin) throws ExecutionException, InterruptedException;
    }

    private static <T> T ask(Question<T> question) {
        try (var admin = Admin.create(Map.of("bootstrap.servers", (Object) TestKafka.bootstrapServers()))) {
            return question.ask(admin);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private OptionalLong committed() {
        return ask(admin -> admin.listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata().get().values().stream()
                .mapToLong(OffsetAndMetadata::offset)
                .findFirst());
    }

    private void awaitCommitted(long offset) {
        await("is committed").atMost(LIMIT).until(() -> committed().equals(OptionalLong.of(offset)));
    }

    @Test
    void looksForOthersThoughThereIsNoPartitionForIt() {
        reader = reader(3, Duration.ofSeconds(1), _ -> 20);
        reader.start();
        reader.allow(10);

        reader.want(20);

        await("it is told").atMost(LIMIT).until(() -> mayBeClear.get() > 0);
    }

    @Test
    void readsOnWhenOthersCannotBeLookedAt() {
        reader = reader(0, Duration.ofSeconds(1), _ -> {
            throw new IllegalStateException("partition 1 is away");
        });
        reader.start();
        reader.allow(10);
        reader.want(20);
        await("it has looked").atMost(LIMIT).until(() -> looks.get() > 0);

        write(10, "a", "b");

        await("is read").atMost(LIMIT).until(() -> read().equals(List.of("a", "b")));
        await("it is told")
                .atMost(LIMIT)
                .until(() -> troubles.stream().anyMatch(problem -> problem.contains("partition 1 is away")));
    }

    @Test
    void commitsAgainWhatKafkaHasForgotten() {
        reader.start();
        reader.allow(10);
        write(10, "a", "b");
        awaitRead("a", "b");
        settle();
        awaitCommitted(2);

        Collection<Void> gone = ask(admin -> {
            admin.deleteConsumerGroupOffsets(name, Set.of(partition)).all().get();
            return List.of();
        });

        assertThat(gone).isEmpty();
        awaitCommitted(2);
    }

    @Test
    void leavesWhatANewerOwnerHasCommitted() {
        reader = reader(0, Duration.ofSeconds(10), known -> known);
        reader.start();
        reader.allow(10);
        write(9, "a");
        write(10, "b");
        awaitRead("a", "b");
        reader.settled(chunks.getFirst());
        Collection<Void> done = ask(admin -> {
            admin.alterConsumerGroupOffsets(name, Map.of(partition, new OffsetAndMetadata(2)))
                    .all()
                    .get();
            return List.of();
        });
        assertThat(done).isEmpty();

        reader.stop();
        reader.join(LIMIT);

        assertThat(committed()).hasValue(2);
    }

    @Test
    void tellsWhatWasRemovedUnreadThoughNothingFollows() {
        reader.start();
        reader.allow(9);
        write(10, "a");
        await("it waits with that, and its last fetch is over").atMost(LIMIT).until(() -> looks.get() > 3);
        write(10, "b", "c", "d", "e");
        Collection<Void> done = ask(admin -> {
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(5)))
                    .all()
                    .get();
            return List.of();
        });
        assertThat(done).isEmpty();

        reader.allow(10);

        awaitRead("a");
        await("it is told").atMost(LIMIT).until(() -> expired.get() == 4);
        settle();
        awaitCommitted(5);
        assertThat(expired).hasValue(4);
    }

    @Test
    void removesWhatIsDeliveredAndNothingElse() {
        reader = reader(0, Duration.ofSeconds(1), known -> known);
        reader.start();
        reader.allow(11);
        write(10, "a", "b");
        write(11, "c");
        awaitRead("a", "b", "c");
        assertThat(begin()).isZero();

        reader.settled(chunks.removeFirst());

        await("is removed").atMost(LIMIT).until(() -> begin() == 2);
        assertThat(committed()).hasValue(2);
        settle();
        await("is removed too").atMost(LIMIT).until(() -> begin() == 3);
        assertThat(expired).hasValue(0);
        assertThat(troubles).isEmpty();
    }

    @Test
    void removesNothingOfATopicThatTookItsPlace() {
        reader.start();
        write(10, "a", "b");

        topic(Duration.ZERO).removeBefore(Uuid.randomUuid(), 0, 1);

        assertThat(begin()).isZero();
    }

    private long begin() {
        return ask(admin -> admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                .partitionResult(partition)
                .get()
                .offset());
    }

    @Test
    void beginsAnewWithATopicThatWasMadeAnew() {
        reader.start();
        reader.allow(10);
        write(10, "a", "b", "c");
        awaitRead("a", "b", "c");
        var old = List.copyOf(chunks);
        settle();
        awaitCommitted(3);
        Collection<Void> done = ask(admin -> {
            admin.deleteTopics(List.of(name)).all().get();
            return List.of();
        });
        assertThat(done).isEmpty();
        await("is made again")
                .atMost(LIMIT)
                .ignoreExceptions()
                .until(() -> ask(admin -> {
                    admin.createTopics(List.of(new NewTopic(name, 1, (short) 1)))
                            .all()
                            .get();
                    return true;
                }));

        write(10, "d", "e");

        awaitRead("d", "e");
        old.forEach(reader::settled);
        assertThat(cuts).hasSize(1);
        settle();
        awaitCommitted(2);
    }

    @Test
    void givesWhatIsInFrontOfARecordThatCannotBeRead() {
        write(10, "a", "b");
        try (var producer = topic(Duration.ZERO).producer("none")) {
            var _ = producer.send(new ProducerRecord<>(name, 0, null, "not ours".getBytes(StandardCharsets.UTF_8)));
        }
        write(11, "c");
        reader.start();
        reader.allow(11);

        awaitRead("a", "b");
        settle();

        awaitCommitted(2);
        await("it is told")
                .atMost(LIMIT)
                .until(() -> troubles.stream().anyMatch(problem -> problem.contains("offset 2 of partition 0")));
        assertThat(topic(Duration.ZERO).parts(Map.of()).getFirst().firstLanes()).hasValue(11);
    }
}
