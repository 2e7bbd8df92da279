package io.sluice.node.handover;

import io.sluice.node.event.Arrival;
import java.time.Duration;
import org.apache.kafka.clients.producer.Producer;

/// Where the arrivals of an integration with a queue go: partition = task.
///
/// @param topic    of the queue
/// @param opener   reaches it
/// @param refusals keeps what Kafka will never take
/// @param trouble  told why the queue cannot be written; empty when it can be again
/// @param pause    after the first attempt to reach it; longer after each that fails
public record QueueTo(String topic, Opener opener, Refusals refusals, Trouble trouble, Duration pause) {

    /// Reaches a queue.
    public interface Opener {
        /// A producer that keeps the order of each partition and lets no record expire. The topic is there, with a
        /// partition for each task. Blocks in bounded time; an interrupt ends it.
        ///
        /// @param lanes the distribution that is written from now on
        Producer<byte[], byte[]> open(long lanes);

        /// Whether the topic is gone, or lacks a partition, so that what was given to a producer waits for ever. Blocks
        /// in bounded time.
        default boolean lacksPartitions() {
            return false;
        }
    }

    /// Keeps what a queue will never take.
    public interface Refusals {
        /// Durable on return; may block.
        ///
        /// @throws RuntimeException if it could not be kept; it may be tried again
        void park(int task, Arrival arrival, String subject, String error);
    }

    /// Hears how a queue is.
    public interface Trouble {
        void is(String problem);
    }
}
