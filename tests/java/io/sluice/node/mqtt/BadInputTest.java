package io.sluice.node.mqtt;

import static io.sluice.node.mqtt.RawClient.bytes;
import static io.sluice.node.mqtt.RawClient.hex;
import static io.sluice.node.mqtt.RawClient.joined;
import static io.sluice.node.mqtt.RawClient.packet;
import static io.sluice.node.mqtt.RawClient.pair;
import static io.sluice.node.mqtt.RawClient.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is malformed, too large or not supported ends the connection with its reason, and nothing else.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class BadInputTest {
    private Listening listening;

    @BeforeAll
    void listen() {
        listening = Listening.settlingAtOnce(
                "limits { packet = 1 KiB, topic-levels = 4, client-id = 8, user-properties = 2, user-properties-bytes = 64 }",
                "topic-alias-maximum = 2",
                "subscriptions-max = 2");
    }

    @AfterAll
    void close() {
        listening.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "reserved packet type,                00 00,                                   82",
        "packet of a server,                  20 02 00 00,                             82",
        "AUTH,                                f0 00,                                   82",
        "PUBACK for nothing,                  40 02 00 01,                             82",
        "flags of a ping,                     c1 00,                                   81",
        "flags of a subscribe,                80 07 00 01 00 00 01 61 00,              81",
        "remaining length of five bytes,      30 ff ff ff ff 01,                       81",
        "packet of 2 KiB,                     30 80 10,                                95",
        "packet of 256 MiB,                   30 ff ff ff 7f,                          95",
        "QoS 3,                               36 06 00 01 61 00 01 00,                 81",
        "DUP at QoS 0,                        38 04 00 01 61 00,                       81",
        "packet id 0,                         32 06 00 01 61 00 00 00,                 81",
        "topic beyond the packet,             30 03 00 09 61,                          81",
        "no topic and no alias,               30 03 00 00 00,                          82",
        "topic with +,                        30 04 00 01 2b 00,                       90",
        "topic with #,                        30 06 00 03 61 2f 23 00,                 90",
        "topic with NUL,                      30 04 00 01 00 00,                       81",
        "topic that is no UTF-8,              30 05 00 02 c3 28 00,                    81",
        "topic with a surrogate,              30 06 00 03 ed a0 80 00,                 81",
        "topic with five levels,              30 0c 00 09 61 2f 62 2f 63 2f 64 2f 65 00, 90",
        "retain flag,                         31 04 00 01 61 00,                       9a",
        "topic alias 0,                       30 07 00 01 61 03 23 00 00,              94",
        "topic alias 3 of 2,                  30 07 00 01 61 03 23 00 03,              94",
        "topic alias without a topic,         30 06 00 00 03 23 00 01,                 82",
        "property of another packet,          30 09 00 01 61 05 11 00 00 00 01,        81",
        "unknown property,                    30 06 00 01 61 02 7f 00,                 81",
        "property twice,                      30 08 00 01 61 04 01 01 01 01,           82",
        "payload format 2,                    30 06 00 01 61 02 01 02,                 82",
        "properties beyond the packet,        30 05 00 01 61 09 01,                    81",
        "property beyond the properties,      30 09 00 01 61 02 02 00 00 00 01,        81",
        "three user properties,   30 19 00 01 61 15 26 00 01 6b 00 01 76 26 00 01 6b 00 01 76 26 00 01 6b 00 01 76, 95",
        "subscription id,                     82 09 00 01 02 0b 01 00 01 61 00,        a1",
        "SUBSCRIBE without a filter,          82 03 00 01 00,                          82",
        "SUBSCRIBE with QoS 3,                82 07 00 01 00 00 01 61 03,              81",
        "UNSUBSCRIBE without a filter,        a2 03 00 01 00,                          82",
        "PUBREL with a field too many,        62 06 00 01 00 00 00 00,                 81"
    })
    void endsAnMqtt5Client(String what, String packet, String reason) {
        try (var client = listening.dial()) {
            client.connect5("plant-7", true, "");

            client.send(hex(packet));

            client.expect("e0 01 " + reason, "closed");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "31 80 10",
                "30 03 00 01 2b",
                "30 02 00 00",
                "36 05 00 01 61 00 01",
                "c1 00",
                "40 02 00 01",
                "82 02 00 01",
                "82 06 00 01 00 01 61 04"
            })
    void closesA311ClientWithoutAWord(String packet) {
        try (var client = listening.dial().connect("plant-7", true)) {
            client.send(hex(packet)).expect("closed");
        }
    }

    @Test
    void closesAClientThatConnectsTwice() {
        try (var client = listening.dial()) {
            client.connect5("plant-7", true, "");
            client.send(client.connect5("plant-7", true, 0, "")).expect("e0 01 82", "closed");
        }
    }

    @Test
    void closesWhoDoesNotBeginWithConnect() {
        try (var client = listening.dial()) {
            client.send(hex("c0 00")).expect("closed");
        }
    }

    @Test
    void closesWhoDoesNotConnectInTime() {
        try (var impatient = Listening.on("connect-timeout = 300ms");
                var slow = impatient.dial();
                var stranger = impatient.dial()) {
            slow.send(hex("10 20 00")).expect("closed");
            stranger.send("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8)).expect("closed");
        }
    }

    @Test
    void showsWhatIsKeptOfAPacketSentInPart() {
        try (var patient = Listening.on("connect-timeout = 1m");
                var known = patient.dial().connect("plant-7", true);
                var stranger = patient.dial()) {
            known.send(joined(hex("30 ff 7f"), new byte[3_000]));
            stranger.send(joined(hex("10 ff 7f"), new byte[5_000]));

            await().untilAsserted(() -> {
                assertThat(patient.gauge("sluice.unread.bytes", "of", "clients"))
                        .isBetween(3_000.0, 64_000.0);
                assertThat(patient.gauge("sluice.unread.bytes", "of", "strangers"))
                        .isBetween(5_000.0, 64_000.0);
            });
        }
    }

    @Test
    void keepsNoLargePacketOfAStranger() {
        try (var small = Listening.on("connect-timeout = 1m", "limits { connect-packet = 256 }");
                var stranger = small.dial();
                var known = small.dial()) {
            stranger.send(hex("10 ff 01 00")).expect("closed");

            known.send(packet(0x10, text("MQTT"), bytes(4, 2), pair(0), text("c".repeat(200))))
                    .expect("20 02 00 00");
            known.publish(1, 1, "none", "x".repeat(1_000)).expect("40 02 00 01");
        }
    }

    @Test
    void closesAStrangerThatReadsNoAnswers() {
        try (var patient = Listening.on("connect-timeout = 1m");
                var stranger = RawClient.dial(patient.port("websocket"))) {
            stranger.send(ClientsTest.upgrade("http://localhost").getBytes(UTF_8))
                    .readLine();
            var ping = joined(hex("89 fd 00 00 00 00"), new byte[125]);
            var pings = Collections.nCopies(1_000, ping).toArray(byte[][]::new);

            assertThatThrownBy(() -> {
                        for (int i = 0; i < 400; i++) {
                            stranger.send(joined(pings));
                        }
                    })
                    .isInstanceOf(UncheckedIOException.class);
        }
    }

    @Test
    void refusesOtherVersions() {
        try (var old = listening.dial();
                var newer = listening.dial();
                var other = listening.dial()) {
            old.send(packet(0x10, text("MQIsdp"), bytes(3, 2, 0, 0), text("c"))).expect("20 02 00 01", "closed");
            newer.send(packet(0x10, text("MQTT"), bytes(6, 2, 0, 0), text("c"))).expect("20 03 00 84 00", "closed");
            other.send(packet(0x10, text("AMQP"), bytes(4, 2, 0, 0), text("c"))).expect("20 02 00 01", "closed");
        }
    }

    @Test
    void refusesABridgeInWordsItFallsBackOn() {
        try (var bridge = listening.dial();
                var newer = listening.dial()) {
            bridge.send(packet(0x10, text("MQTT"), bytes(0x84, 2, 0, 0), text("c")))
                    .expect("20 02 00 01", "closed");
            newer.send(packet(0x10, text("MQTT"), bytes(0x85, 2, 0, 0), text("c")))
                    .expect("20 03 00 84 00", "closed");
        }
    }

    @Test
    void refusesClientIdsThatAreTooLongOrMissing() {
        try (var long4 = listening.dial();
                var long5 = listening.dial();
                var none = listening.dial();
                var assigned4 = listening.dial();
                var assigned5 = listening.dial()) {
            long4.send(RawClient.connect4("123456789", true, 0)).expect("20 02 00 02", "closed");
            long5.send(long5.connect5("123456789", true, 0, "")).expect("20 03 00 85 00", "closed");
            none.send(RawClient.connect4("", false, 0)).expect("20 02 00 02", "closed");
            assigned4.send(RawClient.connect4("", true, 0)).expect("20 02 00 00");
            assertThat(assigned5.connect5("", true, ""))
                    .as("an assigned client id: auto-…")
                    .contains("12 00 29 61 75 74 6f 2d");
        }
    }

    @ParameterizedTest(name = "flags {0}, properties {1}")
    @CsvSource({
        "02, 04 15 00 01 61, 8c", // an authentication method
        "03, 00,             81", // the reserved flag
        "22, 00,             81", // a retained will, but no will
        "1e, 00,             81", // a will at QoS 3
        "02, 03 21 00 00,    82", // a receive maximum of 0
        "02, 02 01 01,       81" // a property of a PUBLISH
    })
    void refusesWhatConnectMayNotCarry(String flags, String properties, String reason) {
        try (var client = listening.dial()) {
            client.send(packet(0x10, text("MQTT"), bytes(5), hex(flags), pair(0), hex(properties), text("c")))
                    .expect("20 03 00 " + reason + " 00", "closed");
        }
    }

    @Test
    void tellsAnMqtt5ClientItsTerms() {
        try (var client = listening.dial()) {
            var accepted = client.connect5("plant-7", true, "");

            assertThat(accepted)
                    .contains("21 03 e8", "27 00 00 04 00", "22 00 02", "25 00", "29 00", "2a 00")
                    .as("keep alive, since the client asked for none")
                    .contains("13 0e 10");
        }
    }

    @Test
    void takesAConnectWithPropertiesOfEveryKind() {
        try (var client = listening.dial()) {
            client.connect5(
                    "plant-7",
                    true,
                    "11 00 00 00 05 17 01 19 00 21 00 05 22 00 03 26 00 01 6b 00 01 76 27 00 01 00 00");
            client.expectSilence();
        }
    }

    /// Random bytes after a CONNECT: whatever happens, the listener stays and serves the next client.
    @Test
    void survivesNoise() {
        var random = new Random(20_261_121);
        for (int i = 0; i < 300; i++) {
            var noise = new byte[1 + random.nextInt(200)];
            random.nextBytes(noise);
            try (var client = listening.dial()) {
                client.send(joined(client.connect5("noise", true, 0, ""), noise));
                client.read();
            }
        }
        try (var client = listening.dial().connect("plant-7", true)) {
            client.publish(1, 1, "a", "x").expect("40 02 00 01");
        }
    }
}
