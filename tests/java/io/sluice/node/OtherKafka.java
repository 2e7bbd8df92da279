package io.sluice.node;

import io.sluice.bench.KafkaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// A real Kafka in a process of its own, one for the JVM, so that a test can stop it without stopping itself.
public final class OtherKafka {
    private static final AtomicBoolean PAUSED = new AtomicBoolean();

    private OtherKafka() {}

    private static final class Running {
        private static final KafkaProcess KAFKA = start();

        private static KafkaProcess start() {
            try {
                var kafka = KafkaProcess.start(Files.createTempDirectory("sluice-other-kafka"));
                kafka.awaitReady();
                return kafka;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    public static String bootstrapServers() {
        return Running.KAFKA.bootstrapServers();
    }

    /// Records of a topic; 0 if it is not there.
    static long end(String topic) {
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrapServers(), "allow.auto.create.topics", false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            return consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    /// SIGSTOP: connections stay open, nothing is answered.
    public static void pause() {
        if (PAUSED.compareAndSet(false, true)) {
            Running.KAFKA.pause();
        }
    }

    /// SIGCONT; harmless while it runs.
    public static void resume() {
        if (PAUSED.compareAndSet(true, false)) {
            Running.KAFKA.resume();
        }
    }
}
