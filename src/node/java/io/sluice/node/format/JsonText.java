package io.sluice.node.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.Base64;

/// Writes JSON as UTF-8 into one buffer that is used again for the next document. Knows no structure: who calls it puts
/// the brackets, colons and commas. Not for several threads.
final class JsonText {
    private static final int BYTES_FIRST = 1024;

    /// A buffer that one large document blew up is let go of after it.
    private static final int BYTES_KEPT_MAX = 256 * 1024;

    private static final byte[] HEX = "0123456789ABCDEF".getBytes(US_ASCII);

    private byte[] buffer = new byte[BYTES_FIRST];
    private byte[] digits = new byte[BYTES_FIRST];
    private int size;

    /// Forgets what was written.
    JsonText clear() {
        size = 0;
        buffer = buffer.length > BYTES_KEPT_MAX ? new byte[BYTES_FIRST] : buffer;
        digits = digits.length > BYTES_KEPT_MAX ? new byte[BYTES_FIRST] : digits;
        return this;
    }

    byte[] toBytes() {
        return Arrays.copyOf(buffer, size);
    }

    /// What is JSON already.
    JsonText raw(byte[] json) {
        reserve(json.length);
        System.arraycopy(json, 0, buffer, size, json.length);
        size += json.length;
        return this;
    }

    /// A text in quotes.
    JsonText text(String text) {
        reserve(6 * text.length() + 2);
        var to = buffer;
        var at = size;
        to[at++] = '"';
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c >= ' ' && c < 0x80 && c != '"' && c != '\\') {
                to[at++] = (byte) c;
            } else if (c < 0x80) {
                at = escape(c, to, at);
            } else if (Character.isHighSurrogate(c) && i + 1 < text.length()) {
                at = utf8(text.codePointAt(i), to, at);
                i += Character.isLowSurrogate(text.charAt(i + 1)) ? 1 : 0;
            } else {
                at = utf8(c, to, at);
            }
        }
        to[at++] = '"';
        size = at;
        return this;
    }

    /// Valid UTF-8 as a text in quotes.
    JsonText text(byte[] utf8) {
        reserve(6 * utf8.length + 2);
        var to = buffer;
        var at = size;
        to[at++] = '"';
        for (var b : utf8) {
            if (b < 0 || (b >= ' ' && b != '"' && b != '\\')) {
                to[at++] = b;
            } else {
                at = escape((char) b, to, at);
            }
        }
        to[at++] = '"';
        size = at;
        return this;
    }

    /// A whole number.
    JsonText number(long number) {
        return raw(Long.toString(number).getBytes(US_ASCII));
    }

    /// Bytes as Base64, in quotes.
    JsonText base64(byte[] bytes) {
        var length = (bytes.length + 2) / 3 * 4;
        if (digits.length < length) {
            digits = new byte[length];
        }
        Base64.getEncoder().encode(bytes, digits);
        reserve(length + 2);
        buffer[size] = '"';
        System.arraycopy(digits, 0, buffer, size + 1, length);
        buffer[size + 1 + length] = '"';
        size += length + 2;
        return this;
    }

    private void reserve(int more) {
        if (buffer.length - size < more) {
            buffer = Arrays.copyOf(buffer, Math.max(size + more, 2 * buffer.length));
        }
    }

    private static int escape(char c, byte[] to, int start) {
        var at = start;
        to[at++] = '\\';
        var letter = switch (c) {
            case '"', '\\' -> c;
            case '\b' -> 'b';
            case '\t' -> 't';
            case '\n' -> 'n';
            case '\f' -> 'f';
            case '\r' -> 'r';
            default -> 'u';
        };
        to[at++] = (byte) letter;
        if (letter == 'u') {
            to[at++] = '0';
            to[at++] = '0';
            to[at++] = HEX[c >> 4];
            to[at++] = HEX[c & 15];
        }
        return at;
    }

    /// Half of a surrogate pair becomes a question mark, as everywhere in Java.
    private static int utf8(int c, byte[] to, int start) {
        var at = start;
        if (c < 0x800) {
            to[at++] = (byte) (0xC0 | c >> 6);
        } else if (c < 0x10000) {
            if (Character.isSurrogate((char) c)) {
                to[at++] = '?';
                return at;
            }
            to[at++] = (byte) (0xE0 | c >> 12);
            to[at++] = (byte) (0x80 | (c >> 6 & 0x3F));
        } else {
            to[at++] = (byte) (0xF0 | c >> 18);
            to[at++] = (byte) (0x80 | (c >> 12 & 0x3F));
            to[at++] = (byte) (0x80 | (c >> 6 & 0x3F));
        }
        to[at++] = (byte) (0x80 | (c & 0x3F));
        return at;
    }
}
