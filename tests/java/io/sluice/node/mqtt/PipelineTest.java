package io.sluice.node.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.sluice.node.observe.Meters;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What stands between a socket and its connection, without a socket.
class PipelineTest {
    private final MqttSettings settings = Listening.settings("");
    private final Ingress ingress = new Ingress(settings, Map.of(), new Meters(new SimpleMeterRegistry()));

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
