package io.sluice.node.mqtt;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttSubscribePayload;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribePayload;
import io.sluice.node.event.Properties;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Random packets of a client, as Netty's types, and what a reader should make of them.
final class RandomPackets {
    private static final String LETTERS = "abcXYZ 019/-_.äß漢字\uFFFD";

    private final Random random;
    private final boolean five;

    /// @param expected as [#shown(Packet)] shows it
    record Written(MqttMessage message, String expected) {}

    private record Made(MqttProperties written, Properties expected, int alias) {}

    private RandomPackets(Random random) {
        this.random = random;
        this.five = random.nextBoolean();
    }

    /// A CONNECT and what follows it.
    static List<Written> conversation(Random random) {
        var packets = new RandomPackets(random);
        var conversation = new ArrayList<Written>();
        conversation.add(packets.connect());
        for (int n = random.nextInt(12); n > 0; n--) {
            conversation.add(packets.any());
        }
        return conversation;
    }

    static String shown(Packet packet) {
        return switch (packet) {
            case Packet.Connect connect ->
                "connect %d %s %d [%s] %s [%s] %s expiry %d max %d"
                        .formatted(
                                connect.version(),
                                connect.clean(),
                                connect.keepAlive(),
                                connect.clientId(),
                                connect.username(),
                                connect.password().isEmpty()
                                        ? ""
                                        : connect.password().reveal(),
                                connect.will()
                                        .map(will -> will(
                                                will.topic().name(),
                                                will.payload(),
                                                will.qos(),
                                                will.retain(),
                                                will.delay(),
                                                will.properties()))
                                        .orElse("no will"),
                                connect.sessionExpiry(),
                                connect.packetMax());
            case Packet.Publish publish ->
                publish(
                        publish.topic().name(),
                        publish.qos(),
                        publish.duplicate(),
                        publish.retain(),
                        publish.packetId(),
                        publish.alias(),
                        publish.properties(),
                        publish.payload());
            case Packet.Release(var packetId) -> "release " + packetId;
            case Packet.Subscribe(var packetId, var wishes, var identified) ->
                "subscribe %d %s %s".formatted(packetId, wishes, identified);
            case Packet.Unsubscribe(var packetId, var filters) -> "unsubscribe %d %s".formatted(packetId, filters);
            case Packet.Ping _ -> "ping";
            case Packet.Disconnect(var reason, var expiry) -> "disconnect %d %d".formatted(reason, expiry);
        };
    }

    private Written any() {
        return switch (random.nextInt(12)) {
            case 0 -> subscribe();
            case 1 -> unsubscribe();
            case 2 -> release();
            case 3 -> new Written(MqttMessage.PINGREQ, "ping");
            case 4 -> disconnect();
            default -> publish();
        };
    }

    private Written connect() {
        var named = random.nextBoolean();
        var user = named ? text(20) : null;
        var password = named && random.nextBoolean() ? name(20) : null;
        var clean = random.nextBoolean();
        var keepAlive = random.nextInt(65_536);
        var clientId = text(40);
        var hasWill = random.nextBoolean();
        var retain = hasWill && random.nextBoolean();
        var qos = hasWill ? random.nextInt(3) : 0;
        var willTopic = hasWill ? name(30) : null;
        var willPayload = hasWill ? bytes(200) : null;
        var will = properties(false);
        var delay = five && hasWill && random.nextBoolean() ? random.nextInt(1_000) : 0;
        if (delay > 0) {
            will.written.add(new MqttProperties.IntegerProperty(0x18, delay));
        }
        var properties = new MqttProperties();
        var expiry = five && random.nextBoolean() ? random.nextInt(Integer.MAX_VALUE) : -1;
        if (expiry >= 0) {
            properties.add(new MqttProperties.IntegerProperty(0x11, expiry));
        }
        var max = five && random.nextBoolean() ? 1 + random.nextInt(1_000_000) : 0;
        if (max > 0) {
            properties.add(new MqttProperties.IntegerProperty(0x27, max));
        }
        var message = new MqttConnectMessage(
                header(MqttMessageType.CONNECT, 0),
                new MqttConnectVariableHeader(
                        "MQTT",
                        five ? 5 : 4,
                        named,
                        password != null,
                        retain,
                        qos,
                        hasWill,
                        clean,
                        keepAlive,
                        properties),
                new MqttConnectPayload(
                        clientId,
                        will.written,
                        willTopic,
                        willPayload,
                        user,
                        password == null ? null : password.getBytes(StandardCharsets.UTF_8)));
        var expected = "connect %d %s %d [%s] %s [%s] %s expiry %d max %d"
                .formatted(
                        five ? 5 : 4,
                        clean,
                        keepAlive,
                        clientId,
                        user == null ? "Optional.empty" : "Optional[" + user + "]",
                        password == null ? "" : password,
                        willTopic == null || willPayload == null
                                ? "no will"
                                : will(willTopic, willPayload, qos, retain, delay, will.expected),
                        expiry,
                        max == 0 ? Long.MAX_VALUE : max);
        return new Written(message, expected);
    }

    private Written publish() {
        var qos = random.nextInt(3);
        var duplicate = qos > 0 && random.nextBoolean();
        var retain = random.nextBoolean();
        var packetId = qos == 0 ? 0 : packetId();
        var made = properties(true);
        var topic = made.alias > 0 && random.nextBoolean() ? "" : name(60);
        var payload = bytes(random.nextInt(10) == 0 ? 20_000 : 300);
        var message = new MqttPublishMessage(
                new MqttFixedHeader(MqttMessageType.PUBLISH, duplicate, MqttQoS.valueOf(qos), retain, 0),
                new MqttPublishVariableHeader(topic, packetId, made.written),
                Unpooled.wrappedBuffer(payload));
        return new Written(
                message, publish(topic, qos, duplicate, retain, packetId, made.alias, made.expected, payload));
    }

    private Written subscribe() {
        var packetId = packetId();
        var wishes = new ArrayList<Packet.Wish>();
        var filters = new ArrayList<MqttTopicSubscription>();
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            var filter = name(40);
            var noLocal = five && random.nextBoolean();
            wishes.add(new Packet.Wish(filter, noLocal));
            filters.add(new MqttTopicSubscription(
                    filter,
                    new MqttSubscriptionOption(
                            MqttQoS.valueOf(random.nextInt(3)),
                            noLocal,
                            five && random.nextBoolean(),
                            MqttSubscriptionOption.RetainedHandlingPolicy.valueOf(five ? random.nextInt(3) : 0))));
        }
        var message = new MqttSubscribeMessage(
                header(MqttMessageType.SUBSCRIBE, 1),
                new MqttMessageIdAndPropertiesVariableHeader(packetId, new MqttProperties()),
                new MqttSubscribePayload(filters));
        return new Written(message, "subscribe %d %s %s".formatted(packetId, wishes, false));
    }

    private Written unsubscribe() {
        var packetId = packetId();
        var filters = List.of(name(40), name(5));
        var message = new MqttUnsubscribeMessage(
                header(MqttMessageType.UNSUBSCRIBE, 1),
                new MqttMessageIdAndPropertiesVariableHeader(packetId, new MqttProperties()),
                new MqttUnsubscribePayload(filters));
        return new Written(message, "unsubscribe %d %s".formatted(packetId, filters));
    }

    private Written release() {
        var packetId = packetId();
        return new Written(
                new MqttMessage(header(MqttMessageType.PUBREL, 1), MqttMessageIdVariableHeader.from(packetId)),
                "release " + packetId);
    }

    private Written disconnect() {
        if (!five) {
            return new Written(MqttMessage.DISCONNECT, "disconnect 0 -1");
        }
        var properties = new MqttProperties();
        var expiry = random.nextBoolean() ? random.nextInt(1_000_000) : -1;
        if (expiry >= 0) {
            properties.add(new MqttProperties.IntegerProperty(0x11, expiry));
        }
        return new Written(
                new MqttMessage(
                        header(MqttMessageType.DISCONNECT, 0),
                        new MqttReasonCodeAndPropertiesVariableHeader((byte) 4, properties)),
                "disconnect 4 " + expiry);
    }

    private Made properties(boolean ofPublish) {
        var written = new MqttProperties();
        if (!five) {
            return new Made(written, Properties.NONE, 0);
        }
        var contentType = addText(written, 0x03, 40);
        var responseTopic = addText(written, 0x08, 40);
        var correlation = random.nextBoolean() ? bytes(100) : new byte[0];
        if (correlation.length > 0) {
            written.add(new MqttProperties.BinaryProperty(0x09, correlation));
        }
        var isText = random.nextBoolean();
        if (isText) {
            written.add(new MqttProperties.IntegerProperty(0x01, 1));
        }
        var expiry = random.nextBoolean() ? random.nextInt(Integer.MAX_VALUE) : -1;
        if (expiry >= 0) {
            written.add(new MqttProperties.IntegerProperty(0x02, expiry));
        }
        var users = new ArrayList<Properties.User>();
        for (int n = random.nextInt(4); n > 0; n--) {
            var user = new Properties.User(name(30), text(60));
            users.add(user);
            written.add(new MqttProperties.UserProperty(user.name(), user.value()));
        }
        var alias = ofPublish && random.nextBoolean() ? 1 + random.nextInt(65_535) : 0;
        if (alias > 0) {
            written.add(new MqttProperties.IntegerProperty(0x23, alias));
        }
        return new Made(written, new Properties(contentType, responseTopic, correlation, isText, expiry, users), alias);
    }

    private String addText(MqttProperties written, int id, int length) {
        var text = random.nextBoolean() ? name(length) : "";
        if (!text.isEmpty()) {
            written.add(new MqttProperties.StringProperty(id, text));
        }
        return text;
    }

    private static MqttFixedHeader header(MqttMessageType type, int qos) {
        return new MqttFixedHeader(type, false, MqttQoS.valueOf(qos), false, 0);
    }

    private int packetId() {
        return 1 + random.nextInt(65_535);
    }

    private byte[] bytes(int most) {
        var bytes = new byte[random.nextInt(most + 1)];
        random.nextBytes(bytes);
        return bytes;
    }

    /// Not empty.
    private String name(int most) {
        var name = text(most - 1);
        return name + "n";
    }

    private String text(int most) {
        return random.ints(random.nextInt(most + 1), 0, LETTERS.length())
                .mapToObj(index -> LETTERS.substring(index, index + 1))
                .collect(Collectors.joining());
    }

    private static String publish(
            String topic,
            int qos,
            boolean duplicate,
            boolean retain,
            int packetId,
            int alias,
            Properties properties,
            byte[] payload) {
        return "publish [%s] qos %d %s %s id %d alias %d %s %s"
                .formatted(topic, qos, duplicate, retain, packetId, alias, shown(properties), hex(payload));
    }

    private static String will(
            String topic, byte[] payload, int qos, boolean retain, long delay, Properties properties) {
        return "will [%s] %s %d %s %d %s".formatted(topic, hex(payload), qos, retain, delay, shown(properties));
    }

    private static String shown(Properties properties) {
        return "[%s] [%s] %s %s %d %s"
                .formatted(
                        properties.contentType(),
                        properties.responseTopic(),
                        hex(properties.correlationData()),
                        properties.text(),
                        properties.expirySeconds(),
                        properties.user());
    }

    private static String hex(byte @Nullable [] bytes) {
        return bytes == null ? "" : HexFormat.of().formatHex(bytes);
    }
}
