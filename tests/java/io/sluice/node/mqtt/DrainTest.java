package io.sluice.node.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.node.settings.CannotStart;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

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
            assertThat(drained).isNotDone();
            busy.publish(1, 2, "a", "too late");

            listening.integrations.safeFrom(0);
            busy.expect("40 02 00 01", "e0 01 8b", "closed");
            await().until(drained::isDone);
            assertThat(listening.integrations.texts()).containsExactly("x", "y");
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
    void limitsItsConnections() {
        try (var listening = Listening.on("connections-max = 1");
                var first = listening.dial().connect("first", true);
                var second = listening.dial()) {
            second.expect("closed");
            first.expectSilence();
            await().until(() -> listening.gauge("sluice.connections") == 1);
            assertThat(listening.count("sluice.connects", "outcome", "connections-max"))
                    .isEqualTo(1);
        }
    }
}
