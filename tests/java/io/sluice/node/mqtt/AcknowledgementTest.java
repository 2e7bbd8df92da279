package io.sluice.node.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Acknowledge last, in order, and slow down whom nobody can follow.
class AcknowledgementTest {
    @Test
    void acknowledgesNothingBeforeItIsSafe() {
        try (var listening = Listening.on();
                var client = listening.dial().connect("plant-7", true)) {
            client.publish(1, 10, "a", "x").publish(2, 11, "a", "y").publish(0, 0, "a", "z");
            client.expectSilence();
            assertThat(listening.integrations.texts()).containsExactly("x", "y", "z");

            listening.integrations.safeFrom(0);
            client.expect("40 02 00 0a", "50 02 00 0b");

            client.release(11).expect("70 02 00 0b");
        }
    }

    @Test
    void acknowledgesInOrderOfReceipt() {
        try (var listening = Listening.on();
                var client = listening.dial().connect("plant-7", true)) {
            client.publish(1, 3, "a", "x").publish(1, 1, "a", "y").publish(2, 2, "a", "z");
            client.expectSilence();
            var offered = listening.integrations.offered();

            listening.integrations.safe(offered.get(2));
            listening.integrations.safe(offered.get(1));
            client.expectSilence();
            listening.integrations.safe(offered.get(0));

            client.expect("40 02 00 03", "40 02 00 01", "50 02 00 02");
        }
    }

    @Test
    void waitsForEveryIntegration() {
        try (var listening = Listening.on();
                var client = listening.dial().connect("plant-7", true)) {
            client.publish(1, 1, "two", "x").expectSilence();

            safeForOne(listening);
            client.expectSilence();
            safeForOne(listening);

            client.expect("40 02 00 01");
        }
    }

    @Test
    void tellsMqtt5WhenNobodyWantsATopic() {
        try (var listening = Listening.on();
                var five = listening.dial();
                var four = listening.dial().connect("four", true)) {
            five.connect5("five", true, "");

            five.publish(1, 1, "none", "x").publish(2, 2, "none", "y").expect("40 03 00 01 10", "50 03 00 02 10");
            five.release(2).expect("70 02 00 02");
            four.publish(1, 1, "none", "z").expect("40 02 00 01");

            assertThat(listening.count("sluice.ingress.ended.messages", "end", "discarded", "reason", "no-route"))
                    .isEqualTo(3);
        }
    }

    @Test
    void readsNoMoreOfA311ClientThanItMayHaveUnacknowledged() {
        try (var listening = Listening.on("receive-maximum = 3");
                var client = listening.dial().connect("plant-7", true)) {
            for (int i = 1; i <= 8; i++) {
                client.publish(1, i, "a", "" + i);
            }
            await().until(listening::isHolding);
            assertThat(listening.integrations.texts()).containsExactly("1", "2", "3");

            listening.integrations.safeFrom(0);
            client.expect("40 02 00 01", "40 02 00 02", "40 02 00 03");
            await().until(() -> listening.integrations.count() == 6);

            listening.integrations.safeFrom(3);
            client.expect("40 02 00 04", "40 02 00 05", "40 02 00 06");
            await().until(() -> listening.integrations.count() == 8);
            assertThat(listening.integrations.texts()).containsExactly("1", "2", "3", "4", "5", "6", "7", "8");
        }
    }

    @Test
    void endsAnMqtt5ClientThatExceedsItsReceiveMaximum() {
        try (var listening = Listening.on("receive-maximum = 2");
                var client = listening.dial()) {
            assertThat(client.connect5("plant-7", true, "")).contains("21 00 02");

            client.send(RawClient.joined(
                    client.publication(1, 1, false, "a", "x"),
                    client.publication(2, 2, false, "a", "y"),
                    client.publication(1, 3, false, "a", "z")));

            client.expect("e0 01 93", "closed");
            assertThat(listening.integrations.texts()).containsExactly("x", "y");
        }
    }

    @Test
    void countsQos2AgainstTheReceiveMaximumUntilItsPubcomp() {
        try (var listening = Listening.settlingAtOnce("receive-maximum = 1");
                var client = listening.dial()) {
            client.connect5("plant-7", true, "");

            client.publish(2, 1, "a", "x").expect("50 02 00 01");
            client.release(1).expect("70 02 00 01");
            client.publish(2, 2, "a", "y").expect("50 02 00 02");
            client.publish(1, 3, "a", "z").expect("e0 01 93", "closed");
        }
    }

    @Test
    void endsAClientThatLeavesTooManyQos2IdsUnreleased() {
        try (var listening = Listening.settlingAtOnce("receive-maximum = 2", "unreleased-max = 3")) {
            try (var first = listening.dial().connect("plant-7", false)) {
                first.publish(2, 1, "a", "1").expect("50 02 00 01");
                first.publish(2, 2, "a", "2").expect("50 02 00 02");
                first.publish(2, 3, "a", "3").expect("50 02 00 03");
                first.publish(1, 9, "a", "9").expect("40 02 00 09");
                first.publishAgain(2, 3, "a", "3").publish(2, 2, "a", "new");
                first.expect("50 02 00 03", "50 02 00 02");
                first.publish(2, 4, "a", "4").expect("closed");
            }
            try (var second = listening.dial()) {
                second.connect5("plant-7", false, "11 00 00 0e 10");
                second.publish(2, 4, "a", "4").expect("e0 01 93", "closed");
            }
            try (var third = listening.dial().connect("plant-7", false)) {
                third.release(1).expect("70 02 00 01");
                third.publish(2, 4, "a", "4").expect("50 02 00 04");
            }
            assertThat(listening.integrations.texts()).containsExactly("1", "2", "3", "9", "new", "4");
        }
    }

    @Test
    void readsNoMoreThanItsBytesMayWaitAtQos0Either() {
        try (var listening = Listening.on("in-flight-bytes = 1 KiB");
                var client = listening.dial().connect("plant-7", true)) {
            for (int i = 0; i < 6; i++) {
                client.publish(0, 0, "a", "" + i);
            }
            await().until(listening::isHolding);
            assertThat(listening.integrations.texts())
                    .as("somewhat more than 256 bytes each")
                    .hasSize(4);

            listening.integrations.safeFrom(0);
            await().until(() -> listening.integrations.count() == 6);
        }
    }

    @Test
    void readsNothingWhileATaskHoldsTheClient() {
        try (var listening = Listening.on("in-flight-bytes = 1 GiB");
                var client = listening.dial().connect("plant-7", true)) {
            client.publish(1, 1, "a", "first").expectSilence();
            var first = listening.integrations.offered().getFirst();
            first.loop().execute(first.publisher()::hold);
            first.loop().execute(first.publisher()::hold);
            await().until(listening::isHolding);

            var sent = client.fill(client.publication(0, 0, false, "a", "m".repeat(10_000)), listening::isHolding);
            assertThat(listening.integrations.offered())
                    .as("nothing parsed, the socket took no more")
                    .hasSize(1);

            first.loop().execute(first.publisher()::release);
            listening.integrations.safe(first);
            client.expect("40 02 00 01");
            assertThat(listening.integrations.offered())
                    .as("held twice, released once")
                    .hasSize(1);

            first.loop().execute(first.publisher()::release);
            client.sendRest();
            await().atMost(Duration.ofSeconds(60)).until(() -> listening.integrations.count() == sent + 1);
        }
    }

    @Test
    void isNotFilledByAClientThatReadsNoAcknowledgement() {
        try (var listening = Listening.settlingAtOnce();
                var client = listening.dial().connect("plant-7", true)) {
            var thousand = new byte[1000][];
            Arrays.fill(thousand, client.publication(1, 1, false, "none", ""));
            var sent = 1000 * client.fill(RawClient.joined(thousand), listening::isHolding);

            var reader = Thread.ofVirtual().start(() -> {
                for (int i = 0; i < sent; i++) {
                    client.expect("40 02 00 01");
                }
            });
            client.sendRest();
            await().atMost(Duration.ofSeconds(60)).until(() -> !reader.isAlive());
            assertThat(listening.integrations.count()).isEqualTo(sent);
        }
    }

    @Test
    void endsASilentClientButNotOneThatIsNotRead() {
        try (var listening = Listening.on();
                var held = listening.dial();
                var silent = listening.dial();
                var later = listening.dial()) {
            held.send(RawClient.joined(held.connect5("held", true, 1, ""), held.publication(1, 1, false, "hold", "x")))
                    .read();
            await().until(() -> listening.integrations.count() == 1);
            var offered = listening.integrations.offered().getFirst();

            silent.send(silent.connect5("silent", true, 1, "")).read();
            silent.expect("e0 01 8d", "closed");
            later.send(later.connect5("later", true, 1, "")).read();
            later.expect("e0 01 8d", "closed");

            held.send(RawClient.hex("c0 00"));
            offered.loop().execute(offered.publisher()::release);
            held.expect("d0 00");
        }
    }

    private static void safeForOne(Listening listening) {
        var offered = listening.integrations.offered().getFirst();
        offered.loop().execute(() -> {
            offered.publisher().safe(offered.sequence());
            offered.publisher().settled();
        });
    }
}
