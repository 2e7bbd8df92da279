package io.sluice.node.mqtt;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;

/// Ends a connection so that the last packet arrives: says that nothing more comes, and reads what the client
/// still sends into nothing until it closes. A socket closed with unread bytes resets the connection, and what
/// the client has not read by then is lost.
@SuppressWarnings("FutureReturnValueIgnored")
final class Goodbye extends ChannelInboundHandlerAdapter {
    private Goodbye() {}

    /// After the last packet is written, on the channel's loop. The channel closes when the client does.
    static void say(Channel channel) {
        if (!(channel instanceof DuplexChannel duplex) || !channel.isActive()) {
            channel.close();
            return;
        }
        if (channel.pipeline().get(WebSocketServerProtocolHandler.class) == null) {
            endTls(duplex);
        } else {
            channel.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE))
                    .addListener(_ -> endTls(duplex));
        }
    }

    private static void endTls(DuplexChannel channel) {
        var tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            shutDown(channel);
        } else {
            tls.closeOutbound().addListener(_ -> shutDown(channel));
        }
    }

    private static void shutDown(DuplexChannel channel) {
        if (channel.isActive()) {
            channel.pipeline().addFirst(new Goodbye());
            channel.shutdownOutput();
            channel.config().setAutoRead(true);
        }
    }

    /// First in the pipeline, so that nothing gathers or decodes it.
    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        ReferenceCountUtil.release(bytes);
    }
}
