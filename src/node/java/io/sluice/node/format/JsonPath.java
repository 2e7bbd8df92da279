package io.sluice.node.format;

import java.util.ArrayList;
import java.util.List;

/// The way to a value inside a JSON document, e.g. `items[0].id`. Elements count from 0.
///
/// @param steps none: the whole document, written `*`
record JsonPath(List<Step> steps) {
    /// One step down.
    sealed interface Step {}

    record Member(String name) implements Step {}

    record Element(int index) implements Step {}

    JsonPath {
        steps = List.copyOf(steps);
    }

    /// Reads a path that stands inside a pattern.
    ///
    /// @param start index of its first character
    /// @param end   index after its last character
    /// @throws IllegalArgumentException when it is none
    static JsonPath parse(String pattern, int start, int end) {
        var steps = new ArrayList<Step>();
        if (end - start == 1 && pattern.charAt(start) == '*') {
            return new JsonPath(steps);
        }
        var at = start;
        do {
            if (at < end && pattern.charAt(at) == '[') {
                var close = pattern.indexOf(']', at);
                steps.add(new Element(index(pattern, at, close)));
                at = close + 1;
            } else {
                at += !steps.isEmpty() && at < end && pattern.charAt(at) == '.' ? 1 : 0;
                var close = memberEnd(pattern, at, end);
                steps.add(member(pattern, at, close, steps.isEmpty()));
                at = close;
            }
        } while (at < end);
        return new JsonPath(steps);
    }

    private static Member member(String pattern, int start, int end, boolean first) {
        var name = pattern.substring(start, end);
        var followsElement = !first && pattern.charAt(start - 1) == ']';
        if (name.isEmpty() || followsElement) {
            throw Template.invalid(pattern, "has a JSON path without a name where one must be", start);
        }
        return new Member(name);
    }

    private static int memberEnd(String pattern, int start, int end) {
        for (int i = start; i < end; i++) {
            if (pattern.charAt(i) == '.' || pattern.charAt(i) == '[') {
                return i;
            }
        }
        return end;
    }

    private static int index(String pattern, int open, int close) {
        try {
            return Integer.parseUnsignedInt(pattern, open + 1, close, 10);
        } catch (NumberFormatException e) {
            throw Template.invalid(pattern, "has a JSON path with an index that is no number", open + 1);
        }
    }
}
