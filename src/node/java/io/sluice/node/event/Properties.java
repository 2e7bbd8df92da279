package io.sluice.node.event;

import java.util.List;

/// MQTT 5 PUBLISH properties that go on to Kafka (MQTT 5 section 3.3.2.3).
///
/// @param contentType     empty if absent
/// @param responseTopic   empty if absent
/// @param correlationData empty if absent
/// @param text            the payload is UTF-8 text (payload format indicator 1)
/// @param expirySeconds   message expiry interval, -1 if absent
/// @param user            user properties in the order sent; names may repeat
public record Properties(
        String contentType,
        String responseTopic,
        byte[] correlationData,
        boolean text,
        long expirySeconds,
        List<User> user) {

    /// One user property.
    public record User(String name, String value) {}

    /// No property at all, as every MQTT 3.1.1 message.
    public static final Properties NONE = new Properties("", "", new byte[0], false, -1, List.of());

    public Properties {
        user = List.copyOf(user);
    }

    /// First value of a user property, empty if there is none of that name.
    public String user(String name) {
        for (var property : user) {
            if (property.name().equals(name)) {
                return property.value();
            }
        }
        return "";
    }

    int weight() {
        var weight = 2 * (contentType.length() + responseTopic.length()) + correlationData.length;
        for (var property : user) {
            weight += 2 * (property.name().length() + property.value().length()) + 64;
        }
        return weight;
    }
}
