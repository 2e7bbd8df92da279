package io.sluice.node.bridge;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.internal.mqtt.message.publish.MqttPublish;
import com.hivemq.client.internal.mqtt.message.publish.MqttStatefulPublish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PayloadFormatIndicator;
import io.sluice.node.event.Arrival;
import io.sluice.node.event.Properties;
import io.sluice.node.event.Properties.User;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import net.jpountz.xxhash.XXHash64;
import net.jpountz.xxhash.XXHashFactory;
import org.jspecify.annotations.Nullable;

/// Makes arrivals of what a broker sent. One thread.
///
/// QoS 1 and 2 are named `<broker>:<packetId>:<hash>`, the hash being XXHash64 over topic, payload, correlation data
/// and user properties: what the broker sends again after a broken connection, to whichever node, has its packet id
/// and its content still, and so its name. QoS 0: `<broker>:<seed>-<count>`.
///
/// Limit: the broker gives a packet id again once it was acknowledged. Two messages that say the same, to the last
/// byte, in the same topic share a name if they come under the same packet id: with a broker that counts packet ids
/// up (Mosquitto, EMQX) 65,535 messages apart, with one that takes the lowest free id possibly at once.
final class Arrivals {
    private static final XXHash64 HASH = XXHashFactory.fastestJavaInstance().hash64();

    private final String broker;
    private final String user;
    private final Publisher publisher;
    private final String seed =
            HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    private long count;

    Arrivals(String broker, String user, Publisher publisher) {
        this.broker = broker;
        this.user = user;
        this.publisher = publisher;
    }

    Arrival of(MqttStatefulPublish publish, long millis) {
        var message = publish.stateless();
        var topic = message.getTopic().toString();
        var properties = properties(message);
        var payload = message.getPayloadAsBytes();
        var qos = message.getQos().getCode();
        var id = qos == 0
                ? broker + ":" + seed + "-" + count++
                : broker + ":" + publish.getPacketIdentifier() + ":"
                        + HexFormat.of().toHexDigits(hash(topic, payload, properties));
        return new Arrival(
                id,
                topic,
                payload,
                qos,
                message.isRetain(),
                publish.isDup(),
                publisher.of(broker, topic, properties::user),
                user,
                "",
                millis,
                properties);
    }

    private static long hash(String topic, byte[] payload, Properties properties) {
        var hash = hash(payload, hash(topic, 0));
        if (properties.correlationData().length > 0) {
            hash = hash(properties.correlationData(), hash);
        }
        for (var property : properties.user()) {
            hash = hash(property.value(), hash(property.name(), hash));
        }
        return hash;
    }

    private static long hash(String text, long seed) {
        return hash(text.getBytes(UTF_8), seed);
    }

    private static long hash(byte[] bytes, long seed) {
        return HASH.hash(bytes, 0, bytes.length, seed);
    }

    private static Properties properties(MqttPublish message) {
        var user = new ArrayList<User>();
        for (var property : message.getUserProperties().asList()) {
            user.add(new User(property.getName().toString(), property.getValue().toString()));
        }
        var contentType = message.getRawContentType();
        var responseTopic = message.getRawResponseTopic();
        var correlation = message.getRawCorrelationData();
        var isText = message.getRawPayloadFormatIndicator() == Mqtt5PayloadFormatIndicator.UTF_8;
        var expiry = message.getRawMessageExpiryInterval();
        if (user.isEmpty()
                && contentType == null
                && responseTopic == null
                && correlation == null
                && !isText
                && expiry == MqttPublish.NO_MESSAGE_EXPIRY) {
            return Properties.NONE;
        }
        return new Properties(
                contentType == null ? "" : contentType.toString(),
                responseTopic == null ? "" : responseTopic.toString(),
                bytes(correlation),
                isText,
                expiry == MqttPublish.NO_MESSAGE_EXPIRY ? -1 : expiry,
                user);
    }

    private static byte[] bytes(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return new byte[0];
        }
        var bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
