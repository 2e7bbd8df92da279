package io.sluice.node.bridge;

import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// What stands for the publisher's client id, which a broker does not tell.
sealed interface Publisher {
    /// The name of the broker's definition.
    record Broker() implements Publisher {}

    /// The whole topic name.
    record Topic() implements Publisher {}

    /// @param number of the level, from 1
    record Level(int number) implements Publisher {}

    /// @param name of an MQTT 5 user property
    record Property(String name) implements Publisher {}

    Pattern LEVEL = Pattern.compile("topic\\[([1-9][0-9]{0,2})]");
    String PROPERTY = "property:";

    /// @throws IllegalArgumentException if it is none of what is known
    static Publisher parse(String text) {
        var level = LEVEL.matcher(text);
        if (text.equals("broker")) {
            return new Broker();
        }
        if (text.equals("topic")) {
            return new Topic();
        }
        if (level.matches()) {
            return new Level(Integer.parseInt(level.group(1)));
        }
        if (text.startsWith(PROPERTY) && text.length() > PROPERTY.length()) {
            return new Property(text.substring(PROPERTY.length()));
        }
        throw new IllegalArgumentException(
                "must be broker, topic, topic[N] or property:NAME, was " + (text.isEmpty() ? "nothing" : text));
    }

    default boolean needsProperties() {
        return this instanceof Property;
    }

    /// @param broker     stands for one that has none
    /// @param properties the value of a user property, empty if there is none
    default String of(String broker, String topic, UnaryOperator<String> properties) {
        var found = switch (this) {
            case Broker _ -> broker;
            case Topic _ -> topic;
            case Level(var number) -> level(topic, number);
            case Property(var name) -> properties.apply(name);
        };
        return found.isEmpty() || found.length() > LENGTH_MAX ? broker : found;
    }

    /// Longer than any client id we take from a device is none.
    int LENGTH_MAX = 900;

    private static String level(String topic, int number) {
        var from = 0;
        for (int i = 1; i < number; i++) {
            from = topic.indexOf('/', from) + 1;
            if (from == 0) {
                return "";
            }
        }
        var to = topic.indexOf('/', from);
        return topic.substring(from, to < 0 ? topic.length() : to);
    }
}
