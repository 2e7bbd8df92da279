package io.sluice.node.integration;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks Kafka once where a topic is, by a producer of its own, so that the first task that moves to this node
/// need not wait until the client is loaded. Writes nothing and fences nobody. Blocks, for seconds at most.
final class WarmUp {
    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private WarmUp() {}

    static void run(TaskPlan plan) {
        try {
            var properties = new HashMap<>(plan.properties().get());
            properties.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
            properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, LIMIT.toMillis());
            ask(new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer()), plan);
        } catch (KafkaException | UncheckedIOException e) {
            log.debug("warm-up by task [{}] failed, as the task itself may tell", plan, e);
        }
    }

    private static void ask(KafkaProducer<byte[], byte[]> producer, TaskPlan plan) {
        try {
            if (plan.topic() != null) {
                producer.partitionsFor(plan.topic());
            }
        } finally {
            producer.close(Duration.ZERO);
        }
    }
}
