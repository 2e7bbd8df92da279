package io.sluice.node.format;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.Metadata;
import java.util.Map;
import java.util.TreeSet;

/// Where a pattern takes a value from.
@FunctionalInterface
interface Placeholder {
    String KNOWN =
            "clientId, topicName, topic[0], qos, retain, username, ts, eventType, clientCertCn, tbmqNode, tbmqIeNode,"
                    + " props.<name>, metadata.<name>";

    /// The value, empty when it is missing.
    String of(Arrival arrival, PayloadJson json);

    /// What is known when a pattern is parsed.
    ///
    /// @param metadata the integration's fixed texts
    /// @param node     name of this node
    /// @param json     where paths into the payload are noted
    record Scope(Map<String, String> metadata, String node, PayloadJson json) {}

    /// The same value for every arrival.
    record Fixed(String text) implements Placeholder {
        @Override
        public String of(Arrival arrival, PayloadJson json) {
            return text;
        }
    }

    /// The placeholder whose name stands in a pattern.
    ///
    /// @param start      index of the name's first character
    /// @param end        index after its last character
    /// @param hasDefault the pattern says what to take when the value is missing
    /// @throws IllegalArgumentException when there is none of that name
    static Placeholder named(String pattern, int start, int end, boolean hasDefault, Scope scope) {
        var name = pattern.substring(start, end);
        return switch (name) {
            case "clientId" -> (arrival, _) -> arrival.clientId();
            case "topicName" -> (arrival, _) -> arrival.topic();
            case "qos" -> (arrival, _) -> arrival.qos() == 0 ? "0" : arrival.qos() == 1 ? "1" : "2";
            case "retain" -> (arrival, _) -> arrival.retain() ? "true" : "false";
            case "username" -> (arrival, _) -> arrival.username();
            case "ts" -> (arrival, _) -> Long.toString(arrival.receivedAt());
            case "eventType" -> new Fixed(TbmqWrapper.EVENT_TYPE);
            case "clientCertCn" -> (arrival, _) -> arrival.certificateName();
            case "tbmqNode", "tbmqIeNode" -> new Fixed(scope.node);
            default -> {
                if (name.startsWith("topic[") && name.endsWith("]")) {
                    var level = level(pattern, start + 6, end - 1);
                    yield (arrival, _) -> topicLevel(arrival.topic(), level);
                }
                if (name.startsWith("props.") && name.length() > 6) {
                    var property = name.substring(6);
                    yield (arrival, _) -> arrival.properties().user(property);
                }
                if (name.startsWith("metadata.") && name.length() > 9) {
                    yield metadata(pattern, start, name.substring(9), hasDefault, scope);
                }
                throw Template.invalid(
                        pattern, "has the unknown placeholder ${%s}; known are %s".formatted(name, KNOWN), start - 2);
            }
        };
    }

    private static int level(String pattern, int start, int end) {
        try {
            return Integer.parseUnsignedInt(pattern, start, end, 10);
        } catch (NumberFormatException e) {
            throw Template.invalid(pattern, "has a topic level that is no number; the first is topic[0]", start);
        }
    }

    /// One level of a topic, counted from 0.
    private static String topicLevel(String topic, int level) {
        var start = 0;
        for (int i = 0; i < level; i++) {
            start = topic.indexOf('/', start) + 1;
            if (start == 0) {
                return "";
            }
        }
        var end = topic.indexOf('/', start);
        return topic.substring(start, end < 0 ? topic.length() : end);
    }

    /// The integration's own text goes first; it never changes. What an integration before this one noted is looked
    /// up; any other name would be missing for ever.
    private static Placeholder metadata(String pattern, int start, String name, boolean hasDefault, Scope scope) {
        var text = scope.metadata.getOrDefault(name, "");
        if (text.isEmpty() && Metadata.NAMES.contains(name)) {
            return (arrival, _) -> arrival.metadata().get(name);
        }
        if (text.isEmpty() && !hasDefault) {
            throw Template.invalid(
                    pattern,
                    "has ${metadata.%s}, which has no value; set are %s, and in a chain %s"
                            .formatted(
                                    name,
                                    String.join(", ", scope.metadata.keySet()),
                                    String.join(", ", new TreeSet<>(Metadata.NAMES))),
                    start - 2);
        }
        return new Fixed(text);
    }
}
