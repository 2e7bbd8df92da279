package io.sluice.node.mqtt;

import static io.netty.handler.codec.ByteToMessageDecoder.MERGE_CUMULATOR;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.node.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the packets of one connection out of its bytes. A payload is copied once, out of the buffer.
///
/// Our own, because Netty's decoder (4.1.137) takes the last property for payload when the properties are 128 bytes or
/// longer and the last one is two bytes long.
final class PacketReader {
    private final MqttSettings.Limits limits;
    private final Unread all;
    private final Cursor in = new Cursor();
    private @Nullable ByteBuf unread;
    private Unread.Share share;
    private int counted;
    private int version;
    private Topic last = Topic.NONE;

    /// @param all told what this one keeps
    PacketReader(MqttSettings.Limits limits, Unread all) {
        this.limits = limits;
        this.all = all;
        this.share = all.strangers;
    }

    /// 4 for MQTT 3.1.1, 5 for MQTT 5, 0 before a CONNECT.
    int version() {
        return version;
    }

    /// Adds bytes as they came from the socket. They are released when they are read, or by [#close()].
    void add(ByteBufAllocator alloc, ByteBuf bytes) {
        unread = unread == null ? bytes : MERGE_CUMULATOR.cumulate(alloc, unread, bytes);
    }

    boolean isEmpty() {
        return unread == null;
    }

    /// Gives back the memory of what was read, and counts what is kept.
    ///
    /// @throws Refusal if all connections together keep too much; this one cannot go on
    void compact() {
        if (unread == null) {
            return;
        }
        if (!unread.isReadable()) {
            close();
        } else if (unread.refCnt() == 1) {
            unread.discardSomeReadBytes();
        }
        count();
    }

    void close() {
        if (unread != null) {
            unread.release();
            unread = null;
        }
        count();
    }

    /// By capacity: that is what a buffer takes, however little of it is filled.
    private void count() {
        var before = counted;
        counted = unread == null ? 0 : unread.capacity();
        share.change(before, counted);
    }

    /// Its client is logged in: from now on what is kept counts as a client's.
    ///
    /// @throws Refusal if all clients together keep too much
    void loggedIn() {
        share.change(counted, 0);
        share = all.clients;
        share.change(0, counted);
    }

    /// The next packet, or null while it is not there whole.
    ///
    /// @throws Refusal if it is malformed, too large, or not a packet for a server; the connection cannot go on
    @Nullable
    Packet next() {
        return unread == null ? null : next(unread);
    }

    private @Nullable Packet next(ByteBuf buffer) {
        var start = buffer.readerIndex();
        var readable = buffer.readableBytes();
        var length = 0;
        var header = 1;
        for (int octet = 0x80; octet >= 0x80; header++) {
            if (header == 5) {
                throw Refusal.malformed("remaining length: expected at most 4 bytes, was more");
            }
            if (readable <= header) {
                return null;
            }
            octet = buffer.getUnsignedByte(start + header);
            length |= (octet & 0x7F) << (7 * (header - 1));
        }
        var max = version == 0 ? limits.connectPacket() : limits.packet();
        if (header + length > max) {
            throw new Refusal(
                    Reason.PACKET_TOO_LARGE,
                    "packet: expected at most %d bytes, was %d".formatted(max, header + length));
        }
        if (readable < header + length) {
            return null;
        }
        var first = buffer.getUnsignedByte(start);
        buffer.skipBytes(header);
        in.start(buffer, length);
        var packet = read(first);
        if (in.remaining() != 0) {
            throw Refusal.malformed(
                    "packet: expected to end with its last field, was %d bytes longer".formatted(in.remaining()));
        }
        in.finish();
        return packet;
    }

    private Packet read(int first) {
        var type = first >> 4;
        if (version == 0 && type != 1) {
            throw Refusal.protocol("first packet: expected CONNECT, was type " + type);
        }
        if (type == 3) {
            return publish(first);
        }
        var flags = first & 0x0F;
        if (flags != (type == 6 || type == 8 || type == 10 ? 2 : 0)) {
            throw Refusal.malformed(
                    "flags of packet type %d: expected the reserved ones, was %d".formatted(type, flags));
        }
        return switch (type) {
            case 1 -> connect();
            case 6 -> release();
            case 8 -> subscribe();
            case 10 -> unsubscribe();
            case 12 -> Packet.Ping.INSTANCE;
            case 14 -> disconnect();
            default -> throw Refusal.protocol("packet type: expected one that a client sends here, was " + type);
        };
    }

    private Packet publish(int first) {
        var qos = (first >> 1) & 3;
        if (qos == 3) {
            throw Refusal.malformed("QoS: expected 0, 1 or 2, was 3");
        }
        var duplicate = (first & 8) != 0;
        if (duplicate && qos == 0) {
            throw Refusal.malformed("DUP flag: expected 0 with QoS 0, was 1");
        }
        var topic = in.topic(last);
        if (!topic.isNone()) {
            last = topic;
        }
        var packetId = qos == 0 ? 0 : packetId();
        var fields = version == 5 ? PropertyFields.read(in, PropertyFields.OF_PUBLISH, limits) : PropertyFields.ABSENT;
        return new Packet.Publish(
                topic,
                qos,
                duplicate,
                (first & 1) != 0,
                packetId,
                fields.topicAlias(),
                fields.message(),
                in.bytes(in.remaining()));
    }

    private Packet connect() {
        if (version != 0) {
            throw Refusal.protocol("CONNECT: expected once, was there twice");
        }
        var protocol = in.text();
        var level = in.octet();
        if (!(protocol.equals("MQTT") && (level == 4 || level == 5))) {
            // bridges set the highest bit, and fall back when they are told so in their own version's words
            version = (level & 0x7F) < 5 ? 4 : 5;
            throw new Refusal(
                    Reason.UNSUPPORTED_PROTOCOL_VERSION,
                    "protocol: expected MQTT level 4 (3.1.1) or 5, was %s level %d; use a newer client"
                            .formatted(protocol.equals("MQIsdp") ? "MQIsdp (3.1)" : "another", level));
        }
        version = level;
        var flags = in.octet();
        var keepAlive = in.pair();
        var fields = properties(PropertyFields.OF_CONNECT);
        var clientId = in.text();
        var will = will(flags);
        if (version == 4 && (flags & 0xC0) == 0x40) {
            throw Refusal.malformed("CONNECT: expected a user name with the password, was none");
        }
        return new Packet.Connect(
                version,
                (flags & 0x02) != 0,
                keepAlive,
                clientId,
                (flags & 0x80) != 0 ? Optional.of(in.text()) : Optional.empty(),
                Secret.of((flags & 0x40) != 0 ? new String(in.binary(), StandardCharsets.UTF_8) : ""),
                will,
                fields.sessionExpiry(),
                fields.packetMax(),
                fields.authenticationMethod());
    }

    private Optional<Packet.Will> will(int flags) {
        var qos = (flags >> 3) & 3;
        var retain = (flags & 0x20) != 0;
        var there = (flags & 0x04) != 0;
        if ((flags & 0x01) != 0 || qos == 3 || (!there && (qos > 0 || retain))) {
            throw Refusal.malformed("CONNECT flags: expected ones that go together, was 0x%02x".formatted(flags));
        }
        if (!there) {
            return Optional.empty();
        }
        var fields = properties(PropertyFields.OF_WILL);
        var topic = in.topic(Topic.NONE);
        return Optional.of(new Packet.Will(topic, in.binary(), qos, retain, fields.willDelay(), fields.message()));
    }

    private Packet release() {
        var packetId = packetId();
        if (in.remaining() > 0) {
            in.octet();
        }
        restOf(PropertyFields.OF_RELEASE);
        return new Packet.Release(packetId);
    }

    private Packet subscribe() {
        var packetId = packetId();
        var fields = properties(PropertyFields.OF_SUBSCRIBE);
        var wishes = new ArrayList<Packet.Wish>();
        while (in.remaining() > 0) {
            var filter = in.text();
            var options = in.octet();
            if ((options & 3) == 3 || (options & (version == 5 ? 0xC0 : 0xFC)) != 0 || (options & 0x30) == 0x30) {
                throw Refusal.malformed("subscription options: expected known ones, was 0x%02x".formatted(options));
            }
            wishes.add(new Packet.Wish(filter, (options & 4) != 0));
        }
        needOne(wishes.size(), "SUBSCRIBE");
        return new Packet.Subscribe(packetId, wishes, fields.subscriptionId() > 0);
    }

    private Packet unsubscribe() {
        var packetId = packetId();
        properties(PropertyFields.OF_UNSUBSCRIBE);
        var filters = new ArrayList<String>();
        while (in.remaining() > 0) {
            filters.add(in.text());
        }
        needOne(filters.size(), "UNSUBSCRIBE");
        return new Packet.Unsubscribe(packetId, filters);
    }

    private Packet disconnect() {
        var reason = in.remaining() > 0 && version == 5 ? in.octet() : 0;
        return new Packet.Disconnect(
                reason, restOf(PropertyFields.OF_DISCONNECT).sessionExpiry());
    }

    private PropertyFields properties(long allowed) {
        return version == 5 ? PropertyFields.read(in, allowed, limits) : PropertyFields.ABSENT;
    }

    private PropertyFields restOf(long allowed) {
        return in.remaining() > 0 ? properties(allowed) : PropertyFields.ABSENT;
    }

    private int packetId() {
        var packetId = in.pair();
        if (packetId == 0) {
            throw Refusal.malformed("packet id: expected at least 1, was 0");
        }
        return packetId;
    }

    private static void needOne(int filters, String packet) {
        if (filters == 0) {
            throw Refusal.protocol(packet + ": expected at least one topic filter, was none");
        }
    }
}
