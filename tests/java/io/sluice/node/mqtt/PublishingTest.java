package io.sluice.node.mqtt;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.node.event.Properties;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What an arrival carries, wills, and the books.
class PublishingTest {
    @Test
    void keepsWhatTheClientSaid() {
        try (var listening = Listening.settlingAtOnce();
                var client = listening.dial()) {
            client.connect5("plant-7", true, "");
            var user = "26 00 01 6b 00 01 76 26 00 01 6b 00 01 77";
            client.publishWith(
                    1, 1, "a/b", "01 01 02 00 00 00 3c 03 00 01 63 08 00 01 72 09 00 02 00 ff " + user, "päyload");
            client.expect("40 02 00 01");

            var arrival = listening.integrations.offered().getFirst().arrival();
            assertThat(arrival.topic()).isEqualTo("a/b");
            assertThat(arrival.payload()).isEqualTo("päyload".getBytes(StandardCharsets.UTF_8));
            assertThat(arrival.qos()).isEqualTo(1);
            assertThat(arrival.clientId()).isEqualTo("plant-7");
            assertThat(arrival.receivedAt())
                    .isCloseTo(System.currentTimeMillis(), org.assertj.core.data.Offset.offset(60_000L));
            var properties = arrival.properties();
            assertThat(properties.text()).isTrue();
            assertThat(properties.expirySeconds()).isEqualTo(60);
            assertThat(properties.contentType()).isEqualTo("c");
            assertThat(properties.responseTopic()).isEqualTo("r");
            assertThat(properties.correlationData()).containsExactly(0, 0xff);
            assertThat(properties.user())
                    .isEqualTo(List.of(new Properties.User("k", "v"), new Properties.User("k", "w")));
        }
    }

    /// Netty's own decoder gives the last two bytes of these properties to the payload.
    @Test
    void keepsPropertiesAndPayloadApart() {
        try (var listening = Listening.settlingAtOnce();
                var client = listening.dial()) {
            client.connect5("plant-7", true, "");
            var long130 = "26 00 01 6b 00 82" + " 76".repeat(130);

            client.publishWith(1, 1, "a", long130 + " 01 01", "hello").expect("40 02 00 01");

            assertThat(listening.integrations.texts()).containsExactly("hello");
            assertThat(listening
                            .integrations
                            .offered()
                            .getFirst()
                            .arrival()
                            .properties()
                            .text())
                    .isTrue();
        }
    }

    @Test
    void keepsTheRetainFlagOf311AsData() {
        try (var listening = Listening.settlingAtOnce();
                var client = listening.dial().connect("plant-7", true)) {
            client.send(RawClient.hex("33 05 00 01 61 00 01")).expect("40 02 00 01");

            assertThat(listening.integrations.offered().getFirst().arrival().retain())
                    .isTrue();
        }
    }

    @Test
    void readsPacketsThatComeInPieces() {
        try (var listening = Listening.settlingAtOnce();
                var client = listening.dial().connect("plant-7", true)) {
            for (var octet : client.publication(1, 1, false, "a/long/topic", "x".repeat(300))) {
                client.send(new byte[] {octet});
            }

            client.expect("40 02 00 01");
            assertThat(listening.integrations.texts()).containsExactly("x".repeat(300));
        }
    }

    @Test
    void takesThePacketsSentRightBehindConnect() {
        try (var listening = Listening.settlingAtOnce();
                var client = listening.dial()) {
            client.send(RawClient.joined(
                    RawClient.connect4("plant-7", true, 0), client.publication(1, 1, false, "a", "x")));

            client.expect("20 02 00 00", "40 02 00 01");
        }
    }

    @Test
    void resolvesTopicAliases() {
        try (var listening = Listening.settlingAtOnce();
                var client = listening.dial()) {
            client.connect5("plant-7", true, "");
            client.publishWith(0, 0, "a", "23 00 01", "1").publishWith(0, 0, "b", "23 00 02", "2");
            client.publishWith(0, 0, "", "23 00 01", "3").publishWith(0, 0, "", "23 00 02", "4");
            client.publishWith(0, 0, "c", "23 00 01", "5").publishWith(1, 1, "", "23 00 01", "6");
            client.expect("40 02 00 01");

            assertThat(listening.integrations.offered().stream()
                            .map(offered -> offered.arrival().topic()))
                    .containsExactly("a", "b", "a", "b", "c", "c");
        }
    }

    @Test
    void saysTheWillOfAClientThatVanished() {
        try (var listening = Listening.settlingAtOnce()) {
            listening.dial().send(withWill("gone", 0x04 | 0x08 | 0x02)).close();
            await().until(() -> listening.integrations.count() == 1);

            var will = listening.integrations.offered().getFirst().arrival();
            assertThat(will.topic()).isEqualTo("will");
            assertThat(will.payload()).containsExactly('w');
            assertThat(will.qos()).isEqualTo(1);
            assertThat(will.clientId()).isEqualTo("gone");
            assertThat(will.id()).startsWith("gone:");
        }
    }

    @Test
    void saysNoWillOfAClientThatTookItsLeave() {
        try (var listening = Listening.settlingAtOnce()) {
            try (var client = listening.dial()) {
                client.send(withWill("polite", 0x06)).expect("20 02 00 00");
                client.send(RawClient.hex("e0 00")).expect("closed");
            }
            try (var client = listening.dial()) {
                client.send(withWill5("with-will", "")).read();
                client.send(RawClient.hex("e0 01 04")).expect("closed");
            }
            await().until(() -> listening.integrations.count() == 1);
            assertThat(listening.integrations.offered().getFirst().arrival().clientId())
                    .isEqualTo("with-will");
        }
    }

    @Test
    void delaysAWillUntilTheClientHadTimeToReturn() {
        try (var listening = Listening.settlingAtOnce()) {
            var returned = leaveAndReturnInTime(listening);
            try (var other = listening.dial()) {
                other.send(withWill5("stays-away", "18 00 00 00 01")).read();
            }
            await().until(() -> willsOf(listening).contains("stays-away"));
            assertThat(willsOf(listening)).doesNotContain(returned);
        }
    }

    /// Tries until less than the second that its will waits lies between a client's leaving and its return.
    ///
    /// @return its id
    private static String leaveAndReturnInTime(Listening listening) {
        for (int attempt = 0; ; attempt++) {
            var clientId = "returns-" + attempt;
            var client = listening.dial();
            client.send(withWill5(clientId, "18 00 00 00 01")).read();
            var left = System.nanoTime();
            client.close();
            try (var again = listening.dial()) {
                again.connect5(clientId, false, "11 00 00 0e 10");
                if (System.nanoTime() - left < SECONDS.toNanos(1)) {
                    return clientId;
                }
            }
        }
    }

    private static List<String> willsOf(Listening listening) {
        return listening.integrations.offered().stream()
                .map(offered -> offered.arrival().clientId())
                .toList();
    }

    @Test
    void refusesAWillThatCannotBeSaid() {
        try (var listening = Listening.on("anonymous-publish = [\"free/#\"]");
                var forbidden = listening.dial();
                var wildcard = listening.dial();
                var retained = listening.dial()) {
            forbidden.send(withWill("c", 0x06)).expect("20 02 00 05", "closed");
            wildcard.send(RawClient.packet(
                            0x10,
                            RawClient.text("MQTT"),
                            RawClient.bytes(4, 0x06, 0, 0),
                            RawClient.text("c"),
                            RawClient.text("free/#"),
                            RawClient.text("w")))
                    .expect("closed");
            retained.send(RawClient.packet(
                            0x10,
                            RawClient.text("MQTT"),
                            RawClient.bytes(5, 0x26, 0, 0, 0),
                            RawClient.text("c"),
                            RawClient.bytes(0),
                            RawClient.text("free/w"),
                            RawClient.text("w")))
                    .expect("20 03 00 9a 00", "closed");
        }
    }

    /// Promise 7: what was received is routed or has an end here.
    @Test
    void keepsTheBooks() {
        try (var listening = Listening.settlingAtOnce("anonymous-publish = [\"a\", \"none\"]")) {
            try (var client = listening.dial()) {
                client.connect5("plant-7", false, "11 00 00 0e 10");
                for (int i = 1; i <= 20; i++) {
                    client.publish(i % 3, i % 3 == 0 ? 0 : i, i % 4 == 0 ? "none" : i % 5 == 0 ? "secret" : "a", "x");
                }
                client.publishAgain(2, 2, "a", "x").publish(0, 0, "", "");
                while (!client.read().equals("closed")) {}
            }
            listening.dial().send(withWill("gone", 0x06)).close();
            await("its will is refused")
                    .until(() -> listening.count("sluice.connects", "outcome", "not-authorized") == 1);
            await().until(() -> listening.gauge("sluice.connections") == 0);

            var received = listening.count("sluice.received.messages");
            var wanted = listening.integrations.offered().stream()
                    .filter(offered -> offered.integrations() > 0)
                    .count();
            assertThat(received).isEqualTo(22);
            assertThat(wanted + listening.count("sluice.ingress.ended.messages"))
                    .isEqualTo(received);
            assertThat(listening.count("sluice.ingress.ended.messages", "reason", "not-authorized"))
                    .isPositive();
            assertThat(listening.count("sluice.ingress.ended.messages", "reason", "repeat"))
                    .isEqualTo(1);
        }
    }

    private static byte[] withWill(String clientId, int flags) {
        return RawClient.packet(
                0x10,
                RawClient.text("MQTT"),
                RawClient.bytes(4, flags, 0, 0),
                RawClient.text(clientId),
                RawClient.text("will"),
                RawClient.text("w"));
    }

    private static byte[] withWill5(String clientId, String willProperties) {
        var properties = RawClient.hex(willProperties);
        return RawClient.packet(
                0x10,
                RawClient.text("MQTT"),
                RawClient.bytes(5, 0x06, 0, 0),
                RawClient.hex("05 11 00 00 0e 10"),
                RawClient.text(clientId),
                RawClient.bytes(properties.length),
                properties,
                RawClient.text("will"),
                RawClient.text("w"));
    }
}
