package io.sluice.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.MqttPropertyType;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One device: an MQTT session that outlives its connections. Confined to its event loop.
///
/// Messages `[base, next)` are under way; `cursor` is the next one to write on the present connection. After a
/// connection is lost the cursor goes back to `base`, so all that is unacknowledged is sent again, in order, with DUP,
/// before anything new. Never more than the window, or the server's receive maximum, lies between `base` and `cursor`.
@Sharable
@SuppressWarnings("FutureReturnValueIgnored") // what fails on a channel closes it, and that is handled
final class Device extends SimpleChannelInboundHandler<MqttMessage> {
    private static final byte SENT = 0;
    private static final byte RELEASED = 1;
    private static final byte DONE = 2;
    private static final int CHUNK_BYTES = 32 * 1024;
    private static final int CONNACK_MILLIS = 5_000;
    private static final int RETRY_MILLIS = 150;

    private final int number;
    private final Fleet fleet;
    private final EventLoop loop;
    private final Bootstrap bootstrap;
    private final Packets packets;
    private final byte[] states;
    private final List<Channel> left = new ArrayList<>();
    private @Nullable Channel channel;
    private boolean up;
    private boolean pinged;
    private volatile int hops;
    private int window;
    private int base;
    private int cursor;
    private int next;

    Device(int number, Fleet fleet, Bootstrap bootstrap, EventLoop loop, Payload.Writer writer) {
        this.number = number;
        this.fleet = fleet;
        this.loop = loop;
        this.bootstrap = bootstrap.clone(loop).handler(Packets.pipeline(this));
        this.packets = new Packets(fleet.plan(), number, writer);
        this.window = fleet.plan().window();
        this.states = new byte[Integer.highestOneBit(2 * fleet.plan().window() - 1)];
    }

    int number() {
        return number;
    }

    EventLoop loop() {
        return loop;
    }

    /// How often it went to another server. Any thread.
    int hops() {
        return hops;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // only its event loop writes
    private void hop() {
        hops++;
    }

    void connect() {
        if (fleet.closing()) {
            return;
        }
        bootstrap.connect(fleet.server(number, hops)).addListener(attempt -> {
            if (!attempt.isSuccess()) {
                fleet.trouble("connect: " + attempt.cause().getMessage());
                retry();
            }
        });
    }

    private void retry() {
        if (!fleet.closing()) {
            hop();
            loop.schedule(this::connect, RETRY_MILLIS + number % 50, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        channel = context.channel();
        context.writeAndFlush(packets.connect());
        var awaiting = context.channel();
        loop.schedule(
                () -> {
                    if (!up && awaiting.isActive()) {
                        fleet.trouble("no CONNACK within 5 s");
                        awaiting.close();
                    }
                },
                CONNACK_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (left.remove(context.channel())) {
            return;
        }
        channel = null;
        if (up) {
            up = false;
            fleet.disconnected();
        }
        retry();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fleet.trouble("connection: " + cause.getMessage());
        context.close();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, MqttMessage message) {
        if (left.contains(context.channel())) {
            return;
        }
        if (message.decoderResult().isFailure()) {
            fleet.trouble("malformed packet: " + message.decoderResult().cause());
            context.close();
            return;
        }
        switch (message.fixedHeader().messageType()) {
            case CONNACK -> onConnAck(context, (MqttConnAckMessage) message);
            case PUBACK -> onEnd(message);
            case PUBREC -> onPubRec(context, message);
            case PUBCOMP -> onPubComp(message);
            case DISCONNECT -> fleet.trouble("DISCONNECT by the server, reason " + reasonOfDisconnect(message));
            case PINGRESP -> pinged = false;
            default -> fleet.trouble("unexpected " + message.fixedHeader().messageType());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        pump();
        context.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        pump();
    }

    private void onConnAck(ChannelHandlerContext context, MqttConnAckMessage message) {
        var header = message.variableHeader();
        if (header.connectReturnCode() != MqttConnectReturnCode.CONNECTION_ACCEPTED) {
            fleet.trouble("CONNACK " + header.connectReturnCode());
            context.close();
            return;
        }
        var packetMax = property(header.properties(), MqttPropertyType.MAXIMUM_PACKET_SIZE, Integer.MAX_VALUE);
        var qosMax = property(header.properties(), MqttPropertyType.MAXIMUM_QOS, 2);
        if (packetMax < packets.publishBytes() || qosMax < fleet.plan().qos()) {
            fleet.trouble("server takes QoS " + qosMax + " and " + packetMax + " bytes at most");
        }
        window = Math.min(
                fleet.plan().window(), property(header.properties(), MqttPropertyType.RECEIVE_MAXIMUM, 65_535));
        cursor = base;
        pinged = false;
        up = true;
        fleet.connected();
    }

    private void onEnd(MqttMessage message) {
        var sequence = sequenceOf(message);
        if (sequence >= 0 && state(sequence) == SENT && fleet.plan().qos() == 1) {
            fleet.ledger().acknowledged(number, sequence, reasonOf(message), Micros.now());
            done(sequence);
        } else {
            fleet.ledger().unaskedAcknowledgement();
        }
    }

    private void onPubRec(ChannelHandlerContext context, MqttMessage message) {
        var sequence = sequenceOf(message);
        if (sequence < 0 || state(sequence) == DONE || fleet.plan().qos() != 2) {
            fleet.ledger().unaskedAcknowledgement();
            return;
        }
        var reason = reasonOf(message);
        if (state(sequence) == SENT) {
            fleet.ledger().acknowledged(number, sequence, reason, Micros.now());
        }
        if (reason >= 0x80) {
            done(sequence);
            return;
        }
        states[sequence & states.length - 1] = RELEASED;
        var out = context.alloc().buffer(4);
        packets.pubRel(out, sequence);
        context.write(out);
    }

    private void onPubComp(MqttMessage message) {
        var sequence = sequenceOf(message);
        if (sequence >= 0 && state(sequence) == RELEASED) {
            done(sequence);
        } else {
            fleet.ledger().unaskedAcknowledgement();
        }
    }

    private void done(int sequence) {
        states[sequence & states.length - 1] = DONE;
        fleet.completed();
        while (base < cursor && state(base) == DONE) {
            base++;
        }
    }

    /// Writes what may be written now: first what is sent again, then what is due. Call on the event loop.
    void pump() {
        var to = channel;
        if (!up || to == null) {
            return;
        }
        var end = end();
        while (cursor < end && to.isWritable()) {
            var out = to.alloc().directBuffer(CHUNK_BYTES + packets.publishBytes());
            while (cursor < end && out.readableBytes() < CHUNK_BYTES) {
                put(out);
            }
            to.write(out);
            end = end();
        }
        to.flush();
    }

    private int end() {
        return Math.min(Math.max(fleet.released(number), next), base + window);
    }

    private void put(ByteBuf out) {
        var sequence = cursor++;
        if (sequence == next) {
            next++;
            publishNew(out, sequence);
            return;
        }
        switch (state(sequence)) {
            case SENT -> {
                packets.publish(out, sequence, fleet.ledger().dueAt(number, sequence), true);
                fleet.resent();
            }
            case RELEASED -> packets.pubRel(out, sequence);
            default -> {}
        }
    }

    private void publishNew(ByteBuf out, int sequence) {
        var now = Micros.now();
        var due = fleet.dueAt(number, sequence, now);
        fleet.ledger().published(number, due, now);
        packets.publish(out, sequence, due, false);
        if (fleet.plan().qos() == 0) {
            base = next;
            fleet.completed();
        } else {
            states[sequence & states.length - 1] = SENT;
        }
    }

    void ping() {
        var to = channel;
        if (!up || to == null) {
            return;
        }
        if (pinged && fleet.impatient()) {
            fleet.trouble("no PINGRESP in time");
            to.close();
            return;
        }
        pinged = true;
        to.writeAndFlush(MqttMessage.PINGREQ);
    }

    void cut() {
        if (channel != null) {
            channel.close();
        }
    }

    void takeOver() {
        if (!up || channel == null) {
            return;
        }
        left.add(channel);
        channel = null;
        up = false;
        fleet.disconnected();
        hop();
        connect();
    }

    void disconnect() {
        List.copyOf(left).forEach(Channel::close);
        if (channel != null) {
            channel.writeAndFlush(MqttMessage.DISCONNECT);
            channel.close();
        }
    }

    private byte state(int sequence) {
        return states[sequence & states.length - 1];
    }

    /// The message under way that holds the packet id, -1 if none does.
    private int sequenceOf(MqttMessage message) {
        var id = ((MqttMessageIdVariableHeader) message.variableHeader()).messageId();
        var sequence = base + Math.floorMod(id - Packets.packetId(base), 65_535);
        return sequence < cursor ? sequence : -1;
    }

    private static int reasonOf(MqttMessage message) {
        return message.variableHeader() instanceof MqttPubReplyMessageVariableHeader header
                ? header.reasonCode() & 0xff
                : 0;
    }

    private static String reasonOfDisconnect(MqttMessage message) {
        return message.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header
                ? "0x%02X".formatted(header.reasonCode() & 0xff)
                : "none";
    }

    private static int property(MqttProperties properties, MqttPropertyType type, int fallback) {
        return properties.getProperty(type.value()) instanceof MqttProperties.IntegerProperty found
                ? found.value()
                : fallback;
    }
}
