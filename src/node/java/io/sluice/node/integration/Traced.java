package io.sluice.node.integration;

import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/// A record that remembers where Kafka keeps it, for integrations that tell the next one.
final class Traced extends ProducerRecord<byte[], byte[]> {
    private volatile @Nullable RecordMetadata taken;

    Traced(ProducerRecord<byte[], byte[]> record) {
        super(record.topic(), record.partition(), record.timestamp(), record.key(), record.value(), record.headers());
    }

    /// Notes Kafka's answer, then passes it on.
    Callback noting(Callback answered) {
        return (metadata, cause) -> {
            if (cause == null) {
                taken = metadata;
            }
            answered.onCompletion(metadata, cause);
        };
    }

    /// Where Kafka keeps it.
    ///
    /// @throws IllegalStateException if Kafka has not taken it
    RecordMetadata taken() {
        var where = taken;
        if (where == null) {
            throw new IllegalStateException("record for topic [%s]: expected one that kafka took".formatted(topic()));
        }
        return where;
    }

    // what it remembers says nothing about what it is
    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other);
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }
}
