package io.sluice.node.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.HashSet;
import org.junit.jupiter.api.Test;

/// What a session knows of its client across connections.
class ReconnectTest {
    @Test
    void knowsAPersistentClientAgain() {
        try (var listening = Listening.on()) {
            try (var first = listening.dial()) {
                first.send(RawClient.connect4("plant-7", false, 0)).expect("20 02 00 00");
            }
            try (var second = listening.dial()) {
                second.send(RawClient.connect4("plant-7", false, 0)).expect("20 02 01 00");
            }
            try (var clean = listening.dial()) {
                clean.send(RawClient.connect4("plant-7", true, 0)).expect("20 02 00 00");
            }
            try (var afterwards = listening.dial()) {
                afterwards.send(RawClient.connect4("plant-7", false, 0)).expect("20 02 00 00");
            }
        }
    }

    @Test
    void doesNotOfferAgainWhatStillWaits() {
        try (var listening = Listening.on()) {
            try (var first = listening.dial().connect("plant-7", false)) {
                first.publish(1, 1, "a", "x").publish(2, 2, "a", "y").expectSilence();
            }
            try (var second = listening.dial().connect("plant-7", false)) {
                second.publishAgain(1, 1, "a", "x").publishAgain(2, 2, "a", "y").expectSilence();
                assertThat(listening.integrations.texts()).containsExactly("x", "y");

                listening.integrations.safeFrom(0);
                second.expect("40 02 00 01", "50 02 00 02");
                assertThat(listening.count("sluice.ingress.ended.messages", "reason", "repeat"))
                        .isEqualTo(2);
            }
        }
    }

    @Test
    void doesNotOfferAgainWhatBecameSafeMeanwhile() {
        try (var listening = Listening.on()) {
            try (var first = listening.dial().connect("plant-7", false)) {
                first.publish(1, 1, "a", "x").publish(2, 2, "a", "y").expectSilence();
            }
            await().until(() -> listening.gauge("sluice.connections") == 0);
            listening.integrations.safeFrom(0);
            try (var second = listening.dial().connect("plant-7", false)) {
                second.expectSilence();
                second.publishAgain(1, 1, "a", "x").expect("40 02 00 01");
                second.publishAgain(2, 2, "a", "y").expect("50 02 00 02");
                second.release(2).expect("70 02 00 02");
                assertThat(listening.integrations.texts()).containsExactly("x", "y");
            }
        }
    }

    @Test
    void finishesQos2AfterAConnectionBrokeAtAnyStep() {
        try (var listening = Listening.settlingAtOnce()) {
            try (var first = listening.dial().connect("plant-7", false)) {
                first.publish(2, 9, "a", "x").expect("50 02 00 09");
            }
            try (var second = listening.dial().connect("plant-7", false)) {
                second.publishAgain(2, 9, "a", "x").expect("50 02 00 09");
            }
            try (var third = listening.dial().connect("plant-7", false)) {
                third.release(9).expect("70 02 00 09");
                third.release(9).expect("70 02 00 09");
                third.publish(2, 9, "a", "next").expect("50 02 00 09");
            }
            assertThat(listening.integrations.texts()).containsExactly("x", "next");
        }
    }

    @Test
    void doesNotAcknowledgeANewMessageForAnOldOne() {
        try (var listening = Listening.on()) {
            try (var first = listening.dial().connect("plant-7", false)) {
                first.publish(1, 1, "a", "old").expectSilence();
            }
            try (var second = listening.dial().connect("plant-7", false)) {
                second.publish(1, 1, "a", "new").expectSilence();
                var offered = listening.integrations.offered();

                listening.integrations.safe(offered.get(0));
                second.expectSilence();
                listening.integrations.safe(offered.get(1));
                second.expect("40 02 00 01");
            }
        }
    }

    @Test
    void handsAClientOverToItsNewestConnection() {
        try (var listening = Listening.on("event-loops = 4");
                var first = listening.dial()) {
            first.connect5("plant-7", true, "11 00 00 0e 10");
            first.publish(1, 1, "a", "x").expectSilence();

            try (var second = listening.dial()) {
                assertThat(second.connect5("plant-7", false, "11 00 00 0e 10")).matches("20 [0-9a-f]{2} 01 00 .*");
                first.expect("e0 01 8e", "closed");

                second.publishAgain(1, 1, "a", "x").publish(1, 2, "a", "y").expectSilence();
                listening.integrations.safeFrom(0);
                second.expect("40 02 00 01", "40 02 00 02");
                assertThat(listening.integrations.texts()).containsExactly("x", "y");
            }
        }
    }

    @Test
    void endsACleanSessionWithItsConnection() {
        try (var listening = Listening.on()) {
            var first = listening.dial().connect("plant-7", true);
            first.publish(1, 1, "a", "x").expectSilence();
            try (var second = listening.dial()) {
                second.send(RawClient.connect4("plant-7", false, 0)).expect("20 02 00 00");
                first.expect("closed");
                second.publishAgain(1, 1, "a", "x").expectSilence();
                assertThat(listening.integrations.texts())
                        .as("nobody knows of the first")
                        .containsExactly("x", "x");

                listening.integrations.safe(listening.integrations.offered().get(0));
                second.expectSilence();
                listening.integrations.safe(listening.integrations.offered().get(1));
                second.expect("40 02 00 01");
            }
            first.close();
        }
    }

    @Test
    void keepsASessionOnOneLoopWhicheverLoopAcceptsItsConnections() {
        try (var listening = Listening.on("event-loops = 4")) {
            var loops = new HashSet<Object>();
            for (int i = 1; i <= 12; i++) {
                try (var client = listening.dial().connect("plant-7", false);
                        var other = listening.dial().connect("other-" + i, true)) {
                    client.publish(1, i, "a", "x" + i).expectSilence();
                    other.publish(1, 1, "a", "y" + i).expectSilence();
                }
            }
            listening.integrations.offered().stream()
                    .filter(offered -> offered.arrival().clientId().equals("plant-7"))
                    .forEach(offered -> loops.add(offered.loop()));
            assertThat(loops).hasSize(1);
            assertThat(listening.integrations.offered().stream()
                            .map(FakeIntegrations.Offered::loop)
                            .distinct())
                    .as("other clients are spread")
                    .hasSizeGreaterThan(1);

            listening.integrations.offered().forEach(listening.integrations::safe);
            try (var client = listening.dial().connect("plant-7", false)) {
                for (int i = 1; i <= 12; i++) {
                    client.publishAgain(1, i, "a", "x" + i);
                    client.expect("40 02 00 %02x".formatted(i));
                }
            }
            assertThat(listening.integrations.count()).isEqualTo(24);
        }
    }

    @Test
    void survivesAStormOfTakeOvers() {
        try (var listening = Listening.settlingAtOnce("event-loops = 4")) {
            var clients = new java.util.ArrayList<RawClient>();
            for (int i = 0; i < 100; i++) {
                var client = listening.dial();
                client.send(RawClient.connect4("plant-7", i % 3 == 0, 0));
                clients.add(client);
            }
            clients.forEach(client -> assertThat(client.read()).matches("20 02 0[01] 00"));
            await().until(() -> listening.gauge("sluice.connections") == 1);
            try (var last = listening.dial().connect("plant-7", false)) {
                last.publish(1, 1, "a", "x").expect("40 02 00 01");
            }
            clients.forEach(RawClient::close);
        }
    }

    @Test
    void staysHeldAcrossConnections() {
        try (var listening = Listening.on()) {
            try (var first = listening.dial().connect("plant-7", false)) {
                first.publish(1, 1, "a", "x").expectSilence();
                var offered = listening.integrations.offered().getFirst();
                offered.loop().execute(offered.publisher()::hold);
                await().until(listening::isHolding);
            }
            try (var second = listening.dial()) {
                second.send(RawClient.connect4("plant-7", false, 0));
                second.publishAgain(1, 1, "a", "x").publish(1, 2, "a", "y");
                var offered = listening.integrations.offered().getFirst();
                second.expect("20 02 01 00");
                assertThat(listening.integrations.count()).isEqualTo(1);

                offered.loop().execute(offered.publisher()::release);
                await().until(() -> listening.integrations.count() == 2);
            }
        }
    }

    @Test
    void forgetsASessionAfterItsTime() {
        try (var listening = Listening.on()) {
            try (var client = listening.dial()) {
                client.connect5("plant-7", true, "11 00 00 00 01");
            }
            await().until(() -> {
                try (var client = listening.dial()) {
                    return client.connect5("plant-7", false, "").matches("20 [0-9a-f]{2} 00 00 .*");
                }
            });
        }
    }

    @Test
    void tellsHowLongItKeepsASession() {
        try (var listening = Listening.on("session-expiry-max = 10s");
                var greedy = listening.dial();
                var modest = listening.dial()) {
            assertThat(greedy.connect5("greedy", true, "11 ff ff ff ff")).contains("11 00 00 00 0a");
            assertThat(modest.connect5("modest", true, "11 00 00 00 05")).doesNotContain("11 00 00 00 05");
        }
    }

    @Test
    void keepsSoManySessionsWithoutAConnection() {
        try (var listening = Listening.on("sessions-max = 1")) {
            try (var first = listening.dial().connect("first", false)) {
                first.expectSilence();
            }
            await().until(() -> listening.gauge("sluice.connections") == 0);
            try (var second = listening.dial().connect("second", false)) {
                second.expectSilence();
            }
            await().until(() -> listening.gauge("sluice.connections") == 0);

            try (var second = listening.dial();
                    var first = listening.dial()) {
                second.send(RawClient.connect4("second", false, 0)).expect("20 02 00 00");
                first.send(RawClient.connect4("first", false, 0)).expect("20 02 01 00");
            }
        }
    }

    @Test
    void mayEndItsSessionWhenItDisconnects() {
        try (var listening = Listening.on()) {
            try (var client = listening.dial()) {
                client.connect5("plant-7", true, "11 00 00 0e 10");
                client.send(RawClient.hex("e0 07 00 05 11 00 00 00 00")).expect("closed");
            }
            try (var client = listening.dial()) {
                assertThat(client.connect5("plant-7", false, "")).matches("20 [0-9a-f]{2} 00 00 .*");
                client.send(RawClient.hex("e0 07 00 05 11 00 00 00 09")).expect("e0 01 82", "closed");
            }
        }
    }
}
