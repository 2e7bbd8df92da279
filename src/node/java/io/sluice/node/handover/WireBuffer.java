package io.sluice.node.handover;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Writes and reads the fields of a message that travels between nodes. Numbers are written as in Protocol Buffers
/// (base 128, least significant group first), texts as their length in UTF-8 and the bytes.
final class WireBuffer {
    private final ByteBuffer bytes;
    private final Map<String, Integer> written = new HashMap<>();
    private final List<String> read = new ArrayList<>();

    WireBuffer(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    void number(long value) {
        var left = value;
        while ((left & ~0x7FL) != 0) {
            bytes.put((byte) ((left & 0x7F) | 0x80));
            left >>>= 7;
        }
        bytes.put((byte) left);
    }

    long number() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            var group = bytes.get();
            value |= (long) (group & 0x7F) << shift;
            if (group >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("expected a number of at most 10 bytes, was longer");
    }

    /// A number of things, or of bytes, that follow: never more than there are bytes left.
    int count() {
        var count = number();
        if (count < 0 || count > bytes.remaining()) {
            throw new IllegalArgumentException(
                    "expected at most %d bytes to follow, was %d".formatted(bytes.remaining(), count));
        }
        return (int) count;
    }

    /// Eight bytes: for what is random and so never short.
    void fixed(long value) {
        bytes.putLong(value);
    }

    long fixed() {
        return bytes.getLong();
    }

    void bytes(byte[] value) {
        number(value.length);
        bytes.put(value);
    }

    byte[] bytes() {
        var value = new byte[count()];
        bytes.get(value);
        return value;
    }

    void text(String value) {
        bytes(value.getBytes(UTF_8));
    }

    String text() {
        return new String(bytes(), UTF_8);
    }

    /// A text that may come again in the same message: from the second time on only its number travels.
    void sharedText(String value) {
        var known = written.putIfAbsent(value, written.size() + 1);
        number(known == null ? 0 : known);
        if (known == null) {
            text(value);
        }
    }

    String sharedText() {
        var known = number();
        if (known == 0) {
            read.add(text());
            return read.getLast();
        }
        if (known < 0 || known > read.size()) {
            throw new IllegalArgumentException(
                    "expected one of %d texts that came before, was %d".formatted(read.size(), known));
        }
        return read.get((int) known - 1);
    }
}
