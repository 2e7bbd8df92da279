package io.sluice.node.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads the fields of one packet (MQTT 5 section 1.5) and never past its end.
final class Cursor {
    private ByteBuf in = Unpooled.EMPTY_BUFFER;
    private int end;

    /// Starts at the buffer's reader index.
    void start(ByteBuf buffer, int length) {
        in = buffer;
        end = buffer.readerIndex() + length;
    }

    int remaining() {
        return end - in.readerIndex();
    }

    /// Leaves the packet, read or not.
    void finish() {
        in.readerIndex(end);
        in = Unpooled.EMPTY_BUFFER;
        end = 0;
    }

    int octet() {
        need(1);
        return in.readUnsignedByte();
    }

    int pair() {
        need(2);
        return in.readUnsignedShort();
    }

    long quad() {
        need(4);
        return in.readUnsignedInt();
    }

    int variable() {
        var value = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            var octet = octet();
            value |= (octet & 0x7F) << shift;
            if (octet < 0x80) {
                return value;
            }
        }
        throw Refusal.malformed("variable byte integer: expected at most 4 bytes, was more");
    }

    byte[] bytes(int length) {
        need(length);
        if (length == 0) {
            return NOTHING;
        }
        var bytes = new byte[length];
        in.readBytes(bytes);
        return bytes;
    }

    byte[] binary() {
        return bytes(pair());
    }

    String text() {
        return text(bytes(pair()));
    }

    /// The next text as a topic name: the last one again if it is the same.
    Topic topic(Topic last) {
        var length = pair();
        need(length);
        if (last.stands(in, in.readerIndex(), length)) {
            in.skipBytes(length);
            return last;
        }
        if (length == 0) {
            return Topic.NONE;
        }
        var utf8 = bytes(length);
        return new Topic(text(utf8), utf8);
    }

    /// Java puts U+FFFD where bytes are no UTF-8, so a text without it is well formed, and one with it must have had
    /// it.
    private static String text(byte[] utf8) {
        var text = new String(utf8, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') >= 0 && !Arrays.equals(text.getBytes(StandardCharsets.UTF_8), utf8)) {
            throw Refusal.malformed("text: expected UTF-8, was something else");
        }
        if (text.indexOf('\0') >= 0) {
            throw Refusal.malformed("text: expected no U+0000, was one at position " + (text.indexOf('\0') + 1));
        }
        return text;
    }

    private void need(int length) {
        if (remaining() < length) {
            throw Refusal.malformed("packet: expected %d more bytes in a field, was %d".formatted(length, remaining()));
        }
    }

    private static final byte[] NOTHING = new byte[0];
}
