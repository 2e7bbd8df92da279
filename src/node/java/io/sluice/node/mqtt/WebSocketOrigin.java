package io.sluice.node.mqtt;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps web pages of strangers out. A browser on this machine reaches loopback listeners, and loopback is what lets
/// anonymous clients in; but it says where a page came from. A page of this machine or of a listed origin may open a
/// WebSocket, and what is no browser says no origin.
final class WebSocketOrigin extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(WebSocketOrigin.class);
    private static final Set<String> OWN = Set.of("localhost", "127.0.0.1", "[::1]");

    private final List<String> allowed;

    /// @param allowed origins such as `https://console.example.org`; `*` for all
    WebSocketOrigin(List<String> allowed) {
        this.allowed = allowed;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof FullHttpRequest request) {
            var origin = request.headers().get(HttpHeaderNames.ORIGIN);
            if (origin != null && !isAllowed(origin)) {
                request.release();
                log.info(
                        "refused a WebSocket from [{}]: its page's origin [{}] is not among the allowed ones",
                        context.channel().remoteAddress(),
                        Shown.of(origin));
                context.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.FORBIDDEN))
                        .addListener(ChannelFutureListener.CLOSE);
                return;
            }
            context.pipeline().remove(this);
        }
        context.fireChannelRead(message);
    }

    private boolean isAllowed(String origin) {
        if (allowed.contains("*") || allowed.contains(origin)) {
            return true;
        }
        try {
            var host = URI.create(origin).getHost();
            return host != null && OWN.contains(host);
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
