package io.sluice.node.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.MessageToMessageCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.Optional;

/// What a listener puts between a socket and its connection: TLS, WebSocket, both or nothing.
final class Pipeline extends ChannelInitializer<Channel> {
    /// Nothing that is asked for here has a body, and none is gathered.
    private static final int HTTP_BODY_MAX = 0;

    private final Ingress ingress;
    private final MqttSettings.Listener listener;
    private final Optional<SslContext> tls;
    private final boolean loopback;

    Pipeline(Ingress ingress, MqttSettings.Listener listener, Optional<SslContext> tls) {
        this.ingress = ingress;
        this.listener = listener;
        this.tls = tls;
        this.loopback = Loopback.isLoopback(listener.host());
    }

    @Override
    protected void initChannel(Channel channel) {
        var timeoutMillis = ingress.settings.connectTimeout().toMillis();
        var pipeline = channel.pipeline();
        if (tls.isPresent()) {
            var handler = new SslHandler(tls.get().newEngine(channel.alloc()));
            handler.setHandshakeTimeoutMillis(timeoutMillis);
            pipeline.addLast(handler);
        }
        if (listener.webSocket()) {
            pipeline.addLast(
                    new HttpServerCodec(),
                    new HttpObjectAggregator(HTTP_BODY_MAX),
                    new WebSocketOrigin(listener.origins()),
                    new WebSocketServerProtocolHandler(WebSocketServerProtocolConfig.newBuilder()
                            .websocketPath(listener.path())
                            .subprotocols("mqtt")
                            .handshakeTimeoutMillis(timeoutMillis)
                            .build()),
                    new OtherPaths(),
                    new Frames());
        }
        pipeline.addLast(new Connection(ingress, loopback));
    }

    /// A client's frames are read by [FrameReader] from the handshake on; what it passes on besides bytes is a
    /// frame that has been dealt with.
    private static final class Frames extends MessageToMessageCodec<WebSocketFrame, ByteBuf> {
        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete) {
                context.pipeline().replace(WebSocketFrameDecoder.class, "frames", new FrameReader());
            }
            context.fireUserEventTriggered(event);
        }

        @Override
        protected void encode(ChannelHandlerContext context, ByteBuf bytes, List<Object> out) {
            out.add(new BinaryWebSocketFrame(bytes.retain()));
        }

        @Override
        protected void decode(ChannelHandlerContext context, WebSocketFrame frame, List<Object> out) {}
    }
}
