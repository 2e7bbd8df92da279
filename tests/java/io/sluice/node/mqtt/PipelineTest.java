package io.sluice.node.mqtt;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.sluice.node.live.LiveView;
import io.sluice.node.observe.Meters;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What stands between a socket and its connection, without a socket.
class PipelineTest {
    private final MqttSettings settings = Listening.settings("");
    private final Ingress ingress = new Ingress(settings, Map.of(), new LiveView(), meters());

    @AfterEach
    void close() {
        ingress.credentials.close();
    }

    @Test
    void answersOtherRequestsWith404() {
        var channel = channel("websocket");
        var request = request("/x", "");

        channel.writeInbound(request);

        assertThat(said(channel)).startsWith("HTTP/1.1 404 Not Found\r\n");
        assertThat(channel.isOpen()).isFalse();
        assertThat(request.refCnt()).as("memory is given back").isZero();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/x", "/mqtt"})
    void gathersNoBodyOfARequest(String path) {
        var channel = channel("websocket");
        var request = request(path, "x");

        channel.writeInbound(request);

        assertThat(said(channel)).startsWith("HTTP/1.1 413 Request Entity Too Large\r\n");
        assertThat(request.refCnt()).isZero();
    }

    @Test
    void countsWhatCameOfAFrameThatIsNotThereWhole() {
        var channel = webSocket();

        channel.writeInbound(frame(100_000, "10 ff 7f" + " 00".repeat(9_000)));

        assertThat(ingress.unread.bytes()).isBetween(9_000L, 20_000L);
        var _ = channel.close();
        assertThat(ingress.unread.bytes()).isZero();
    }

    @Test
    void keepsNoLargePacketOfAStrangerByWebSocket() {
        var channel = webSocket();

        channel.writeInbound(frame(100_000, "10 ff ff 7f"));

        assertThat(channel.isOpen()).isFalse();
        assertThat(ingress.unread.bytes()).isZero();
    }

    @Test
    void readsPacketsFromAFrameOfAnyLength() {
        var channel = webSocket();

        channel.writeInbound(frame(1L << 40, "10 0d 00 04 4d 51 54 54 07 02 00 00 00 01 61"));

        assertThat(said(channel).getBytes(ISO_8859_1))
                .as("a CONNACK in a frame: no such version")
                .startsWith(0x82, 5, 0x20, 3, 0, 0x84);
    }

    @Test
    void answersOnlyTheFirstOfSeveralRequests() {
        var channel = channel("websocket");
        var requests = Unpooled.wrappedBuffer(request("/x", ""), request("/x", ""));

        channel.writeInbound(requests);

        assertThat(said(channel)).containsOnlyOnce("HTTP/1.1");
        assertThat(requests.refCnt()).isZero();
    }

    @Test
    void closesOnWhatIsNoBytes() {
        var channel = channel("tcp");
        var stray = Unpooled.buffer();

        channel.writeInbound(new DefaultHttpContent(stray));

        assertThat(channel.isOpen()).isFalse();
        assertThat(stray.refCnt()).isZero();
    }

    @Test
    void closesWhoWouldMakeAllKeepTooMuch() {
        var small = new Ingress(
                Listening.settings("limits.packet = 1 KiB, stranger-bytes-max = 5 KiB"),
                Map.of(),
                new LiveView(),
                meters());
        var first = new EmbeddedChannel(new Connection(small, true));
        var second = new EmbeddedChannel(new Connection(small, true));
        var partOfConnect = new byte[] {0x10, 0x7F};
        var kept = Unpooled.buffer(3 << 10).writeBytes(partOfConnect);
        var tooMuch = Unpooled.buffer(3 << 10).writeBytes(partOfConnect);

        first.writeInbound(kept);
        assertThat(small.unread.bytes()).isEqualTo(3 << 10);
        second.writeInbound(tooMuch);

        assertThat(second.isOpen()).isFalse();
        assertThat(tooMuch.refCnt()).isZero();
        assertThat(first.isOpen()).isTrue();
        assertThat(small.unread.bytes()).isEqualTo(3 << 10);
        var _ = first.close();
        assertThat(small.unread.bytes()).isZero();
        assertThat(kept.refCnt()).isZero();
        small.credentials.close();
    }

    @Test
    void tellsAnMqtt5ClientThatAllKeepTooMuch() {
        var channel = new LoopbackChannel();
        var small = small(channel, "unread-bytes-max = 1 KiB");
        logIn(channel, small);

        channel.writeInbound(kept(2 << 10, "30 7f 00"));

        ByteBuf told = channel.readOutbound();
        assertThat(ByteBufUtil.hexDump(told)).isEqualTo("e00197");
        told.release();
        assertThat(channel.isOpen()).isFalse();
        assertThat(small.unread.bytes()).isZero();
        small.credentials.close();
    }

    @Test
    void putsOutNoClientForStrangersAndNoStrangerForClients() {
        var known = new LoopbackChannel();
        var small = small(known, "unread-bytes-max = 4 KiB, stranger-bytes-max = 2 KiB");
        var stranger = new EmbeddedChannel(new Connection(small, true));
        var other = new EmbeddedChannel(new Connection(small, true));
        logIn(known, small);

        stranger.writeInbound(kept(2 << 10, "10 7f"));
        known.writeInbound(kept(4 << 10, "30 7f 00"));
        other.writeInbound(kept(1 << 10, "10 7f"));

        assertThat(known.isOpen()).isTrue();
        assertThat(stranger.isOpen()).isTrue();
        assertThat(other.isOpen()).as("strangers have their share").isFalse();
        assertThat(small.unread.clients.bytes()).isEqualTo(4 << 10);
        assertThat(small.unread.strangers.bytes()).isEqualTo(2 << 10);
        var _ = known.close();
        var _ = stranger.close();
        assertThat(small.unread.bytes()).isZero();
        small.credentials.close();
    }

    @Test
    void countsWhatCameBeforeTheLoginAsTheClients() {
        var channel = new LoopbackChannel();
        var small = small(channel, "unread-bytes-max = 1 KiB, stranger-bytes-max = 1 MiB");
        channel.pipeline().addLast(new Connection(small, true));

        channel.writeInbound(kept(2 << 10, "10 20 00 04 4d 51 54 54 05"));
        assertThat(small.unread.strangers.bytes()).isEqualTo(2 << 10);
        channel.writeInbound(Unpooled.wrappedBuffer(RawClient.hex("02 00 00 00 00 13" + " 61".repeat(19))));

        assertThat(small.unread.strangers.bytes()).isZero();
        ByteBuf told = channel.readOutbound();
        assertThat(ByteBufUtil.hexDump(told)).isEqualTo("2003009700");
        told.release();
        assertThat(small.unread.bytes()).isZero();
        small.credentials.close();
    }

    private Ingress small(EmbeddedChannel channel, String keys) {
        return new Ingress(
                Listening.settings("limits.packet = 1 KiB, " + keys),
                Map.of(channel.eventLoop(), (_, _, _) -> 0),
                new LiveView(),
                meters());
    }

    private static void logIn(EmbeddedChannel channel, Ingress ingress) {
        channel.pipeline().addLast(new Connection(ingress, true));
        channel.writeInbound(
                Unpooled.wrappedBuffer(RawClient.hex("10 10 00 04 4d 51 54 54 05 02 00 00 00 00 03 61 62 63")));
        channel.releaseOutbound();
    }

    /// A packet that is not there whole, in a buffer that takes more than it.
    private static ByteBuf kept(int capacity, String digits) {
        return Unpooled.buffer(capacity).writeBytes(RawClient.hex(digits));
    }

    private static final class LoopbackChannel extends EmbeddedChannel {
        @Override
        protected SocketAddress remoteAddress0() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        }
    }

    private static Meters meters() {
        return new Meters(new SimpleMeterRegistry());
    }

    private EmbeddedChannel channel(String door) {
        var listener = settings.listeners().stream()
                .filter(found -> found.name().equals(door))
                .findFirst()
                .orElseThrow();
        return new EmbeddedChannel(new Pipeline(ingress, listener, Optional.empty()));
    }

    private EmbeddedChannel webSocket() {
        var channel = channel("websocket");
        channel.writeInbound(Unpooled.copiedBuffer(ClientsTest.upgrade("http://localhost"), UTF_8));
        assertThat(said(channel)).startsWith("HTTP/1.1 101 Switching Protocols\r\n");
        return channel;
    }

    /// The beginning of a binary frame, masked with zeros.
    private static ByteBuf frame(long length, String digits) {
        var bytes = RawClient.hex(digits);
        return Unpooled.buffer()
                .writeShort(0x82FF)
                .writeLong(length)
                .writeInt(0)
                .writeBytes(bytes);
    }

    private static ByteBuf request(String path, String body) {
        var bytes = "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(path, body.length(), body)
                .getBytes(UTF_8);
        return Unpooled.buffer().writeBytes(bytes);
    }

    private static String said(EmbeddedChannel channel) {
        var said = new StringBuilder();
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            said.append(bytes.toString(ISO_8859_1));
            bytes.release();
        }
        return said.toString();
    }
}
