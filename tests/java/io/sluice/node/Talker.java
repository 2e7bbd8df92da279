package io.sluice.node;

import static io.sluice.node.RawDevice.PUBREC;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// A device that keeps a session as MQTT asks: sends again with DUP, in order, what was not acknowledged before, and
/// answers PUBREC. One thread drives it by [#listen()].
final class Talker implements AutoCloseable {
    private record Said(int qos, String topic, String payload, boolean recorded) {
        private Said recordedNow() {
            return new Said(qos, topic, payload, true);
        }
    }

    private final InetSocketAddress server;
    private final String clientId;
    private final SequencedMap<Integer, Said> underWay = new LinkedHashMap<>();
    private RawDevice device;
    private int heard;
    private int lastPacketId;

    Talker(InetSocketAddress server, String clientId) {
        this.server = server;
        this.clientId = clientId;
        this.device = RawDevice.connect(server, clientId);
    }

    void say(int qos, String topic, String payload) {
        var packetId = qos == 0 ? 0 : ++lastPacketId;
        if (qos > 0) {
            underWay.put(packetId, new Said(qos, topic, payload, false));
        }
        device.publish(qos, packetId, false, topic, payload);
    }

    int underWay() {
        return underWay.size();
    }

    /// Takes in what came since it last listened.
    void listen() {
        for (var packets = device.heard(); heard < packets.size(); heard++) {
            var packet = packets.get(heard);
            if (packet.type() == PUBREC) {
                underWay.computeIfPresent(packet.packetId(), (_, said) -> said.recordedNow());
                device.release(packet.packetId());
            } else {
                // PUBACK or PUBCOMP
                underWay.remove(packet.packetId());
            }
        }
    }

    /// Whether the server has closed the connection.
    boolean isCut() {
        return device.isEnded();
    }

    /// Loses the connection and comes back.
    void reconnect() {
        device.close();
        device = RawDevice.connect(server, clientId);
        heard = 0;
        underWay.forEach((packetId, said) -> {
            if (said.recorded()) {
                device.release(packetId);
            } else {
                device.publish(said.qos(), packetId, true, said.topic(), said.payload());
            }
        });
    }

    @Override
    public void close() {
        device.close();
    }
}
