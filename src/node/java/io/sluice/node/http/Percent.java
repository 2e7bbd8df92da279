package io.sluice.node.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;

/// Percent-encoding of UTF-8 in a query (RFC 3986 section 2.1; a plus is a space), read strictly.
final class Percent {
    private Percent() {}

    /// @throws IllegalArgumentException if it is badly encoded
    static String decode(String text) {
        var bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > '~') {
                throw new IllegalArgumentException("expected ASCII, all else percent-encoded, was something else");
            } else if (c == '%') {
                bytes.write(octet(text, i + 1));
                i += 2;
            } else {
                bytes.write(c == '+' ? ' ' : c);
            }
        }
        try {
            return UTF_8.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("expected UTF-8, was something else", e);
        }
    }

    private static int octet(String text, int at) {
        if (at + 2 > text.length()) {
            throw new IllegalArgumentException("expected two hexadecimal digits after %, was less");
        }
        int high = Character.digit(text.charAt(at), 16);
        int low = Character.digit(text.charAt(at + 1), 16);
        if (high < 0 || low < 0) {
            throw new IllegalArgumentException("expected two hexadecimal digits after %, was something else");
        }
        return high << 4 | low;
    }
}
