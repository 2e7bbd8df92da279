package io.sluice.node.queue;

/// Where an integration's queue is, or was.
///
/// @param broker name of the Kafka cluster
/// @param topic  of the queue, also the group that holds its commits
public record QueuePlace(String broker, String topic) {
    @Override
    public String toString() {
        return "topic [%s] on broker [%s]".formatted(topic, broker);
    }
}
