package io.sluice.node.queue;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;

/// Has Kafka remove what is delivered, so that a queue that keeps messages without end takes no more than those that
/// wait; beside the reading, for it may take long. Confined to the reader's thread, except where said.
final class QueueTrim {
    private static final long NONE = -1;

    private final QueueTopic topic;
    private final int partition;
    private final AtomicBoolean trimming = new AtomicBoolean();
    private volatile long trimmed = NONE;
    private volatile String problem = "";
    private long atNanos;

    QueueTrim(QueueTopic topic, int partition) {
        this.topic = topic;
        this.partition = partition;
        this.atNanos = System.nanoTime();
    }

    /// @param id        of the topic that was committed to
    /// @param committed all below it is delivered, which Kafka knows; negative if there is none
    void whenDue(Uuid id, long committed) {
        var now = System.nanoTime();
        if (committed <= 0
                || committed == trimmed
                || now - atNanos < topic.settings().trimInterval().toNanos()
                || !trimming.compareAndSet(false, true)) {
            return;
        }
        atNanos = now;
        Thread.ofVirtual()
                .name("queue-trim-%s-%d".formatted(topic.place().topic(), partition))
                .start(() -> {
                    trim(id, committed);
                });
    }

    /// Why what is delivered stays; empty if it does not.
    String problem() {
        return problem;
    }

    private void trim(Uuid id, long committed) {
        try {
            topic.removeBefore(id, partition, committed);
            trimmed = committed;
            problem = "";
        } catch (KafkaException e) {
            problem = "what is delivered cannot be removed and takes room: " + e.getMessage();
        } finally {
            trimming.set(false);
        }
    }
}
