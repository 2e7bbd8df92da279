package io.sluice.node.mqtt;

import java.util.Optional;

/// What a connection has once it is live.
///
/// @param expirySeconds    how long its session outlives it
/// @param keepAliveSeconds 0: none
/// @param packetMax        largest packet the client takes, in bytes
record Admitted(
        Session session,
        Publishes publishes,
        Subscriptions subscriptions,
        Optional<Packet.Will> will,
        long expirySeconds,
        int keepAliveSeconds,
        long packetMax) {}
