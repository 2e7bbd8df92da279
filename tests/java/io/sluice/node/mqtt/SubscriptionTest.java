package io.sluice.node.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;

/// The live view.
class SubscriptionTest {
    @Test
    void showsWhatIsReceivedOnEveryLoop() {
        try (var listening = Listening.on("event-loops = 4");
                var viewer = listening.dial().connect("viewer", true)) {
            viewer.subscribe(1, "a/+/c").expect("90 03 00 01 00");
            viewer.subscribe(2, "a/#").expect("90 03 00 02 00");
            for (int i = 0; i < 6; i++) {
                try (var client = listening.dial().connect("device-" + i, true)) {
                    client.publish(1, 1, "a", "x").publish(0, 0, "b", "y").publish(0, 0, "$a/b/c", "z");
                    viewer.expect("30 04 00 01 61 78");
                }
            }
            viewer.expectSilence();

            try (var client = listening.dial().connect("device", true)) {
                client.publish(2, 1, "a/b/c", "x");
                viewer.expect("30 08 00 05 61 2f 62 2f 63 78", "30 08 00 05 61 2f 62 2f 63 78");
            }
            viewer.send(RawClient.hex("a2 07 00 03 00 03 61 2f 23")).expect("b0 02 00 03");
            viewer.send(RawClient.hex("a2 07 00 03 00 03 61 2f 23")).expect("b0 02 00 03");
        }
    }

    @Test
    void answersMqtt5WithReasons() {
        try (var listening = Listening.on(
                        "anonymous-subscribe = [\"a/+/#\", \"%c\"]",
                        "subscriptions-max = 2", "limits.topic-levels = 4");
                var viewer = listening.dial()) {
            viewer.connect5("me", true, "");

            viewer.subscribe(1, "a/b/#").expect("90 04 00 01 00 00");
            viewer.subscribe(2, "a/+/c").expect("90 04 00 02 00 00");
            viewer.subscribe(3, "a/b/#").expect("90 04 00 03 00 00");
            viewer.subscribe(4, "me").expect("90 04 00 04 00 97");
            viewer.subscribe(5, "a/#").expect("90 04 00 05 00 87");
            viewer.subscribe(6, "#").expect("90 04 00 06 00 87");
            viewer.subscribe(7, "a/b#").expect("90 04 00 07 00 8f");
            viewer.subscribe(8, "a/b/c/d/e").expect("90 04 00 08 00 8f");
            viewer.subscribe(9, "$share/group/a/b").expect("90 04 00 09 00 9e");
            viewer.send(RawClient.hex("a2 0a 00 0a 00 00 05 61 2f 2b 2f 63")).expect("b0 04 00 0a 00 00");
            viewer.send(RawClient.hex("a2 0a 00 0b 00 00 05 61 2f 2b 2f 63")).expect("b0 04 00 0b 00 11");
            viewer.subscribe(12, "me").expect("90 04 00 0c 00 00");
        }
    }

    @Test
    void limitsTheBytesOfTheFiltersOfASession() {
        try (var listening = Listening.on("subscriptions-bytes-max = 8")) {
            try (var viewer = listening.dial()) {
                viewer.connect5("viewer", true, "11 00 00 0e 10");
                viewer.subscribe(1, "ä/ö").expect("90 04 00 01 00 00");
                viewer.subscribe(2, "aaaa").expect("90 04 00 02 00 97");
                viewer.subscribe(3, "aaa").expect("90 04 00 03 00 00");
                viewer.subscribe(4, "ä/ö").expect("90 04 00 04 00 00");
                viewer.subscribe(5, "b").expect("90 04 00 05 00 97");
                viewer.send(RawClient.hex("a2 08 00 06 00 00 03 61 61 61")).expect("b0 04 00 06 00 00");
                viewer.subscribe(7, "bb").expect("90 04 00 07 00 00");
            }
            await().until(() -> listening.gauge("sluice.connections") == 0);

            try (var viewer = listening.dial();
                    var old = listening.dial().connect("old", true)) {
                viewer.connect5("viewer", false, "11 00 00 0e 10");
                viewer.subscribe(1, "cc").expect("90 04 00 01 00 97");
                viewer.subscribe(2, "c").expect("90 04 00 02 00 00");
                old.subscribe(1, "aaaabbbbc").expect("90 03 00 01 80");
                old.subscribe(2, "aaaabbbb").expect("90 03 00 02 00");
            }
        }
    }

    @Test
    void tells311OnlyThatItFailed() {
        try (var listening = Listening.on("anonymous-subscribe = []");
                var viewer = listening.dial().connect("viewer", true)) {
            viewer.subscribe(1, "a").expect("90 03 00 01 80");
        }
    }

    @Test
    void showsPropertiesToMqtt5AndNothingOfItsOwnIfNotWanted() {
        try (var listening = Listening.on();
                var viewer = listening.dial();
                var device = listening.dial()) {
            viewer.connect5("viewer", true, "");
            device.connect5("device", true, "");
            viewer.send(RawClient.hex("82 07 00 01 00 00 01 61 04")).expect("90 04 00 01 00 00");
            viewer.publish(0, 0, "a", "own").expectSilence();

            device.publishWith(1, 1, "a", "01 01 03 00 01 63 09 00 01 ff 26 00 01 6b 00 01 76", "x");

            viewer.expect("30 16 00 01 61 11 01 01 03 00 01 63 09 00 01 ff 26 00 01 6b 00 01 76 78");
        }
    }

    @Test
    void showsNothingLargerThanAViewerTakes() {
        try (var listening = Listening.on();
                var viewer = listening.dial();
                var device = listening.dial().connect("device", true)) {
            viewer.connect5("viewer", true, "27 00 00 00 10");
            viewer.subscribe(1, "a").expect("90 04 00 01 00 00");

            device.publish(0, 0, "a", "x".repeat(11)).publish(0, 0, "a", "x".repeat(10));

            viewer.expect("30 0e 00 01 61 00" + " 78".repeat(10));
        }
    }

    @Test
    void dropsForAViewerThatDoesNotKeepUp() {
        try (var listening = Listening.settlingAtOnce();
                var viewer = listening.dial().connect("viewer", true);
                var device = listening.dial().connect("device", true)) {
            viewer.subscribe(1, "a").expect("90 03 00 01 00");
            var sent = 0;
            while (listening.count("sluice.tail.messages", "outcome", "dropped") == 0) {
                sent++;
                device.publish(1, 1, "a", "x".repeat(50_000)).expect("40 02 00 01");
            }

            assertThat(sent).isGreaterThan(1);
            assertThat(listening.count("sluice.tail.messages")).isEqualTo(sent);
            var all = sent;
            await().until(() -> listening.integrations.count() == all);
        }
    }

    @Test
    void keepsTheSubscriptionsOfASessionAndNoMessage() {
        try (var listening = Listening.settlingAtOnce("event-loops = 4", "subscriptions-max = 2");
                var device = listening.dial().connect("device", true)) {
            try (var viewer = listening.dial()) {
                viewer.connect5("viewer", true, "11 00 00 0e 10");
                viewer.send(RawClient.hex("82 07 00 01 00 00 01 61 04")).expect("90 04 00 01 00 00");
                viewer.subscribe(2, "b").expect("90 04 00 02 00 00");
                viewer.send(RawClient.hex("a2 06 00 03 00 00 01 62")).expect("b0 04 00 03 00 00");
                viewer.subscribe(4, "c").expect("90 04 00 04 00 00");
            }
            await().until(() -> listening.gauge("sluice.connections") == 1);
            device.publish(1, 1, "a", "missed").expect("40 02 00 01");

            try (var viewer = listening.dial()) {
                assertThat(viewer.connect5("viewer", false, "11 00 00 0e 10")).matches("20 .. 01 00 .*");
                viewer.expectSilence();
                device.publish(0, 0, "a", "x").publish(0, 0, "b", "x").publish(0, 0, "c", "y");
                viewer.expect("30 05 00 01 61 00 78", "30 05 00 01 63 00 79");
                viewer.publish(0, 0, "a", "own").expectSilence();
                viewer.subscribe(1, "d").expect("90 04 00 01 00 97");
            }
            try (var viewer = listening.dial().connect("viewer", true)) {
                device.publish(1, 2, "a", "x").expect("40 02 00 02");
                viewer.expectSilence();
            }
        }
    }

    @Test
    void forgetsAViewerThatLeft() {
        try (var listening = Listening.settlingAtOnce();
                var device = listening.dial().connect("device", true)) {
            try (var viewer = listening.dial().connect("viewer", true)) {
                viewer.subscribe(1, "a/b/c").expect("90 03 00 01 00");
            }
            await().until(() -> listening.gauge("sluice.connections") == 1);

            device.publish(1, 1, "a/b/c", "x").expect("40 02 00 01");

            assertThat(listening.count("sluice.tail.messages")).isZero();
        }
    }
}
