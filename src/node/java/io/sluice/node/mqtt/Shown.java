package io.sluice.node.mqtt;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;

/// A client's text, or what it broke, as a log may show it: short, and without characters that could forge a
/// line.
final class Shown {
    private static final int LENGTH_MAX = 128;

    private Shown() {}

    /// What failed, without the bytes of a client: of what is no TLS, Netty's message holds all, password
    /// included.
    static String of(Throwable failure) {
        var cause = failure instanceof DecoderException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof NotSslRecordException
                ? "expected TLS, was plain text; use another port or switch the client to TLS"
                : of(cause.getClass().getSimpleName() + ": " + cause.getMessage());
    }

    static String of(String text) {
        var shown = new StringBuilder();
        text.codePoints()
                .limit(LENGTH_MAX)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
                .forEach(shown::appendCodePoint);
        return text.codePointCount(0, text.length()) > LENGTH_MAX
                ? shown.append('…').toString()
                : shown.toString();
    }
}
