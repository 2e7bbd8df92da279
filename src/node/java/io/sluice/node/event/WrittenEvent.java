package io.sluice.node.event;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// A CloudEvent as its publisher wrote it: every attribute in its text form, so that a time keeps its
/// zone and a number its digits.
///
/// @param attributes by name, in the order written, neither names nor values checked
/// @param data       may be empty; not to be written to
public record WrittenEvent(Map<String, String> attributes, byte[] data) {

    public WrittenEvent {
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }

    /// Text of an attribute, empty if it has none.
    public String attribute(String name) {
        return attributes.getOrDefault(name, "");
    }

    @Override
    public String toString() {
        return "WrittenEvent[id=%s, bytes=%d]".formatted(attribute("id"), data.length);
    }
}
