package io.sluice.node.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.Metadata;
import io.sluice.node.event.Properties;
import java.util.Map;

/// The JSON that TBMQ's Integration Executor writes, key for key and in its order, so that its consumers can stay as
/// they are. What changes from one arrival to the next is written; the rest is copied.
final class TbmqWrapper {
    static final String EVENT_TYPE = "PUBLISH_MSG";

    private static final byte[] PAYLOAD = ascii("{\"payload\":");
    private static final byte[] TOPIC_NAME = ascii(",\"topicName\":");
    private static final byte[] CLIENT_ID = ascii(",\"clientId\":");
    private static final byte[] USERNAME = ascii(",\"username\":");
    private static final byte[] QOS = ascii(",\"eventType\":\"" + EVENT_TYPE + "\",\"qos\":");
    private static final byte[] RETAIN = ascii(",\"retain\":true");
    private static final byte[] NO_RETAIN = ascii(",\"retain\":false");
    private static final byte[] CERTIFICATE_NAME = ascii(",\"clientCertCn\":");
    private static final byte[] PROPS = ascii(",\"props\":{");
    private static final byte[] COLON = ascii(":");
    private static final byte[] COMMA = ascii(",");
    private static final byte[] END = ascii("}");

    private final JsonText json = new JsonText();
    private final byte[] nodesAndTime;
    private final Map<String, String> fixed;
    private final byte[] metadata;

    /// @param node     stands for both of TBMQ's nodes: the one that received and the one that sends
    /// @param metadata the integration's own, in the order to be written
    TbmqWrapper(String node, Map<String, String> metadata) {
        nodesAndTime = new JsonText()
                .raw(ascii(",\"tbmqIeNode\":"))
                .text(node)
                .raw(ascii(",\"tbmqNode\":"))
                .text(node)
                .raw(ascii(",\"ts\":"))
                .toBytes();
        var tail = new JsonText().raw(ascii("},\"metadata\":{"));
        var separator = new byte[0];
        for (var entry : metadata.entrySet()) {
            tail.raw(separator).text(entry.getKey()).raw(COLON).text(entry.getValue());
            separator = COMMA;
        }
        fixed = metadata;
        this.metadata = tail.toBytes();
    }

    byte[] wrap(Arrival arrival) {
        json.clear().raw(PAYLOAD).base64(arrival.payload());
        json.raw(TOPIC_NAME).text(arrival.topic());
        json.raw(CLIENT_ID).text(arrival.clientId());
        if (!arrival.username().isEmpty()) {
            json.raw(USERNAME).text(arrival.username());
        }
        json.raw(QOS).number(arrival.qos());
        json.raw(arrival.retain() ? RETAIN : NO_RETAIN);
        json.raw(nodesAndTime).number(arrival.receivedAt());
        if (!arrival.certificateName().isEmpty()) {
            json.raw(CERTIFICATE_NAME).text(arrival.certificateName());
        }
        json.raw(PROPS);
        props(arrival.properties());
        json.raw(metadata);
        if (!arrival.metadata().isEmpty()) {
            noted(arrival.metadata());
        }
        return json.raw(END).raw(END).toBytes();
    }

    /// What integrations before this one noted; its own texts go first.
    private void noted(Metadata noted) {
        var separator = !fixed.isEmpty();
        for (var entry : noted.texts().entrySet()) {
            if (!fixed.containsKey(entry.getKey())) {
                if (separator) {
                    json.raw(COMMA);
                }
                separator = true;
                json.text(entry.getKey()).raw(COLON).text(entry.getValue());
            }
        }
    }

    /// A name that repeats keeps its first place and its last value.
    private void props(Properties properties) {
        var user = properties.user();
        var separator = false;
        for (int i = 0; i < user.size(); i++) {
            var name = user.get(i).name();
            if (!PublishedEvent.isFirst(properties, i)) {
                continue;
            }
            if (separator) {
                json.raw(COMMA);
            }
            separator = true;
            json.text(name).raw(COLON).text(last(properties, name));
        }
    }

    private static String last(Properties properties, String name) {
        var user = properties.user();
        for (int i = user.size() - 1; i > 0; i--) {
            if (user.get(i).name().equals(name)) {
                return user.get(i).value();
            }
        }
        return user.getFirst().value();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
