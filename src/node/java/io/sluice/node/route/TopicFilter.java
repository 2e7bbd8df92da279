package io.sluice.node.route;

/// A valid MQTT topic filter (MQTT 3.1.1 and 5, section 4.7), e.g. `plant/+/valves/#`.
///
/// @param text the filter as it was written
public record TopicFilter(String text) {
    /// An MQTT string's length is written in two bytes (MQTT-1.5.3).
    static final int BYTES_MAX = 65_535;

    static final int LEVELS_MAX = 128;

    /// @throws IllegalArgumentException naming the filter, what is wrong with it and where, counted from 1
    public TopicFilter {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("topic filter \"\" is empty; everything is #");
        }
        if (text.startsWith("$share/")) {
            throw invalid(text, "is a shared subscription; leave out $share/ and the group", 1);
        }
        checkLength(text);
        checkLevels(text);
    }

    /// @throws IllegalArgumentException naming the filter, what is wrong with it and where, counted from 1
    public static TopicFilter parse(String text) {
        return new TopicFilter(text);
    }

    private static void checkLength(String text) {
        var bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : Character.isSurrogate(c) ? 2 : 3;
            if (c == 0) {
                throw invalid(text.replace('\0', '?'), "has the character U+0000", i + 1);
            }
            if (bytes > BYTES_MAX) {
                throw invalid(text.substring(0, 40) + "…", "is longer than " + BYTES_MAX + " bytes", i + 1);
            }
        }
    }

    private static void checkLevels(String text) {
        var levels = 1;
        for (int i = 0; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case '/' -> levels++;
                case '#' -> checkAlone(text, i, i + 1 == text.length());
                case '+' -> checkAlone(text, i, true);
                default -> {}
            }
            if (levels > LEVELS_MAX) {
                throw invalid(shown(text), "has more than " + LEVELS_MAX + " levels", i + 1);
            }
        }
    }

    private static void checkAlone(String text, int at, boolean allowedHere) {
        var starts = at == 0 || text.charAt(at - 1) == '/';
        var ends = at + 1 == text.length() || text.charAt(at + 1) == '/';
        if (!starts || !ends) {
            throw invalid(shown(text), "has " + text.charAt(at) + " beside other characters in a level", at + 1);
        }
        if (!allowedHere) {
            throw invalid(shown(text), "has # before its last level", at + 1);
        }
    }

    private static String shown(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }

    private static IllegalArgumentException invalid(String shown, String problem, int position) {
        return new IllegalArgumentException("topic filter \"%s\" %s, position %d".formatted(shown, problem, position));
    }

    @Override
    public String toString() {
        return text;
    }
}
