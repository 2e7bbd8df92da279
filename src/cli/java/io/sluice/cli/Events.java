package io.sluice.cli;

import java.util.StringJoiner;
import java.util.function.BiConsumer;

/// Reads server-sent events (HTML Living Standard, section 9.2), line by line. Their ids and times are not looked at.
final class Events {
    private final BiConsumer<String, String> listener;
    private String event = "";
    private StringJoiner data = new StringJoiner("\n");

    /// @param listener told name and data of each event
    Events(BiConsumer<String, String> listener) {
        this.listener = listener;
    }

    void take(String line) {
        if (line.isEmpty()) {
            if (data.length() > 0) {
                listener.accept(event.isEmpty() ? "message" : event, data.toString());
            }
            event = "";
            data = new StringJoiner("\n");
            return;
        }
        var colon = line.indexOf(':');
        var field = colon < 0 ? line : line.substring(0, colon);
        var value = colon < 0 ? "" : line.substring(colon + (line.startsWith(": ", colon) ? 2 : 1));
        switch (field) {
            case "event" -> event = value;
            case "data" -> data.add(value);
            default -> {} // a comment, or what we have no use for
        }
    }
}
