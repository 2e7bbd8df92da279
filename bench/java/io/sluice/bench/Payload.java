package io.sluice.bench;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/// What a device says: readable JSON that names its run, device and number, and carries a checksum over the rest.
///
/// ```json
/// {"id":"k3x9-17-1234","due":1763719200000000,"pad":"abcdef","crc":"0a1b2c3d"}
/// ```
///
/// `due` is the instant the message was meant to leave, in microseconds since the epoch; `pad` fills up to the size
/// wanted and is left out where there is no room for it.
final class Payload {
    private static final byte[] CRC_FIELD = ascii(",\"crc\":\"");
    private static final byte[] PAD_FIELD = ascii(",\"pad\":\"");
    private static final byte[] DUE_FIELD = ascii("\",\"due\":");
    private static final byte[] END = ascii("\"}");
    private static final int TAIL_BYTES = CRC_FIELD.length + 8 + END.length;
    private static final byte[][] BASE64_FIELDS = {ascii("\"payload\":\""), ascii("\"data_base64\":\"")};

    private Payload() {}

    /// What a record's value turned out to be.
    sealed interface Found {}

    /// A message of the run, intact.
    record Message(int device, int sequence, long due) implements Found {}

    /// A message of the run whose bytes are not what was published.
    record Corrupt(String why) implements Found {}

    /// Not of this run.
    enum Foreign implements Found {
        INSTANCE
    }

    /// Writes the messages of one run into its own buffer. Confined to one thread.
    static final class Writer {
        private final byte[] head;
        private final byte[] padding;
        private final int size;
        private final byte[] bytes;
        private final CRC32C crc = new CRC32C();
        private int length;

        Writer(String run, int size) {
            this.head = head(run);
            this.size = size;
            this.bytes = new byte[Math.max(size, 0) + 128];
            this.padding = new byte[Math.max(size, 0)];
            for (var i = 0; i < padding.length; i++) {
                padding[i] = (byte) ('a' + i % 26);
            }
        }

        /// The bytes last written stand in [#bytes()] from 0.
        ///
        /// @return how many
        int write(int device, int sequence, long due) {
            length = 0;
            put(head, head.length);
            number(device);
            bytes[length++] = '-';
            number(sequence);
            put(DUE_FIELD, DUE_FIELD.length);
            number(due);
            var room = size - length - TAIL_BYTES - PAD_FIELD.length - 1;
            if (room >= 0) {
                put(PAD_FIELD, PAD_FIELD.length);
                put(padding, room);
                bytes[length++] = '"';
            }
            crc.reset();
            crc.update(bytes, 0, length);
            put(CRC_FIELD, CRC_FIELD.length);
            hex((int) crc.getValue());
            put(END, END.length);
            return length;
        }

        byte[] bytes() {
            return bytes;
        }

        private void put(byte[] source, int count) {
            System.arraycopy(source, 0, bytes, length, count);
            length += count;
        }

        private void number(long value) {
            var digits = 1;
            for (var rest = value; rest >= 10; rest /= 10) {
                digits++;
            }
            length += digits;
            for (int i = length - 1; digits > 0; i--, digits--, value /= 10) {
                bytes[i] = (byte) ('0' + value % 10);
            }
        }

        private void hex(int value) {
            for (var shift = 28; shift >= 0; shift -= 4) {
                bytes[length++] = (byte) Character.forDigit(value >>> shift & 0xf, 16);
            }
        }
    }

    /// Finds messages of one run in record values. Confined to one thread.
    static final class Eye {
        private final byte[] head;
        private final CRC32C crc = new CRC32C();

        Eye(String run) {
            this.head = head(run);
        }

        /// Takes the payload itself, or a JSON document that holds it as base64 in `payload` or `data_base64`.
        Found find(byte[] value) {
            if (startsWith(value, 0, head)) {
                return read(value);
            }
            for (var field : BASE64_FIELDS) {
                var from = indexOf(value, field);
                if (from >= 0) {
                    return unwrap(value, from + field.length);
                }
            }
            return Foreign.INSTANCE;
        }

        private Found unwrap(byte[] value, int from) {
            var to = from;
            while (to < value.length && value[to] != '"') {
                to++;
            }
            try {
                var inner = Base64.getDecoder().decode(Arrays.copyOfRange(value, from, to));
                return startsWith(inner, 0, head) ? read(inner) : Foreign.INSTANCE;
            } catch (IllegalArgumentException e) {
                return Foreign.INSTANCE;
            }
        }

        private Found read(byte[] value) {
            var tail = value.length - TAIL_BYTES;
            if (tail < head.length
                    || !startsWith(value, tail, CRC_FIELD)
                    || !startsWith(value, value.length - END.length, END)) {
                return new Corrupt("value of " + value.length + " bytes: expected to end with its checksum");
            }
            crc.reset();
            crc.update(value, 0, tail);
            var stated = new String(value, tail + CRC_FIELD.length, 8, StandardCharsets.ISO_8859_1);
            var actual = HexFormat.of().toHexDigits((int) crc.getValue());
            if (!stated.equals(actual)) {
                return new Corrupt(
                        "value of " + value.length + " bytes: expected checksum " + stated + ", was " + actual);
            }
            return parse(value);
        }

        /// The checksum holds, so the shape is ours.
        private Found parse(byte[] value) {
            var at = head.length;
            var device = 0;
            for (; value[at] != '-'; at++) {
                device = device * 10 + value[at] - '0';
            }
            var sequence = 0;
            for (at++; value[at] != '"'; at++) {
                sequence = sequence * 10 + value[at] - '0';
            }
            var due = 0L;
            for (at += DUE_FIELD.length; value[at] != ','; at++) {
                due = due * 10 + value[at] - '0';
            }
            return new Message(device, sequence, due);
        }
    }

    private static byte[] head(String run) {
        return ascii("{\"id\":\"" + run + "-");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static boolean startsWith(byte[] value, int from, byte[] prefix) {
        return value.length - from >= prefix.length
                && Arrays.equals(value, from, from + prefix.length, prefix, 0, prefix.length);
    }

    private static int indexOf(byte[] value, byte[] wanted) {
        for (var i = 0; i <= value.length - wanted.length; i++) {
            if (startsWith(value, i, wanted)) {
                return i;
            }
        }
        return -1;
    }
}
