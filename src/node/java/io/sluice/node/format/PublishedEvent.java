package io.sluice.node.format;

import io.sluice.node.event.Properties;
import io.sluice.sdk.Event;

/// The CloudEvent that an MQTT 5 publisher made of its message in binary mode: user properties are the attributes, the
/// MQTT content type is `datacontenttype` (CloudEvents MQTT binding 1.0, section 3.1).
final class PublishedEvent {
    private PublishedEvent() {}

    /// Whether a message is one. A message that names a version and lacks a required attribute is none.
    static boolean isIn(Properties properties) {
        return !properties.user().isEmpty()
                && properties.user("specversion").equals("1.0")
                && !properties.user("id").isEmpty()
                && !properties.user("source").isEmpty()
                && !properties.user("type").isEmpty();
    }

    /// Whether a user property of a published event is one of its extension attributes. Of a name that repeats the
    /// first counts; names that we give attributes of our own are ours.
    static boolean isExtension(Properties properties, int index) {
        var name = properties.user().get(index).name();
        return Event.isExtensionName(name) && !isOurs(name) && isFirst(properties, index);
    }

    /// Whether a user property of a published event has the name of an attribute.
    static boolean isAttribute(String name) {
        return Event.isExtensionName(name) || isSpecified(name);
    }

    /// Whether no earlier user property has the same name.
    static boolean isFirst(Properties properties, int index) {
        var user = properties.user();
        for (int i = 0; i < index; i++) {
            if (user.get(i).name().equals(user.get(index).name())) {
                return false;
            }
        }
        return true;
    }

    static boolean isOurs(String name) {
        return switch (name) {
            case "mqtttopic", "mqttqos", "mqttretain" -> true;
            default -> false;
        };
    }

    /// Whether the specification itself gives the attribute its meaning.
    static boolean isSpecified(String name) {
        return switch (name) {
            case "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema" -> true;
            default -> false;
        };
    }
}
