package io.sluice.node.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.sluice.node.observe.Meters;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What stands between a socket and its connection, without a socket.
class PipelineTest {
    private final MqttSettings settings = Listening.settings("");
    private final Ingress ingress = new Ingress(settings, Map.of(), meters());

    @AfterEach
    void close() {
        ingress.credentials.close();
    }

    @Test
    void answersOtherRequestsWith404AndGivesTheirBodiesBack() {
        var channel = channel("websocket");
        var request = request("x".repeat(16 << 10));

        channel.writeInbound(request);

        assertThat(said(channel)).startsWith("HTTP/1.1 404 Not Found\r\n");
        assertThat(channel.isOpen()).isFalse();
        assertThat(request.refCnt()).as("memory is given back").isZero();
    }

    @Test
    void answersOnlyTheFirstOfSeveralRequests() {
        var channel = channel("websocket");
        var requests = Unpooled.wrappedBuffer(request("one"), request("two"));

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
        var small =
                new Ingress(Listening.settings("limits.packet = 1 KiB, unread-bytes-max = 5 KiB"), Map.of(), meters());
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
        var small = new Ingress(
                Listening.settings("limits.packet = 1 KiB, unread-bytes-max = 1 KiB"),
                Map.of(channel.eventLoop(), (_, _, _) -> 0),
                meters());
        channel.pipeline().addLast(new Connection(small, true));
        channel.writeInbound(
                Unpooled.wrappedBuffer(RawClient.hex("10 10 00 04 4d 51 54 54 05 02 00 00 00 00 03 61 62 63")));
        channel.releaseOutbound();

        channel.writeInbound(Unpooled.buffer(2 << 10).writeBytes(RawClient.hex("30 7f 00")));

        ByteBuf told = channel.readOutbound();
        assertThat(ByteBufUtil.hexDump(told)).isEqualTo("e00197");
        told.release();
        assertThat(channel.isOpen()).isFalse();
        assertThat(small.unread.bytes()).isZero();
        small.credentials.close();
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

    private static ByteBuf request(String body) {
        var bytes = "POST /x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(body.length(), body)
                .getBytes(UTF_8);
        return Unpooled.buffer().writeBytes(bytes);
    }

    private static String said(EmbeddedChannel channel) {
        var said = new StringBuilder();
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            said.append(bytes.toString(UTF_8));
            bytes.release();
        }
        return said.toString();
    }
}
