package io.sluice.node.mqtt;

import io.sluice.node.event.Properties;
import java.util.ArrayList;
import java.util.List;

/// The properties of one MQTT 5 packet (section 2.2.2). Each packet type names the ones it may carry.
final class PropertyFields {
    static final long OF_CONNECT = mask(0x11, 0x15, 0x16, 0x17, 0x19, 0x21, 0x22, 0x26, 0x27);
    static final long OF_WILL = mask(0x01, 0x02, 0x03, 0x08, 0x09, 0x18, 0x26);
    static final long OF_PUBLISH = mask(0x01, 0x02, 0x03, 0x08, 0x09, 0x23, 0x26);
    static final long OF_RELEASE = mask(0x1F, 0x26);
    static final long OF_SUBSCRIBE = mask(0x0B, 0x26);
    static final long OF_UNSUBSCRIBE = mask(0x26);
    static final long OF_DISCONNECT = mask(0x11, 0x1F, 0x26);

    /// What a packet without properties means.
    static final PropertyFields ABSENT = new PropertyFields();

    private static final int USER = 0x26;

    private long seen;
    private boolean text;
    private long messageExpiry = -1;
    private String contentType = "";
    private String responseTopic = "";
    private byte[] correlationData = new byte[0];
    private int subscriptionId;
    private long sessionExpiry = -1;
    private String authenticationMethod = "";
    private long willDelay;
    private int topicAlias;
    private long packetMax = Long.MAX_VALUE;
    private final List<Properties.User> user = new ArrayList<>();
    private int userBytes;

    /// @throws Refusal if one is malformed, of another packet type, twice there, or beyond the limits
    static PropertyFields read(Cursor in, long allowed, MqttSettings.Limits limits) {
        var length = in.variable();
        if (length == 0) {
            return ABSENT;
        }
        if (length > in.remaining()) {
            throw Refusal.malformed("properties: expected at most %d bytes, was %d".formatted(in.remaining(), length));
        }
        var fields = new PropertyFields();
        var end = in.remaining() - length;
        while (in.remaining() > end) {
            fields.readOne(in, allowed, limits);
        }
        if (in.remaining() != end) {
            throw Refusal.malformed("properties: expected to end at their length, was a property beyond it");
        }
        return fields;
    }

    private void readOne(Cursor in, long allowed, MqttSettings.Limits limits) {
        var id = in.variable();
        if (id >= Long.SIZE || (allowed & (1L << id)) == 0) {
            throw Refusal.malformed("property 0x%02x: expected one of this packet type, was another".formatted(id));
        }
        if (id != USER && (seen & (1L << id)) != 0) {
            throw Refusal.protocol("property 0x%02x: expected once, was there twice".formatted(id));
        }
        seen |= 1L << id;
        switch (id) {
            case 0x01 -> text = flag(id, in.octet());
            case 0x02 -> messageExpiry = in.quad();
            case 0x03 -> contentType = in.text();
            case 0x08 -> responseTopic = in.text();
            case 0x09 -> correlationData = in.binary();
            case 0x0B -> subscriptionId = (int) positive(id, in.variable());
            case 0x11 -> sessionExpiry = in.quad();
            case 0x15 -> authenticationMethod = in.text();
            case 0x16 -> in.binary();
            case 0x17, 0x19 -> flag(id, in.octet());
            case 0x18 -> willDelay = in.quad();
            case 0x1F -> in.text();
            case 0x21 -> positive(id, in.pair());
            case 0x22 -> in.pair();
            case 0x23 -> topicAlias = alias(in.pair());
            case USER -> readUser(in, limits);
            case 0x27 -> packetMax = positive(id, in.quad());
            default -> throw new IllegalStateException("property 0x%02x: allowed, but not read".formatted(id));
        }
    }

    private void readUser(Cursor in, MqttSettings.Limits limits) {
        var before = in.remaining();
        var property = new Properties.User(in.text(), in.text());
        userBytes += before - in.remaining();
        if (user.size() == limits.userProperties() || userBytes > limits.userPropertiesBytes()) {
            throw new Refusal(
                    Reason.PACKET_TOO_LARGE,
                    "user properties: expected at most %d in %d bytes, was more"
                            .formatted(limits.userProperties(), limits.userPropertiesBytes()));
        }
        user.add(property);
    }

    /// What goes on to Kafka.
    Properties message() {
        return (seen & MESSAGE) == 0
                ? Properties.NONE
                : new Properties(contentType, responseTopic, correlationData, text, messageExpiry, user);
    }

    /// 0 if there is none.
    int topicAlias() {
        return topicAlias;
    }

    /// 0 if there is none.
    int subscriptionId() {
        return subscriptionId;
    }

    /// Seconds, -1 if absent.
    long sessionExpiry() {
        return sessionExpiry;
    }

    /// Seconds.
    long willDelay() {
        return willDelay;
    }

    /// Empty if there is none.
    String authenticationMethod() {
        return authenticationMethod;
    }

    /// Largest packet the client takes, in bytes.
    long packetMax() {
        return packetMax;
    }

    private static boolean flag(int id, int value) {
        if (value > 1) {
            throw Refusal.protocol("property 0x%02x: expected 0 or 1, was %d".formatted(id, value));
        }
        return value == 1;
    }

    private static long positive(int id, long value) {
        if (value == 0) {
            throw Refusal.protocol("property 0x%02x: expected at least 1, was 0".formatted(id));
        }
        return value;
    }

    private static int alias(int value) {
        if (value == 0) {
            throw new Refusal(Reason.TOPIC_ALIAS_INVALID, "topic alias: expected at least 1, was 0");
        }
        return value;
    }

    private static long mask(int... ids) {
        var mask = 0L;
        for (var id : ids) {
            mask |= 1L << id;
        }
        return mask;
    }

    private static final long MESSAGE = mask(0x01, 0x02, 0x03, 0x08, 0x09, USER);
}
