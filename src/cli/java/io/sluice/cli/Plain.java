package io.sluice.cli;

import java.util.regex.Pattern;

/// Makes text from elsewhere harmless for a terminal: what a device calls itself must not move a cursor.
final class Plain {
    private static final Pattern HARMFUL = Pattern.compile("[\\p{Cc}\\p{Cf}\\u2028\\u2029]");
    private static final Pattern HARMFUL_IN_JSON = Pattern.compile("[\\x7f-\\x9f\\p{Cf}\\u2028\\u2029]");
    private static final Pattern TOKEN = Pattern.compile("slc_[A-Za-z0-9]{2,}_\\S+");

    private Plain() {}

    /// In one line, without what a terminal would obey.
    static String line(String text) {
        return replaced(HARMFUL, text);
    }

    /// JSON in whose texts nothing stands that a terminal would obey; it says the same as before.
    static String escaped(String json) {
        return replaced(HARMFUL_IN_JSON, json);
    }

    /// A message in one line and without the secret of a token, should somebody have put one in the wrong
    /// place.
    static String message(String text) {
        return TOKEN.matcher(line(text)).replaceAll("slc_…");
    }

    private static String replaced(Pattern pattern, String text) {
        return pattern.matcher(text).replaceAll(found -> {
            var escaped = new StringBuilder();
            found.group().chars().forEach(c -> escaped.append("\\\\u%04x".formatted(c)));
            return escaped.toString();
        });
    }
}
