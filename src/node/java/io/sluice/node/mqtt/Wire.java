package io.sluice.node.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A connection's channel: gathers what is written into one buffer, keeps the connection's one timer, moves between
/// event loops. Futures are not looked at: what fails closes the channel, and that is heard.
@SuppressWarnings("FutureReturnValueIgnored")
final class Wire {
    private static final long CLOSE_SECONDS = 2;

    private final ChannelHandlerContext context;
    private final AtomicBoolean flushing = new AtomicBoolean();
    private @Nullable ByteBuf out;
    private @Nullable ScheduledFuture<?> timer;

    Wire(ChannelHandlerContext context) {
        this.context = context;
    }

    EventLoop loop() {
        return context.channel().eventLoop();
    }

    ChannelHandlerContext context() {
        return context;
    }

    ByteBufAllocator alloc() {
        return context.alloc();
    }

    SocketAddress remote() {
        return context.channel().remoteAddress();
    }

    boolean isWritable() {
        return context.channel().isWritable();
    }

    /// On: the socket is read whenever it has something. Off: what the client sends stays in the network.
    void read(boolean on) {
        context.channel().config().setAutoRead(on);
    }

    /// Where the loop writes; goes out with the next [#flush()].
    ByteBuf out() {
        if (out == null) {
            out = context.alloc().ioBuffer();
        }
        return out;
    }

    void flush() {
        var written = out;
        if (written != null) {
            out = null;
            context.writeAndFlush(written);
        }
    }

    /// Writes from any thread; what several threads write at a time goes out together.
    ///
    /// The flush is queued anew once others may ask for one again, so it stands behind every write that did not.
    void push(ByteBuf packet) {
        context.write(packet);
        if (flushing.compareAndSet(false, true)) {
            onLoop(() -> {
                flushing.set(false);
                onLoop(context::flush);
            });
        }
    }

    /// Writes the last packet and closes once the client has, see [Goodbye]. One that does not is waited for a
    /// moment.
    void close(ByteBuf last) {
        flush();
        context.writeAndFlush(last).addListener(_ -> Goodbye.say(context.channel()));
        if (context.channel().isOpen()) {
            after(
                    TimeUnit.SECONDS.toNanos(CLOSE_SECONDS),
                    () -> context.channel().close());
        }
    }

    void closeNow() {
        context.channel().close();
    }

    /// Sets the one timer anew.
    void after(long nanos, Runnable task) {
        stopTimer();
        timer = loop().schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    /// Runs on the connection's loop, wherever that is by then.
    void onLoop(Runnable task) {
        loop().execute(() -> {
            if (loop().inEventLoop()) {
                task.run();
            } else {
                onLoop(task);
            }
        });
    }

    /// Moves the channel to another event loop and goes on there. Only while it is not read and has no timer.
    void move(EventLoop to, Runnable then) {
        var channel = context.channel();
        channel.deregister()
                .addListener(_ -> to.register(channel).addListener(joined -> {
                    if (joined.isSuccess()) {
                        then.run();
                    } else {
                        closeNow();
                    }
                }));
    }
}
