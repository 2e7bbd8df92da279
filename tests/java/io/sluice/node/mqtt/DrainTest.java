package io.sluice.node.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.node.settings.CannotStart;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How the listener stops, and what keeps it from starting.
class DrainTest {
    @Test
    void letsWindowsFinishAndSaysGoodbye() {
        try (var listening = Listening.on();
                var busy = listening.dial();
                var idle = listening.dial();
                var old = listening.dial().connect("old", true)) {
            busy.connect5("busy", true, "");
            idle.connect5("idle", true, "");
            busy.publish(1, 1, "a", "x").publish(0, 0, "a", "y").expectSilence();

            var drained = listening.listener.drain(Duration.ofMinutes(1)).toCompletableFuture();
            idle.expect("e0 01 8b", "closed");
            old.expect("closed");
            await("the busy one drains too").until(listening::isHolding);
            assertThat(drained).isNotDone();
            busy.publish(1, 2, "a", "too late");

            listening.integrations.safeFrom(0);
            busy.expect("40 02 00 01", "e0 01 8b", "closed");
            await().until(drained::isDone);
            assertThat(listening.integrations.texts()).containsExactly("x", "y");
        }
    }

    /// What it is told is more than its socket takes at once: a reset would cost it the rest.
    @ParameterizedTest
    @ValueSource(strings = {"e0 01 8b", "closed"})
    void isHeardToTheEndByAClientThatKeepsSending(String last) {
        var count = 30_000;
        try (var listening = Listening.on("receive-maximum = 65535, unreleased-max = 65535, in-flight-bytes = 1 GiB");
                var client = listening.dial()) {
            if (last.equals("closed")) {
                client.connect("busy", true);
            } else {
                client.connect5("busy", true, "");
            }
            for (int id = 1; id <= count; id++) {
                client.publish(1, id, "a", "x");
            }
            client.expectSilence();

            var drained = listening.listener.drain(Duration.ofMinutes(1)).toCompletableFuture();
            await().until(listening::isHolding);
            client.publish(0, 0, "a", "too late".repeat(10_000));
            listening.integrations.safeFrom(0);

            for (int id = 1; id <= count; id++) {
                client.expect("40 02 %02x %02x".formatted(id >> 8, id & 0xFF));
            }
            client.publish(0, 0, "a", "later").expect(last);
            await().until(drained::isDone);
            assertThat(listening.integrations.count()).isEqualTo(count);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void isHeardToTheEndOverTls(String protocol, @TempDir Path directory) throws Exception {
        var server = Certificates.make(directory, "server");
        var context = SSLContext.getInstance(protocol);
        context.init(null, server.trust().getTrustManagers(), null);
        try (var listening = Listening.on("listeners.tls.enabled = true, tls { certificate = \"%s\", key = \"%s\" }"
                        .formatted(server.certificate(), server.key()));
                var talker = listening.dial();
                var socket = context.getSocketFactory().createSocket("127.0.0.1", listening.port("tls"))) {
            var out = socket.getOutputStream();
            out.write(talker.connect5("busy", true, 0, ""));
            out.write(talker.publication(1, 1, false, "a", "x"));
            await().until(() -> listening.integrations.count() == 1);

            listening.listener.drain(Duration.ofMinutes(1));
            await().until(listening::isHolding);
            out.write(talker.publication(0, 0, false, "a", "too late".repeat(10_000)));
            listening.integrations.safeFrom(0);

            var told =
                    HexFormat.ofDelimiter(" ").formatHex(socket.getInputStream().readAllBytes());
            assertThat(told).startsWith("20 ").endsWith(" 40 02 00 01 e0 01 8b");
        }
    }

    @Test
    void waitsForNoWindowLongerThanAsked() {
        try (var listening = Listening.on();
                var client = listening.dial()) {
            client.connect5("plant-7", true, "");
            client.publish(1, 1, "a", "x").expectSilence();

            var drained = listening.listener.drain(Duration.ofMillis(200)).toCompletableFuture();

            client.expect("e0 01 8b", "closed");
            await().until(drained::isDone);
        }
    }

    @Test
    void acceptsNobodyWhileItDrains() {
        try (var listening = Listening.on();
                var client = listening.dial().connect("plant-7", true)) {
            var port = listening.port("tcp");
            client.publish(1, 1, "a", "x").expectSilence();
            listening.listener.drain(Duration.ofMinutes(1));

            await().untilAsserted(() ->
                    assertThatThrownBy(() -> RawClient.dial(port).close()).isInstanceOf(UncheckedIOException.class));
        }
    }

    @Test
    void closesAtOnceWhenAskedTo() {
        var listening = Listening.on();
        try (var client = listening.dial().connect("plant-7", true)) {
            client.publish(1, 1, "a", "x").expectSilence();

            listening.close();

            client.expect("closed");
        }
    }

    @Test
    void saysWhichPortIsTaken() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> Listening.on("listeners.tcp.port = " + taken.getLocalPort()))
                    .isInstanceOf(CannotStart.class)
                    .hasMessageContainingAll(
                            "mqtt listener [tcp]", "127.0.0.1:" + taken.getLocalPort(), "sluice.mqtt.listeners.tcp");
        }
    }

    @Test
    void tellsWhomItHasNoPlaceFor() {
        try (var listening = Listening.on("connections-max = 1");
                var first = listening.dial().connect("first", true)) {
            // each says a word as soon as it is there, for it is not waited for long
            try (var four = listening.dial().send(RawClient.connect4("four", true, 0))) {
                four.expect("20 02 00 03", "closed");
            }
            try (var five = listening.dial()) {
                five.send(five.connect5("five", true, 0, "")).expect("20 03 00 89 00", "closed");
            }
            var upgrade = ClientsTest.upgrade("http://localhost").getBytes(UTF_8);
            try (var web = RawClient.dial(listening.port("websocket")).send(upgrade)) {
                assertThat(web.readLine()).isEqualTo("HTTP/1.1 101 Switching Protocols");
            }

            first.expectSilence();
            assertThat(listening.count("sluice.connects", "outcome", "connections-max"))
                    .isEqualTo(3);
            assertThat(listening.count("sluice.connects", "outcome", "server-busy"))
                    .as("counted once")
                    .isZero();
        }
    }

    @Test
    void waitsForAWordOfWhomItHasNoPlaceForButNotLong() {
        try (var listening = Listening.on("connections-max = 1", "connect-timeout = 10m");
                var first = listening.dial().connect("first", true)) {
            try (var second = listening.dial()) {
                second.expect("closed");
            }

            first.expectSilence();
            await().until(() -> listening.gauge("sluice.connections") == 1);
        }
    }

    @Test
    void givesAPlaceAgainOnceOneLeft() {
        try (var listening = Listening.on("connections-max = 1")) {
            for (int i = 0; i < 3; i++) {
                try (var client = listening.dial().connect("client", true)) {
                    client.expectSilence();
                }
                await().until(() -> listening.gauge("sluice.connections") == 0);
            }
        }
    }
}
