package io.sluice.node.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
    private static final int CONVERSATIONS = 300;

    private final EmbeddedChannel channel = new EmbeddedChannel(new FrameReader());

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void readsWhatAnotherWroteHoweverItIsCut(long seed) {
        for (int n = 0; n < CONVERSATIONS; n++) {
            var random = new Random(seed * CONVERSATIONS + n);
            var bytes = Unpooled.buffer();
            var pings = new ArrayList<String>();
            var wire = written(frames(random, bytes, pings));

            var reader = new EmbeddedChannel(new FrameReader());
            while (wire.isReadable()) {
                var length = 1 + random.nextInt(Math.min(wire.readableBytes(), 1 << random.nextInt(18)));
                reader.writeInbound(wire.readBytes(length));
            }

            assertThat(received(reader)).as("seed %d, conversation %d", seed, n).isEqualTo(ByteBufUtil.hexDump(bytes));
            assertThat(pongs(reader)).as("seed %d, conversation %d", seed, n).isEqualTo(pings);
        }
    }

    @Test
    void handsOnAFrameThatIsNotThereWhole() {
        var bytes = Unpooled.wrappedBuffer(HexFormat.of().parseHex("82ff000000004000000001020304" + "0003"));

        channel.writeInbound(bytes);

        assertThat(received(channel)).isEqualTo("0101");
        assertThat(bytes.refCnt()).isZero();
    }

    @Test
    void endsWithAClose() {
        channel.writeInbound(written(List.of(new CloseWebSocketFrame(1000, "bye"))));
        channel.writeInbound(written(List.of(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[] {1})))));

        CloseWebSocketFrame close = channel.readInbound();
        assertThat(close.statusCode()).isEqualTo(1000);
        assertThat(close.reasonText()).isEqualTo("bye");
        close.release();
        assertThat(received(channel)).isEmpty();
    }

    @Test
    void readsNoMoreOfAClientThatIsHeldWhenItPings() {
        var reads = new AtomicInteger();
        var held = new EmbeddedChannel(
                new ChannelOutboundHandlerAdapter() {
                    @Override
                    public void read(ChannelHandlerContext context) {
                        reads.incrementAndGet();
                    }
                },
                new FrameReader());
        held.config().setAutoRead(false);
        reads.set(0);

        held.writeInbound(written(List.of(new PingWebSocketFrame(), new PongWebSocketFrame())));

        assertThat(pongs(held)).containsExactly("");
        assertThat(reads).hasValue(0);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "text,                            81 80",
        "not masked,                      82 01 00",
        "an extension,                    c2 80",
        "unknown data,                    83 80",
        "unknown control,                 8b 80",
        "a continuation of nothing,       80 80",
        "another message inside one,      02 80 00 00 00 00 82 80",
        "a ping in pieces,                09 80",
        "a long ping,                     89 fe",
        "a close with half a code,        88 81",
        "a length below 0,                82 ff 80 00 00 00 00 00 00 00"
    })
    void refusesWhatIsNoFrameForUs(String what, String digits) {
        var bytes = Unpooled.wrappedBuffer(RawClient.hex(digits));

        assertThatThrownBy(() -> channel.writeInbound(bytes)).as(what).isInstanceOf(Refusal.class);

        assertThat(bytes.refCnt()).isZero();
        channel.writeInbound(written(List.of(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[] {1})))));
        assertThat(received(channel)).as("nothing is read after it").isEmpty();
    }

    /// Messages of one or more frames, control frames between any two.
    private static List<WebSocketFrame> frames(Random random, ByteBuf bytes, List<String> pings) {
        var frames = new ArrayList<WebSocketFrame>();
        for (int messages = random.nextInt(6); messages > 0; messages--) {
            for (int pieces = random.nextInt(4), piece = pieces; piece >= 0; piece--) {
                var payload = new byte[random.nextInt(1 << random.nextInt(18))];
                random.nextBytes(payload);
                bytes.writeBytes(payload);
                var content = Unpooled.wrappedBuffer(payload);
                frames.add(
                        piece == pieces
                                ? new BinaryWebSocketFrame(piece == 0, 0, content)
                                : new ContinuationWebSocketFrame(piece == 0, 0, content));
                if (random.nextInt(3) == 0) {
                    var ping = new byte[random.nextInt(126)];
                    random.nextBytes(ping);
                    pings.add(HexFormat.of().formatHex(ping));
                    frames.add(new PingWebSocketFrame(Unpooled.wrappedBuffer(ping)));
                    frames.add(new PongWebSocketFrame(Unpooled.wrappedBuffer(ping)));
                }
            }
        }
        return frames;
    }

    static ByteBuf written(List<? extends WebSocketFrame> frames) {
        var writer = new EmbeddedChannel(new WebSocket13FrameEncoder(true));
        frames.forEach(writer::writeOutbound);
        var wire = Unpooled.buffer();
        for (ByteBuf piece = writer.readOutbound(); piece != null; piece = writer.readOutbound()) {
            wire.writeBytes(piece);
            piece.release();
        }
        return wire;
    }

    private static String received(EmbeddedChannel channel) {
        var all = new StringBuilder();
        for (ByteBuf piece = channel.readInbound(); piece != null; piece = channel.readInbound()) {
            all.append(ByteBufUtil.hexDump(piece));
            piece.release();
        }
        return all.toString();
    }

    private static List<String> pongs(EmbeddedChannel channel) {
        var pongs = new ArrayList<String>();
        for (PongWebSocketFrame pong = channel.readOutbound(); pong != null; pong = channel.readOutbound()) {
            pongs.add(ByteBufUtil.hexDump(pong.content()));
            pong.release();
        }
        return pongs;
    }
}
