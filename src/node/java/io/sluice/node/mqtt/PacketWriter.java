package io.sluice.node.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.sluice.node.event.Arrival;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Writes the packets that a server sends. The success answers are the same bytes in 3.1.1 and 5.
final class PacketWriter {
    static final int PUBACK = 0x40;
    static final int PUBREC = 0x50;
    static final int PUBCOMP = 0x70;

    private PacketWriter() {}

    /// PUBACK, PUBREC or PUBCOMP; 3.1.1 has no reason code.
    static void answer(ByteBuf out, int version, int type, int packetId, Reason reason) {
        if (version == 5 && reason != Reason.SUCCESS) {
            out.writeByte(type).writeByte(3).writeShort(packetId).writeByte(reason.code());
        } else {
            out.writeInt((type << 24) | (2 << 16) | packetId);
        }
    }

    static void pong(ByteBuf out) {
        out.writeShort(0xD000);
    }

    /// What an accepted MQTT 5 client is told; only what differs from what it asked for or from the default is sent.
    ///
    /// @param assignedClientId empty if the client brought its own
    /// @param sessionExpiry    seconds, -1: as asked for
    /// @param keepAlive        seconds, -1: as asked for
    record Terms(
            int receiveMaximum,
            int packetMax,
            int topicAliasMaximum,
            String assignedClientId,
            long sessionExpiry,
            int keepAlive) {}

    static void accepted(ByteBuf out, boolean sessionPresent) {
        out.writeInt(0x20020000 | (sessionPresent ? 0x100 : 0));
    }

    static void accepted(ByteBuf out, boolean sessionPresent, Terms terms) {
        var fields = out.alloc().buffer(64);
        try {
            fields.writeByte(0x21).writeShort(terms.receiveMaximum);
            fields.writeByte(0x27).writeInt(terms.packetMax);
            fields.writeByte(0x22).writeShort(terms.topicAliasMaximum);
            fields.writeByte(0x25).writeByte(0); // no retained messages
            fields.writeByte(0x29).writeByte(0); // no subscription identifiers
            fields.writeByte(0x2A).writeByte(0); // no shared subscriptions
            if (!terms.assignedClientId.isEmpty()) {
                text(fields.writeByte(0x12), terms.assignedClientId);
            }
            if (terms.sessionExpiry >= 0) {
                fields.writeByte(0x11).writeInt((int) terms.sessionExpiry);
            }
            if (terms.keepAlive >= 0) {
                fields.writeByte(0x13).writeShort(terms.keepAlive);
            }
            start(out, 0x20, 2 + sizeOf(fields.readableBytes()) + fields.readableBytes());
            out.writeByte(sessionPresent ? 1 : 0).writeByte(0);
            variable(out, fields.readableBytes());
            out.writeBytes(fields);
        } finally {
            fields.release();
        }
    }

    /// A CONNACK that refuses; only where [Reason#returnCode()] exists for 3.1.1.
    static ByteBuf refused(ByteBufAllocator alloc, int version, Reason reason) {
        return version == 5
                ? alloc.buffer(5).writeInt(0x20030000 | reason.code()).writeByte(0)
                : alloc.buffer(4).writeInt(0x20020000 | reason.returnCode());
    }

    /// MQTT 5 only.
    static ByteBuf disconnect(ByteBufAllocator alloc, Reason reason) {
        return alloc.buffer(3).writeByte(0xE0).writeByte(1).writeByte(reason.code());
    }

    static void subscribed(ByteBuf out, int version, int packetId, List<Reason> reasons) {
        start(out, 0x90, reasons.size() + (version == 5 ? 3 : 2)).writeShort(packetId);
        if (version == 5) {
            out.writeByte(0);
        }
        for (var reason : reasons) {
            out.writeByte(version == 5 || !reason.isFailure() ? reason.code() : 0x80);
        }
    }

    static void unsubscribed(ByteBuf out, int version, int packetId, List<Reason> reasons) {
        if (version == 4) {
            out.writeInt((0xB0 << 24) | (2 << 16) | packetId);
            return;
        }
        start(out, 0xB0, reasons.size() + 3).writeShort(packetId).writeByte(0);
        for (var reason : reasons) {
            out.writeByte(reason.code());
        }
    }

    /// A QoS 0 PUBLISH.
    static ByteBuf publish(ByteBufAllocator alloc, int version, Arrival arrival) {
        var fields = alloc.buffer(64);
        try {
            if (version == 5) {
                properties(fields, arrival);
            }
            var fieldsBytes = version == 5 ? sizeOf(fields.readableBytes()) + fields.readableBytes() : 0;
            var topicBytes = ByteBufUtil.utf8Bytes(arrival.topic());
            var length = 2 + topicBytes + fieldsBytes + arrival.payload().length;
            var out = start(alloc.buffer(1 + sizeOf(length) + length), 0x30, length);
            text(out, arrival.topic());
            if (version == 5) {
                variable(out, fields.readableBytes());
                out.writeBytes(fields);
            }
            return out.writeBytes(arrival.payload());
        } finally {
            fields.release();
        }
    }

    private static void properties(ByteBuf out, Arrival arrival) {
        var properties = arrival.properties();
        if (properties.text()) {
            out.writeByte(0x01).writeByte(1);
        }
        if (properties.expirySeconds() >= 0) {
            out.writeByte(0x02).writeInt((int) properties.expirySeconds());
        }
        if (!properties.contentType().isEmpty()) {
            text(out.writeByte(0x03), properties.contentType());
        }
        if (!properties.responseTopic().isEmpty()) {
            text(out.writeByte(0x08), properties.responseTopic());
        }
        if (properties.correlationData().length > 0) {
            out.writeByte(0x09)
                    .writeShort(properties.correlationData().length)
                    .writeBytes(properties.correlationData());
        }
        for (var user : properties.user()) {
            text(out.writeByte(0x26), user.name());
            text(out, user.value());
        }
    }

    private static ByteBuf start(ByteBuf out, int first, int length) {
        out.writeByte(first);
        variable(out, length);
        return out;
    }

    private static void text(ByteBuf out, String text) {
        var length = ByteBufUtil.utf8Bytes(text);
        out.writeShort(length);
        out.writeCharSequence(text, StandardCharsets.UTF_8);
    }

    private static void variable(ByteBuf out, int value) {
        var rest = value;
        while (rest >= 0x80) {
            out.writeByte((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    private static int sizeOf(int value) {
        return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : 4;
    }
}
