package io.sluice.node.bridge;

import com.hivemq.client.internal.mqtt.MqttClientConnectionConfig;
import com.hivemq.client.internal.mqtt.codec.decoder.MqttDecoder;
import com.hivemq.client.internal.mqtt.message.ping.MqttPingResp;
import com.hivemq.client.internal.mqtt.message.publish.MqttStatefulPublish;
import com.hivemq.client.mqtt.lifecycle.MqttClientConnectedContext;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What the client library does not offer: the packet id of a message, reading that can be stopped at any message, and
/// one flush for many acknowledgements. It sits in the library's pipeline, behind the decoder. All on the connection's
/// event loop.
///
/// The only place, besides [Arrivals], that knows the library's inside.
final class Tap extends ChannelInboundHandlerAdapter {
    private static final int ACKS_PER_FLUSH = 256;

    private final Channel channel;
    private final long pingMillis;

    /// What the last read of the socket held beyond where reading stopped: at most one buffer of it. The library, and
    /// so the window, knows nothing of it yet.
    private final ArrayDeque<Object> held = new ArrayDeque<>();

    private boolean reading = true;
    private boolean handingOut;
    private @Nullable ChannelHandlerContext context;
    private @Nullable MqttStatefulPublish arriving;
    private @Nullable ScheduledFuture<?> pings;

    private Tap(Channel channel, int keepAliveSeconds) {
        this.channel = channel;
        this.pingMillis = Math.max(500, keepAliveSeconds * 500L);
    }

    /// Call when the library says that the connection is there: it has read nothing beyond the CONNACK yet.
    static Tap into(MqttClientConnectedContext connected) {
        var connection = (MqttClientConnectionConfig)
                connected.getClientConfig().getConnectionConfig().orElseThrow();
        var channel = connection.getChannel();
        var tap = new Tap(channel, connection.getKeepAlive());
        channel.pipeline()
                .addFirst(new FlushConsolidationHandler(ACKS_PER_FLUSH, true))
                .addAfter(MqttDecoder.NAME, "sluice-tap", tap);
        return tap;
    }

    /// What the library hands out now, as it came; null if it hands out something else.
    @Nullable
    MqttStatefulPublish arriving() {
        var taken = arriving;
        arriving = null;
        return taken;
    }

    /// While nothing is read no answer to a ping is, either: that must not look like a broker that is gone.
    void read(boolean on) {
        reading = on;
        handOutHeld();
        channel.config().setAutoRead(reading);
        if (reading && pings != null) {
            pings.cancel(false);
            pings = null;
        } else if (!reading && pings == null) {
            pings = channel.eventLoop()
                    .scheduleWithFixedDelay(this::answerPing, pingMillis, pingMillis, TimeUnit.MILLISECONDS);
        }
    }

    void close() {
        var _ = channel.close();
    }

    private void answerPing() {
        if (context != null && !context.isRemoved()) {
            context.fireChannelRead(MqttPingResp.INSTANCE);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext in, Object message) {
        held.add(message);
        handOutHeld();
    }

    /// One after the other, until one of them has reading stopped.
    private void handOutHeld() {
        if (handingOut || context == null) {
            return;
        }
        handingOut = true;
        try {
            while (reading && !held.isEmpty()) {
                handOut(context, held.remove());
            }
        } finally {
            handingOut = false;
        }
    }

    private void handOut(ChannelHandlerContext in, Object message) {
        arriving = message instanceof MqttStatefulPublish publish ? publish : null;
        in.fireChannelRead(message);
        arriving = null;
    }

    @Override
    public void channelInactive(ChannelHandlerContext in) {
        held.clear(); // not acknowledged: the broker sends it again
        if (pings != null) {
            pings.cancel(false);
            pings = null;
        }
        in.fireChannelInactive();
    }
}
