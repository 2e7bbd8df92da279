package io.sluice.node.event;

/// How a message can end. Each has exactly one end at its ingress or in each integration that it was routed to; the
/// counters of all ends and of what is in flight add up to what was received.
public enum End {
    /// In the target topic, acknowledged by Kafka.
    DELIVERED,
    /// In the queue topic, acknowledged by Kafka.
    QUEUED,
    /// It can never be delivered: among the dead letters, for a person to look at, or safe in the integration that
    /// `on-failure` names.
    PARKED,
    /// Not taken; the publisher was told or will send again.
    REFUSED,
    /// Dropped because a named policy says so.
    DISCARDED
}
