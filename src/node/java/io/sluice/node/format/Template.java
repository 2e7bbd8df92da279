package io.sluice.node.format;

import io.sluice.node.event.Arrival;
import io.sluice.node.format.FormatSettings.OnMissing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A text with placeholders, parsed once. `${name}` is a fact of the arrival, see [Placeholder]; `$[path]` is a
/// value inside its JSON payload, see [JsonPath]; `$[*]` is the payload itself in compact form. `${name:-text}` and
/// `$[path:-text]` give the text when the value is missing, and an empty value counts as missing. A literal `${` or
/// `$[` is written `$${` or `$$[`. A value is never looked through for placeholders again.
final class Template {
    private final String field;
    private final String pattern;
    /// Text before each placeholder, and one after the last.
    private final String[] texts;

    private final Hole[] holes;
    private final StringBuilder filled = new StringBuilder();

    /// Where a value goes.
    ///
    /// @param shown   as it stands in the pattern
    /// @param instead text for a missing value
    /// @param needed  a missing value is a failure
    private record Hole(Placeholder value, String shown, String instead, boolean needed) {}

    private Template(String field, String pattern, List<String> texts, List<Hole> holes) {
        this.field = field;
        this.pattern = pattern;
        this.texts = texts.toArray(String[]::new);
        this.holes = holes.toArray(Hole[]::new);
    }

    /// @param field     what the text is for, told in an [Unformattable]
    /// @param onMissing what a missing value without a text of its own becomes
    /// @throws IllegalArgumentException naming the pattern, what is wrong with it and where, counted from 1
    static Template parse(String field, String pattern, OnMissing onMissing, Placeholder.Scope scope) {
        var texts = new ArrayList<String>();
        var holes = new ArrayList<Hole>();
        var text = new StringBuilder();
        for (int at = 0; at < pattern.length(); ) {
            if (isOpening(pattern, at + 1) && pattern.charAt(at) == '$') {
                text.append(pattern, at + 1, at + 3);
                at += 3;
            } else if (isOpening(pattern, at)) {
                var close = close(pattern, at);
                var hole = hole(pattern, at, close, onMissing, scope);
                if (hole.value instanceof Placeholder.Fixed(var fixed)) {
                    text.append(fixed.isEmpty() ? hole.instead : fixed);
                } else {
                    texts.add(text.toString());
                    text.setLength(0);
                    holes.add(hole);
                }
                at = close + 1;
            } else {
                text.append(pattern.charAt(at++));
            }
        }
        texts.add(text.toString());
        return new Template(field, pattern, texts, holes);
    }

    /// The text, if it is the same for every arrival.
    Optional<String> constant() {
        return holes.length == 0 ? Optional.of(texts[0]) : Optional.empty();
    }

    /// @throws Unformattable when a value is missing that must not be
    String text(Arrival arrival, PayloadJson json) throws Unformattable {
        if (holes.length == 0) {
            return texts[0];
        }
        if (holes.length == 1 && texts[0].isEmpty() && texts[1].isEmpty()) {
            return value(holes[0], arrival, json);
        }
        filled.setLength(0);
        for (int i = 0; i < holes.length; i++) {
            filled.append(texts[i]).append(value(holes[i], arrival, json));
        }
        return filled.append(texts[holes.length]).toString();
    }

    private String value(Hole hole, Arrival arrival, PayloadJson json) throws Unformattable {
        var value = hole.value.of(arrival, json);
        if (!value.isEmpty()) {
            return value;
        }
        if (hole.needed) {
            throw new Unformattable(
                    "%s \"%s\": expected a value for %s, was missing".formatted(field, pattern, hole.shown));
        }
        return hole.instead;
    }

    private static Hole hole(String pattern, int open, int close, OnMissing onMissing, Placeholder.Scope scope) {
        var shown = pattern.substring(open, close + 1);
        var divider = pattern.indexOf(":-", open);
        var hasText = divider >= 0 && divider < close;
        var end = hasText ? divider : close;
        var instead = hasText ? pattern.substring(divider + 2, close) : onMissing == OnMissing.LITERAL ? shown : "";
        if (hasText && (instead.contains("${") || instead.contains("$["))) {
            throw invalid(pattern, "has a placeholder inside a default", divider + 2);
        }
        var value = pattern.charAt(open + 1) == '{'
                ? Placeholder.named(pattern, open + 2, end, hasText, scope)
                : scope.json().placeholder(JsonPath.parse(pattern, open + 2, end));
        return new Hole(value, shown, instead, !hasText && onMissing == OnMissing.FAIL);
    }

    private static boolean isOpening(String pattern, int at) {
        return pattern.startsWith("${", at) || pattern.startsWith("$[", at);
    }

    /// Index of the bracket that ends the placeholder.
    private static int close(String pattern, int open) {
        if (pattern.charAt(open + 1) == '{') {
            var close = pattern.indexOf('}', open);
            if (close < 0) {
                throw invalid(pattern, "has ${ without its }", open);
            }
            return close;
        }
        var depth = 0;
        for (int i = open + 1; i < pattern.length(); i++) {
            depth += pattern.charAt(i) == '[' ? 1 : pattern.charAt(i) == ']' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        throw invalid(pattern, "has $[ without its ]", open);
    }

    /// @param index of the culprit, counted from 0
    static IllegalArgumentException invalid(String pattern, String problem, int index) {
        return new IllegalArgumentException("pattern \"%s\" %s, position %d".formatted(pattern, problem, index + 1));
    }
}
