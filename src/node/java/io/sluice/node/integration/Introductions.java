package io.sluice.node.integration;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.utils.Utils;

/// The partitions that know a producer, because they have taken a record of it. A partition that does not takes its
/// first batch whatever the sequence number, thus also one that was under way behind a batch that failed, and order
/// would be lost (Kafka 4.2). So the first record for each partition travels alone: a round trip, once.
///
/// One thread at a time.
final class Introductions {
    private final Producer<byte[], byte[]> producer;
    private final Map<String, BitSet> known = new HashMap<>();
    private String topic = "";
    private int partitions;

    Introductions(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    /// A shipment begins: partitions may have been added since the last one.
    void lookAgain() {
        topic = "";
    }

    /// Whether the record may go to a partition that does not know the producer. Blocks until its topic is known, as
    /// sending would.
    boolean isDue(ProducerRecord<byte[], byte[]> record) {
        if (!topic.equals(record.topic())) {
            partitions = producer.partitionsFor(record.topic()).size();
            topic = record.topic();
        }
        var introduced = known.get(topic);
        if (introduced == null) {
            return true;
        }
        var key = record.key();
        return introduced.cardinality() < partitions
                && (key == null || !introduced.get(Utils.toPositive(Utils.murmur2(key)) % partitions));
    }

    /// Waits for the answer to a record that travels alone. One that failed introduces nobody.
    void await(Future<RecordMetadata> sent) {
        try {
            var taken = sent.get();
            known.computeIfAbsent(taken.topic(), _ -> new BitSet()).set(taken.partition());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException _) {
            // its callback says so, too
        }
    }
}
