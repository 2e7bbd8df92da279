package io.sluice;

import io.sluice.node.embedded.EmbeddedKafka;
import io.sluice.node.embedded.EmbeddedKafkaSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// The real Kafka of the tests, one for the JVM, started when first asked for.
public final class TestKafka {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private TestKafka() {}

    private static final class Running {
        private static final EmbeddedKafka KAFKA = start();

        private static EmbeddedKafka start() {
            try {
                var kafka = EmbeddedKafka.start(new EmbeddedKafkaSettings(
                        "127.0.0.1",
                        0,
                        0,
                        Files.createTempDirectory("sluice-kafka"),
                        3,
                        8 << 20,
                        256L << 20,
                        Duration.ofSeconds(90)));
                Runtime.getRuntime().addShutdownHook(new Thread(kafka::close));
                return kafka;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    public static String bootstrapServers() {
        return Running.KAFKA.bootstrapServers();
    }

    /// A new topic with a name of its own.
    public static String newTopic(String prefix, int partitions, Map<String, String> configs) {
        var name = prefix + "-" + UUID.randomUUID();
        try (var admin = Admin.create(Map.of("bootstrap.servers", (Object) bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(configs)))
                    .all()
                    .get();
            return name;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// The first records of a topic in the order of each partition, committed ones only. Waits for them.
    public static List<ConsumerRecord<byte[], byte[]>> read(String topic, int count) {
        return read(bootstrapServers(), topic, (found, _) -> found >= count);
    }

    /// All records of a topic there are now, in the order of each partition, committed ones only.
    public static List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
        return readAll(bootstrapServers(), topic);
    }

    /// The same of another Kafka.
    public static List<ConsumerRecord<byte[], byte[]>> readAll(String servers, String topic) {
        return read(servers, topic, (_, atEnd) -> atEnd);
    }

    private interface Enough {
        boolean is(int found, boolean atEnd);
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(String servers, String topic, Enough enough) {
        var properties = Map.<String, Object>of(
                "bootstrap.servers",
                servers,
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                false);
        var found = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions).entrySet();
            var deadline = System.nanoTime() + PATIENCE.toNanos();
            var atEnd = false;
            while (!enough.is(found.size(), atEnd) && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(found::add);
                atEnd = ends.stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
            }
        }
        return found;
    }
}
