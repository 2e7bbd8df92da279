package io.sluice.node.queue;

import io.sluice.node.broker.KafkaAdmin;
import io.sluice.node.handover.QueuedForm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// The Kafka topic of a queue: makes it, and opens what writes and reads it. Everything blocks, in bounded time.
///
/// @param properties of a client of its broker; asked at each opening, so that a renewed certificate is used
public record QueueTopic(
        String integration, QueuePlace place, Supplier<Map<String, Object>> properties, QueueSettings settings) {

    /// How much it may keep.
    ///
    /// @param time      empty: without end
    /// @param partBytes of each partition; 0: any
    public record Limits(Optional<Duration> time, long partBytes) {}

    static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration PEEK_TIMEOUT = Duration.ofSeconds(5);

    /// A topic that was deleted comes back only by a new attempt.
    private static final Duration BLOCKED_MAX = Duration.ofSeconds(15);
    private static final Duration METADATA_AGE_MAX = Duration.ofSeconds(10);
    private static final int PEEK_BYTES = 1024;
    private static final int READ_RECORDS = 100; // they are unpacked as they are polled

    /// Kafka frees the room of whole segments only, and never of the newest.
    private static final int SEGMENT = 128 << 20;
    private static final int LARGEST_FETCH = 8 << 20;

    /// Something asked of Kafka.
    private interface Question<T> {
        T ask(Admin admin) throws ExecutionException, InterruptedException;
    }

    /// Makes the topic if it is not there, with as many partitions at least and with these limits.
    public void ensure(int partitions, Limits limits) {
        var _ = answer(admin -> {
            var created = create(admin, partitions, limits);
            if (!created) {
                grow(admin, partitions);
                configure(admin, limits);
            }
            return created;
        });
    }

    /// Another one for each topic of that name. It is there.
    Uuid id() {
        return answer(admin -> described(admin).topicId());
    }

    /// Removes the records of a partition below an offset, unless the topic is another one by now.
    ///
    /// @param id as [#id] answered when the offset was found
    void removeBefore(Uuid id, int partition, long offset) {
        var _ = answer(admin -> {
            var isSame = described(admin).topicId().equals(id);
            if (isSame) {
                admin.deleteRecords(Map.of(partition(partition), RecordsToDelete.beforeOffset(offset)))
                        .all()
                        .get();
            }
            return isSame;
        });
    }

    /// Whether it is not there, or has fewer partitions; false if nobody says.
    public boolean lacks(int partitions) {
        try {
            return answer(admin -> described(admin).partitions().size() < partitions);
        } catch (UnknownTopicOrPartitionException _) {
            return true;
        } catch (KafkaException _) {
            return false;
        }
    }

    private <T> T answer(Question<T> question) {
        try (var admin = KafkaAdmin.open(properties.get(), ANSWER_TIMEOUT)) {
            return question.ask(admin);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while %s was asked for".formatted(place), e);
        }
    }

    private TopicDescription described(Admin admin) throws ExecutionException, InterruptedException {
        return Objects.requireNonNull(admin.describeTopics(List.of(place.topic()))
                .allTopicNames()
                .get()
                .get(place.topic()));
    }

    private boolean create(Admin admin, int partitions, Limits limits) throws ExecutionException, InterruptedException {
        var replicas = settings.replicationFactor() < 0
                ? Optional.<Short>empty()
                : Optional.of((short) settings.replicationFactor());
        try {
            admin.createTopics(List.of(
                            new NewTopic(place.topic(), Optional.of(partitions), replicas).configs(configs(limits))))
                    .all()
                    .get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return false;
            }
            throw e;
        }
    }

    private void grow(Admin admin, int partitions) throws ExecutionException, InterruptedException {
        if (described(admin).partitions().size() < partitions) {
            admin.createPartitions(Map.of(place.topic(), NewPartitions.increaseTo(partitions)))
                    .all()
                    .get();
        }
    }

    private void configure(Admin admin, Limits limits) throws ExecutionException, InterruptedException {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, place.topic());
        var found = Objects.requireNonNull(
                admin.describeConfigs(List.of(resource)).all().get().get(resource));
        var changes = configs(limits).entrySet().stream()
                .filter(config -> {
                    var entry = found.get(config.getKey());
                    return entry == null || !config.getValue().equals(entry.value());
                })
                .map(config -> new AlterConfigOp(
                        new ConfigEntry(config.getKey(), config.getValue()), AlterConfigOp.OpType.SET))
                .toList();
        if (!changes.isEmpty()) {
            admin.incrementalAlterConfigs(Map.of(resource, changes)).all().get();
        }
    }

    private Map<String, String> configs(Limits limits) {
        var configs = new TreeMap<String, String>();
        configs.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        configs.put(
                TopicConfig.RETENTION_MS_CONFIG,
                limits.time().map(time -> Long.toString(time.toMillis())).orElse("-1"));
        configs.put(
                TopicConfig.RETENTION_BYTES_CONFIG, limits.partBytes() == 0 ? "-1" : Long.toString(limits.partBytes()));
        configs.put(TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(Math.max(SEGMENT, settings.messageMax())));
        configs.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime"); // retention must not go by our clock
        configs.put(TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG, "false");
        configs.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(settings.messageMax()));
        if (settings.minInsyncReplicas() > 0) {
            configs.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Integer.toString(settings.minInsyncReplicas()));
        }
        return configs;
    }

    /// Order and safety before speed: one request under way at a time, and nothing expires.
    public Producer<byte[], byte[]> producer(String compression) {
        var producing = new HashMap<>(properties.get());
        producing.put(ProducerConfig.CLIENT_ID_CONFIG, "sluice-queue-" + integration);
        producing.put(ProducerConfig.ACKS_CONFIG, "all");
        producing.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        producing.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        producing.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE);
        producing.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        producing.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCKED_MAX.toMillis());
        producing.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, settings.messageMax());
        producing.put(ProducerConfig.BATCH_SIZE_CONFIG, 64 << 10);
        producing.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        producing.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, compression);
        producing.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Math.max(32L << 20, 2L * settings.messageMax()));
        return new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /// One that reads from where it is told, and commits what it is told.
    Consumer<byte[], byte[]> consumer(int partition) {
        return consumer((int) Math.min(settings.readBytes(), LARGEST_FETCH), Integer.toString(partition));
    }

    private Consumer<byte[], byte[]> consumer(int fetchBytes, String purpose) {
        var consuming = new HashMap<>(properties.get());
        consuming.put(ConsumerConfig.CLIENT_ID_CONFIG, "sluice-queue-%s-%s".formatted(integration, purpose));
        consuming.put(ConsumerConfig.GROUP_ID_CONFIG, place.topic());
        consuming.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        consuming.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        consuming.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        consuming.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, (int) METADATA_AGE_MAX.toMillis());
        consuming.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, READ_RECORDS);
        consuming.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, fetchBytes);
        consuming.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ANSWER_TIMEOUT.toMillis());
        consuming.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ANSWER_TIMEOUT.toMillis());
        return new KafkaConsumer<>(consuming, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /// How its partitions are; none if it is not there.
    ///
    /// @param settled what is known to be safe beyond what is committed, offsets by partition
    public List<Clearance.Part> parts(Map<Integer, Long> settled) {
        try (var consumer = consumer(PEEK_BYTES, "look")) {
            return withFirsts(consumer, parts(consumer, settled));
        }
    }

    /// Looks again and again how many messages wait. One thread at a time.
    public Meter meter() {
        return new Meter(consumer(PEEK_BYTES, "lag"));
    }

    /// Counts what waits.
    public final class Meter implements AutoCloseable {
        private final Consumer<byte[], byte[]> consumer;

        private Meter(Consumer<byte[], byte[]> consumer) {
            this.consumer = consumer;
        }

        /// How its partitions are, without a look at the records; none if it is not there.
        public List<Clearance.Part> parts() {
            return QueueTopic.this.parts(consumer, Map.of());
        }

        @Override
        public void close() {
            consumer.close();
        }
    }

    List<TopicPartition> partitions(Consumer<byte[], byte[]> consumer) {
        try {
            var found = consumer.partitionsFor(place.topic());
            return found == null
                    ? List.of()
                    : found.stream()
                            .map(info -> new TopicPartition(place.topic(), info.partition()))
                            .toList();
        } catch (UnknownTopicOrPartitionException _) {
            return List.of();
        }
    }

    private List<Clearance.Part> parts(Consumer<byte[], byte[]> consumer, Map<Integer, Long> settled) {
        var partitions = partitions(consumer);
        if (partitions.isEmpty()) {
            return List.of();
        }
        var committed = consumer.committed(new HashSet<>(partitions));
        var begins = consumer.beginningOffsets(partitions);
        var ends = consumer.endOffsets(partitions); // last: it may only be too high
        var parts = new ArrayList<Clearance.Part>();
        for (var partition : partitions) {
            var begin = begins.getOrDefault(partition, 0L);
            var offset = committed.get(partition);
            var safe =
                    Math.max(offset == null ? begin : offset.offset(), settled.getOrDefault(partition.partition(), 0L));
            parts.add(new Clearance.Part(
                    partition.partition(), begin, safe, ends.getOrDefault(partition, 0L), OptionalLong.empty()));
        }
        return parts;
    }

    private List<Clearance.Part> withFirsts(Consumer<byte[], byte[]> consumer, List<Clearance.Part> parts) {
        var lanes = firsts(consumer, parts);
        return parts.stream()
                .map(part -> new Clearance.Part(
                        part.partition(),
                        part.begin(),
                        part.settled(),
                        part.end(),
                        lanes.getOrDefault(part.partition(), OptionalLong.empty())))
                .toList();
    }

    /// Lanes of the first record of each partition that is not settled. What is not ours has none.
    private Map<Integer, OptionalLong> firsts(Consumer<byte[], byte[]> consumer, List<Clearance.Part> parts) {
        var lanes = new HashMap<Integer, OptionalLong>();
        var missing = new HashMap<Integer, Clearance.Part>();
        parts.stream().filter(part -> part.end() > from(part)).forEach(part -> missing.put(part.partition(), part));
        consumer.assign(missing.keySet().stream().map(this::partition).toList());
        missing.values().forEach(part -> consumer.seek(partition(part.partition()), from(part)));
        var deadline = System.nanoTime() + PEEK_TIMEOUT.toNanos();
        while (!missing.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new KafkaException("%s: expected a record of each of partitions %s, was no answer within %d s"
                        .formatted(place, missing.keySet(), PEEK_TIMEOUT.toSeconds()));
            }
            for (var record : consumer.poll(Duration.ofMillis(200))) {
                var part = missing.get(record.partition());
                var found = QueuedForm.lanes(record.value());
                if (part != null && (found.isPresent() || record.offset() + 1 >= part.end())) {
                    lanes.put(record.partition(), found);
                    missing.remove(record.partition());
                    consumer.pause(List.of(partition(record.partition())));
                    deadline = System.nanoTime() + PEEK_TIMEOUT.toNanos();
                }
            }
        }
        return lanes;
    }

    private TopicPartition partition(int number) {
        return new TopicPartition(place.topic(), number);
    }

    private static long from(Clearance.Part part) {
        return Math.max(part.begin(), part.settled());
    }
}
