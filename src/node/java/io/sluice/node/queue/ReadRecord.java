package io.sluice.node.queue;

import io.sluice.node.event.Arrival;
import io.sluice.node.handover.QueuedForm;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;

/// A record of a queue as it was read.
record ReadRecord(long offset, long lanes, Arrival arrival, String subject) {

    /// Nothing behind it may be taken, for nothing is skipped.
    static final class Unreadable extends KafkaException {
        private static final long serialVersionUID = 1;

        private Unreadable(String message) {
            super(message);
        }
    }

    /// @throws Unreadable if it is not the node's
    static ReadRecord of(ConsumerRecord<byte[], byte[]> record) {
        try {
            var queued = QueuedForm.read(record.value());
            var subject = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
            return new ReadRecord(record.offset(), queued.lanes(), queued.arrival(), subject);
        } catch (RuntimeException e) {
            throw new Unreadable("offset %d of partition %d cannot be read, and nothing behind it: %s"
                    .formatted(record.offset(), record.partition(), e.getMessage()));
        }
    }
}
