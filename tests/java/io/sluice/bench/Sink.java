package io.sluice.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;

/// An MQTT server that acknowledges everything, unless told otherwise, and remembers the PUBLISH packets it got.
@SuppressWarnings("FutureReturnValueIgnored") // a test that loses a write fails by itself
final class Sink implements AutoCloseable {

    /// A PUBLISH as it came. `connection` counts from 1. `acknowledge` does so from any thread, at any time.
    record Published(
            int connection,
            String clientId,
            String topic,
            int packetId,
            boolean duplicate,
            String payload,
            Runnable acknowledge) {}

    /// What to do with a PUBLISH.
    enum Answer {
        ACKNOWLEDGE,
        REFUSE,
        SILENCE,
        HANG_UP
    }

    private final NioEventLoopGroup loops = new NioEventLoopGroup(1);
    private final List<Published> published = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final Channel listener;
    private volatile Function<Published, Answer> answer = _ -> Answer.ACKNOWLEDGE;
    private volatile int receiveMaximum = 65_535;
    private volatile Predicate<Published> remembered = _ -> true;

    Sink() {
        this(0);
    }

    Sink(int port) {
        listener = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new MqttDecoder(1 << 20), MqttEncoder.INSTANCE, new Connection());
                    }
                })
                .bind("127.0.0.1", port)
                .syncUninterruptibly()
                .channel();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    List<Published> published() {
        return published;
    }

    int connections() {
        return connections.get();
    }

    Sink answering(Function<Published, Answer> answer) {
        this.answer = answer;
        return this;
    }

    Sink receiveMaximum(int receiveMaximum) {
        this.receiveMaximum = receiveMaximum;
        return this;
    }

    /// For flat-out runs: keeps no memory of what came.
    Sink forgetting() {
        remembered = _ -> false;
        return this;
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private final class Connection extends SimpleChannelInboundHandler<MqttMessage> {
        private final int number = connections.incrementAndGet();
        private String clientId = "";
        private boolean mqtt5;

        @Override
        protected void channelRead0(ChannelHandlerContext context, MqttMessage message) {
            switch (message.fixedHeader().messageType()) {
                case CONNECT -> onConnect(context, (MqttConnectMessage) message);
                case PUBLISH -> onPublish(context, (MqttPublishMessage) message);
                case PUBREL ->
                    reply(
                            context,
                            MqttMessageType.PUBCOMP,
                            ((MqttMessageIdVariableHeader) message.variableHeader()).messageId(),
                            0);
                case DISCONNECT -> context.close();
                default -> {}
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        private void onConnect(ChannelHandlerContext context, MqttConnectMessage message) {
            clientId = message.payload().clientIdentifier();
            mqtt5 = message.variableHeader().version() == 5;
            context.write(MqttMessageBuilders.connAck()
                    .returnCode(MqttConnectReturnCode.CONNECTION_ACCEPTED)
                    .properties(properties -> {
                        if (mqtt5) {
                            properties.receiveMaximum(receiveMaximum);
                        }
                    })
                    .build());
        }

        private void onPublish(ChannelHandlerContext context, MqttPublishMessage message) {
            var type = message.fixedHeader().qosLevel() == MqttQoS.EXACTLY_ONCE
                    ? MqttMessageType.PUBREC
                    : MqttMessageType.PUBACK;
            var packetId = message.variableHeader().packetId();
            var got = new Published(
                    number,
                    clientId,
                    message.variableHeader().topicName(),
                    packetId,
                    message.fixedHeader().isDup(),
                    message.payload().toString(StandardCharsets.UTF_8),
                    () -> context.executor().execute(() -> {
                        reply(context, type, packetId, 0);
                        context.flush();
                    }));
            if (remembered.test(got)) {
                published.add(got);
            }
            switch (answer.apply(got)) {
                case ACKNOWLEDGE -> {
                    if (got.packetId() > 0) {
                        reply(context, type, got.packetId(), 0);
                    }
                }
                case REFUSE -> reply(context, type, got.packetId(), 0x97);
                case SILENCE -> {}
                case HANG_UP -> {
                    context.flush();
                    context.close();
                }
            }
        }

        private void reply(ChannelHandlerContext context, MqttMessageType type, int packetId, int reason) {
            var header = mqtt5
                    ? new MqttPubReplyMessageVariableHeader(packetId, (byte) reason, MqttProperties.NO_PROPERTIES)
                    : MqttMessageIdVariableHeader.from(packetId);
            context.write(new MqttMessage(new MqttFixedHeader(type, false, MqttQoS.AT_MOST_ONCE, false, 0), header));
        }
    }
}
