package io.sluice.node.observe;

/// What went through an integration in some time.
///
/// @param routed      messages handed towards it
/// @param routedBytes payload bytes of them
/// @param delivered   messages in the target topic
/// @param queued      messages in the queue topic
/// @param parked      messages among the dead letters
/// @param discarded   messages given up, because the integration was removed or disabled
/// @param failures    times a task's stream into Kafka failed
/// @param resends     batches sent again within the node
public record Sums(
        long routed,
        long routedBytes,
        long delivered,
        long queued,
        long parked,
        long discarded,
        long failures,
        long resends) {

    public static final Sums NONE = new Sums(0, 0, 0, 0, 0, 0, 0, 0);

    public Sums plus(Sums more) {
        return new Sums(
                routed + more.routed,
                routedBytes + more.routedBytes,
                delivered + more.delivered,
                queued + more.queued,
                parked + more.parked,
                discarded + more.discarded,
                failures + more.failures,
                resends + more.resends);
    }

    Sums minus(Sums less) {
        return new Sums(
                routed - less.routed,
                routedBytes - less.routedBytes,
                delivered - less.delivered,
                queued - less.queued,
                parked - less.parked,
                discarded - less.discarded,
                failures - less.failures,
                resends - less.resends);
    }
}
