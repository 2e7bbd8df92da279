package io.sluice.bench;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads a topic back with its own consumer: read committed, all partitions, from where they ended when it was opened.
public final class Reader implements AutoCloseable {
    private static final int ADMIN_SECONDS = 20;
    private static final int ATTEMPTS = 50;
    private static final int SAMPLES = 2;

    private final String topic;
    private final Plan plan;
    private final Seen seen;
    private final Payload.Eye eye;
    private final Admin admin;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Long> positions = new ConcurrentHashMap<>();
    private final List<String> samples = new ArrayList<>();
    private final Thread thread;
    private volatile Optional<String> failure = Optional.empty();

    private Reader(Admin admin, String bootstrapServers, String topic, Plan plan) {
        this.admin = admin;
        this.topic = topic;
        this.plan = plan;
        this.seen = new Seen(plan.devices());
        this.eye = new Payload.Eye(plan.run());
        positions.putAll(ends());
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "enable.auto.commit",
                        false,
                        "allow.auto.create.topics",
                        false,
                        "auto.offset.reset",
                        "none",
                        "max.poll.records",
                        10_000,
                        "fetch.max.wait.ms",
                        200),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(positions.keySet());
        positions.forEach(consumer::seek);
        this.thread = Thread.ofPlatform().daemon().name("reader").start(this::read);
    }

    /// Notes where the topic ends and reads from there. A topic that does not exist is made.
    public static Reader open(String bootstrapServers, String topic, int partitions, Plan plan) {
        var admin = Admin.create(Map.of(
                "bootstrap.servers", bootstrapServers, "default.api.timeout.ms", 20_000, "request.timeout.ms", 10_000));
        try {
            create(admin, topic, partitions);
            return new Reader(admin, bootstrapServers, topic, plan);
        } catch (RuntimeException e) {
            admin.close(Duration.ZERO);
            throw e;
        }
    }

    private static void create(Admin admin, String topic, int partitions) {
        try {
            get(
                    topic,
                    admin.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
                            .all());
        } catch (TopicExistsException _) {
            // as wanted
        }
    }

    /// Waits until everything that is in the topic now has been read.
    ///
    /// @throws IllegalStateException when that does not happen in time
    public void catchUp(Duration limit) {
        var ends = ends();
        var caughtUp = Fleet.await(limit, () -> failure.isPresent() || reached(ends));
        if (!caughtUp || failure.isPresent()) {
            throw new IllegalStateException("reader of %s: expected to reach %s within %d s, was at %s; %s"
                    .formatted(topic, ends, limit.toSeconds(), positions, failure.orElse("no error")));
        }
    }

    /// Reads the rest of the topic, ends the fleet and this reader, and judges what both have seen.
    ///
    /// @throws IllegalStateException when the topic cannot be read to its end in time
    public Verdict judge(Fleet fleet, Duration limit) {
        catchUp(limit);
        fleet.finish();
        finish();
        return Verdict.of(fleet.ledger(), seen, Verdict.Expected.of(plan));
    }

    public Seen seen() {
        return seen;
    }

    /// The first records of the run, for a person to look at.
    public synchronized List<String> samples() {
        return List.copyOf(samples);
    }

    @Override
    public void close() {
        finish();
    }

    /// Stops reading; what was seen may be read afterwards.
    public void finish() {
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        admin.close(Duration.ofSeconds(1));
    }

    private boolean reached(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> positions.getOrDefault(end.getKey(), 0L) >= end.getValue());
    }

    private Map<TopicPartition, Long> ends() {
        var wanted = new HashMap<TopicPartition, OffsetSpec>();
        for (var partition = 0; partition < partitions(); partition++) {
            wanted.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        var committed = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
        var ends = new HashMap<TopicPartition, Long>();
        get(topic, admin.listOffsets(wanted, committed).all())
                .forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    /// A topic just made may be unknown for a moment.
    private int partitions() {
        for (var attempt = 1; ; attempt++) {
            try {
                return get(topic, admin.describeTopics(List.of(topic)).allTopicNames()).values().stream()
                        .mapToInt(description -> description.partitions().size())
                        .sum();
            } catch (UnknownTopicOrPartitionException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                LockSupport.parkNanos(100_000_000);
            }
        }
    }

    private static <T> T get(String topic, KafkaFuture<T> future) {
        try {
            return future.get(ADMIN_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "topic %s: expected an answer of Kafka within %d s".formatted(topic, ADMIN_SECONDS), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("topic " + topic + ": interrupted", e);
        }
    }

    private void read() {
        try (consumer) {
            while (true) {
                var records = consumer.poll(Duration.ofMillis(500));
                var now = Micros.now();
                for (var fetched : records) {
                    take(fetched, now);
                }
                // every partition: markers of transactions move a position without bringing a record
                positions.replaceAll((partition, _) -> consumer.position(partition));
            }
        } catch (WakeupException _) {
            // closed
        } catch (RuntimeException e) {
            failure = Optional.of(e.toString());
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> fetched, long now) {
        var value = fetched.value() == null ? new byte[0] : fetched.value();
        var found = eye.find(value);
        if (found == Payload.Foreign.INSTANCE) {
            seen.addForeign();
            return;
        }
        if (seen.records() < SAMPLES) {
            sample(fetched, value);
        }
        seen.add(sighting(fetched, found, now));
    }

    private static Sighting sighting(ConsumerRecord<byte[], byte[]> fetched, Payload.Found found, long now) {
        return new Sighting(
                fetched.partition(),
                fetched.offset(),
                now,
                found,
                text(fetched.key()),
                header(fetched, "ce_id"),
                header(fetched, "ce_subject"),
                epoch(header(fetched, "sluice-epoch")));
    }

    private static long epoch(String text) {
        return text.isEmpty() ? -1 : Long.parseLong(text);
    }

    private static String header(ConsumerRecord<byte[], byte[]> fetched, String name) {
        var header = fetched.headers().lastHeader(name);
        return header == null ? "" : text(header.value());
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }

    private synchronized void sample(ConsumerRecord<byte[], byte[]> fetched, byte[] value) {
        if (samples.size() >= SAMPLES) {
            return;
        }
        var out = new StringBuilder("partition %d offset %d key %s%n"
                .formatted(fetched.partition(), fetched.offset(), text(fetched.key())));
        fetched.headers().forEach(header -> out.append("  %s: %s%n".formatted(header.key(), text(header.value()))));
        samples.add(out.append("  ").append(text(value)).toString());
    }
}
