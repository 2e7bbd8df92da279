package io.sluice.node.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes one record inside a transaction that is aborted, under a transactional id that nobody else has, so that no
/// task is fenced. If we are cut off in between, Kafka aborts it after ten seconds.
final class TrialWrite {
    private static final Logger log = LoggerFactory.getLogger(TrialWrite.class);
    private static final byte[] TEXT = "sluice-check".getBytes(UTF_8);
    private static final int TRANSACTION_TIMEOUT_MS = 10_000;
    private static final int BUFFER_BYTES = 1 << 20;

    private final Causes causes;
    private final String topic;
    private final Map<String, Object> integration;
    private final Duration limit;
    private final String id;

    /// @param integration properties of its producer
    TrialWrite(Causes causes, String topic, Map<String, Object> integration, Duration limit) {
        this.causes = causes;
        this.topic = topic;
        this.integration = integration;
        this.limit = limit;
        // Begins with the integration's own, so that a permission by prefix holds for both.
        this.id = "%s-check-%s"
                .formatted(
                        integration.getOrDefault(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "sluice"), UUID.randomUUID());
    }

    /// @param permitted as Kafka says, empty if it does not
    Finding write(Optional<Boolean> permitted) {
        var producer = new KafkaProducer<>(properties(), new ByteArraySerializer(), new ByteArraySerializer());
        try {
            var refused = begin(producer, permitted);
            return refused.isPresent() ? refused.get() : writeAndAbort(producer);
        } finally {
            producer.close(Duration.ZERO);
        }
    }

    /// Empty if a transaction is open.
    private Optional<Finding> begin(Producer<byte[], byte[]> producer, Optional<Boolean> permitted) {
        try {
            producer.initTransactions();
            producer.beginTransaction();
            return Optional.empty();
        } catch (KafkaException e) {
            return Optional.of(refused(e, permitted));
        }
    }

    /// An integration that uses no transactions can do without them, and Kafka's word stands in for the trial.
    private Finding refused(KafkaException e, Optional<Boolean> permitted) {
        var trouble = causes.of(e);
        if (!permitted.orElse(true)) {
            return mayNotWrite();
        }
        if (needsTransactions() || e instanceof ClusterAuthorizationException) {
            return Finding.failed(
                    "no transaction could be begun as [%s]: %s".formatted(id, trouble.words()), trouble.cure());
        }
        var word = permitted.isPresent() ? "Kafka says that we may write; " : "";
        return Finding.skipped(word
                + "it was not tried, for no transaction could be begun, which this integration does not need: %s"
                        .formatted(
                                e instanceof TransactionalIdAuthorizationException
                                        ? "transactional id [%s] is not permitted".formatted(id)
                                        : trouble.words()));
    }

    private Finding mayNotWrite() {
        return Finding.failed(causes.of(new TopicAuthorizationException(Set.of(topic))));
    }

    private Finding writeAndAbort(Producer<byte[], byte[]> producer) {
        var record = new ProducerRecord<>(topic, TEXT, TEXT);
        record.headers().add("sluice-check", "aborted".getBytes(UTF_8));
        try {
            var sent = producer.send(record);
            producer.flush();
            var written = sent.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            producer.abortTransaction();
            return Finding.ok(
                    "wrote to partition %d at offset %d in a transaction and aborted it: readers of committed records see nothing"
                            .formatted(written.partition(), written.offset()),
                    warnings());
        } catch (Exception e) {
            abort(producer);
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            return Finding.failed(causes.of(e));
        }
    }

    private List<String> warnings() {
        return "0".equals(String.valueOf(integration.get(ProducerConfig.ACKS_CONFIG)))
                ? List.of("with acks = 0 the integration is not told when Kafka refuses a record")
                : List.of();
    }

    /// As far as it goes: Kafka does it for us otherwise.
    private static void abort(Producer<byte[], byte[]> producer) {
        try {
            producer.abortTransaction();
        } catch (KafkaException e) {
            log.debug("transaction of a check is left to its timeout", e);
        }
    }

    private boolean needsTransactions() {
        return integration.containsKey(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    }

    private Map<String, Object> properties() {
        var millis = Math.toIntExact(limit.toMillis());
        var properties = new HashMap<>(integration);
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, id);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MS);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) millis);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0L);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, millis / 2);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, (long) BUFFER_BYTES);
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 0);
        return properties;
    }
}
