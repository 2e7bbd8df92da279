package io.sluice.node.mqtt;

/// A client's text as a log may show it: short, and without characters that could forge a line.
final class Shown {
    private static final int LENGTH_MAX = 128;

    private Shown() {}

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
