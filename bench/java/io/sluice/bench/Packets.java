package io.sluice.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttProperties.MqttPropertyType;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.nio.charset.StandardCharsets;

/// What one device writes. PUBLISH is laid into the buffer by hand, so that a chunk of many costs one write.
final class Packets {
    private static final int PACKET_MAX_BYTES = 1024 * 1024;
    private static final int PACKET_IDS = 65_535;
    private static final int KEEP_ALIVE_SECONDS = 60;
    private static final int SESSION_EXPIRY_SECONDS = 3_600;

    private final Plan plan;
    private final int device;
    private final byte[] topic;
    private final Payload.Writer writer;

    Packets(Plan plan, int device, Payload.Writer writer) {
        this.plan = plan;
        this.device = device;
        this.topic = plan.topic(device).getBytes(StandardCharsets.UTF_8);
        this.writer = writer;
    }

    static ChannelHandler pipeline(Device device) {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new MqttDecoder(PACKET_MAX_BYTES), MqttEncoder.INSTANCE, device);
            }
        };
    }

    /// Identifier of a message's packet: 1 to 65535, unique among those under way.
    static int packetId(int sequence) {
        return sequence % PACKET_IDS + 1;
    }

    MqttConnectMessage connect() {
        var connect = MqttMessageBuilders.connect()
                .protocolVersion(plan.mqtt5() ? MqttVersion.MQTT_5 : MqttVersion.MQTT_3_1_1)
                .clientId(plan.clientId(device))
                .cleanSession(false)
                .keepAlive(KEEP_ALIVE_SECONDS);
        if (plan.mqtt5()) {
            var properties = new MqttProperties();
            properties.add(
                    new IntegerProperty(MqttPropertyType.SESSION_EXPIRY_INTERVAL.value(), SESSION_EXPIRY_SECONDS));
            connect.properties(properties);
        }
        if (!plan.login().user().isEmpty()) {
            connect.username(plan.login().user())
                    .password(plan.login().password().getBytes(StandardCharsets.UTF_8));
        }
        return connect.build();
    }

    void publish(ByteBuf out, int sequence, long due, boolean duplicate) {
        var payload = writer.write(device, sequence, due);
        out.writeByte(0x30 | (duplicate ? 0x08 : 0) | (plan.qos() << 1));
        var remaining = 2 + topic.length + (plan.qos() > 0 ? 2 : 0) + (plan.mqtt5() ? 1 : 0) + payload;
        for (; remaining >= 0x80; remaining >>>= 7) {
            out.writeByte((remaining & 0x7f) | 0x80);
        }
        out.writeByte(remaining);
        out.writeShort(topic.length);
        out.writeBytes(topic);
        if (plan.qos() > 0) {
            out.writeShort(packetId(sequence));
        }
        if (plan.mqtt5()) {
            out.writeByte(0);
        }
        out.writeBytes(writer.bytes(), 0, payload);
    }

    void pubRel(ByteBuf out, int sequence) {
        out.writeByte(0x62);
        out.writeByte(2);
        out.writeShort(packetId(sequence));
    }

    /// What a PUBLISH may need, with some room to spare.
    int publishBytes() {
        return topic.length + Math.max(plan.size(), 128) + 16;
    }
}
