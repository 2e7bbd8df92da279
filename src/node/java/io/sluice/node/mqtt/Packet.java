package io.sluice.node.mqtt;

import io.sluice.node.event.Properties;
import io.sluice.node.secret.Secret;
import java.util.List;
import java.util.Optional;

/// A packet that a client sent, read and well formed.
sealed interface Packet {
    /// @param version       4 for MQTT 3.1.1, 5 for MQTT 5
    /// @param keepAlive     seconds, 0: none
    /// @param password      empty if absent
    /// @param sessionExpiry seconds, -1 if absent
    /// @param packetMax     largest packet the client takes, in bytes
    record Connect(
            int version,
            boolean clean,
            int keepAlive,
            String clientId,
            Optional<String> username,
            Secret password,
            Optional<Will> will,
            long sessionExpiry,
            long packetMax,
            String authenticationMethod)
            implements Packet {}

    /// Not a packet of its own: part of [Connect].
    ///
    /// @param delay seconds
    record Will(Topic topic, byte[] payload, int qos, boolean retain, long delay, Properties properties) {}

    /// @param topic    [Topic#NONE] if the alias stands for it
    /// @param packetId 0 for QoS 0
    /// @param alias    0 if there is none
    record Publish(
            Topic topic,
            int qos,
            boolean duplicate,
            boolean retain,
            int packetId,
            int alias,
            Properties properties,
            byte[] payload)
            implements Packet {}

    /// PUBREL.
    record Release(int packetId) implements Packet {}

    /// @param identified carries a subscription identifier
    record Subscribe(int packetId, List<Wish> wishes, boolean identified) implements Packet {}

    /// One filter of a [Subscribe].
    record Wish(String filter, boolean noLocal) {}

    record Unsubscribe(int packetId, List<String> filters) implements Packet {}

    /// PINGREQ.
    enum Ping implements Packet {
        INSTANCE
    }

    /// @param reason        0x00: as wished, no will; 0x04: with will
    /// @param sessionExpiry seconds, -1 if absent
    record Disconnect(int reason, long sessionExpiry) implements Packet {}
}
