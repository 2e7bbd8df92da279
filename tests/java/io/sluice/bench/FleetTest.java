package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sluice.bench.Sink.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FleetTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static Plan plan(Sink sink) {
        return Plan.of("run", sink.address()).devices(5).messages(1_000);
    }

    @ParameterizedTest(name = "MQTT 5: {0}, QoS {1}")
    @CsvSource({"false,1", "false,2", "true,1", "true,2"})
    void publishesAllAndKnowsWhatIsAcknowledged(boolean mqtt5, int qos) {
        try (var sink = new Sink();
                var fleet = new Fleet(plan(sink).mqtt5(mqtt5).qos(qos))) {
            fleet.connect(LIMIT);
            fleet.publish();

            assertThat(fleet.drain(LIMIT)).isTrue();
            assertThat(sink.published()).hasSize(1_000).noneMatch(Sink.Published::duplicate);
            assertThat(fleet.ledger().acknowledged()).isEqualTo(1_000);
            assertThat(fleet.troubles()).isEmpty();
        }
    }

    @ParameterizedTest(name = "MQTT 5: {0}")
    @CsvSource({"false", "true"})
    void publishesAtQos0WithoutAcknowledgement(boolean mqtt5) {
        try (var sink = new Sink();
                var fleet = new Fleet(plan(sink).mqtt5(mqtt5).qos(0))) {
            fleet.connect(LIMIT);
            fleet.publish();

            assertThat(fleet.drain(LIMIT)).isTrue();
            Awaitility.await().atMost(LIMIT).until(() -> sink.published().size() == 1_000);
            assertThat(fleet.ledger().acknowledged()).isZero();
        }
    }

    @Test
    void namesItsDevicesAndTopics() {
        try (var sink = new Sink();
                var fleet = new Fleet(plan(sink).devices(1).messages(1))) {
            fleet.connect(LIMIT);
            fleet.publish();
            assertThat(fleet.drain(LIMIT)).isTrue();

            var first = sink.published().getFirst();
            assertThat(first.clientId()).isEqualTo("fleet-run-0");
            assertThat(first.topic()).isEqualTo("tbmq/device/0/telemetry");
            assertThat(first.payload()).startsWith("{\"id\":\"run-0-0\"").hasSize(256);
        }
    }

    @Test
    void keepsWithinTheReceiveMaximum() {
        try (var sink = new Sink().receiveMaximum(7).answering(_ -> Answer.SILENCE);
                var fleet = new Fleet(plan(sink).mqtt5(true).devices(2))) {
            fleet.connect(LIMIT);
            fleet.publish();

            Awaitility.await().atMost(LIMIT).until(() -> sink.published().size() >= 14);
            assertThat(fleet.drain(Duration.ofMillis(300))).isFalse();
            assertThat(sink.published()).hasSize(14);
        }
    }

    @Test
    void keepsWithinItsOwnWindow() {
        try (var sink = new Sink().answering(_ -> Answer.SILENCE);
                var fleet = new Fleet(plan(sink).devices(2).window(3))) {
            fleet.connect(LIMIT);
            fleet.publish();

            Awaitility.await().atMost(LIMIT).until(() -> sink.published().size() >= 6);
            assertThat(fleet.drain(Duration.ofMillis(300))).isFalse();
            assertThat(sink.published()).hasSize(6);
            assertThat(fleet.ledger().published()).isEqualTo(6);
        }
    }

    @ParameterizedTest(name = "QoS {0}")
    @CsvSource({"1", "2"})
    void sendsTheUnacknowledgedAgainInOrderWithDup(int qos) {
        var cut = new AtomicBoolean();
        try (var sink = new Sink().answering(got -> {
                    if (got.payload().contains("\"run-0-40\"") && cut.compareAndSet(false, true)) {
                        return Answer.HANG_UP;
                    }
                    return got.connection() == 1 && got.packetId() > 30 ? Answer.SILENCE : Answer.ACKNOWLEDGE;
                });
                var fleet = new Fleet(plan(sink).devices(1).messages(100).qos(qos))) {
            fleet.connect(LIMIT);
            fleet.publish();
            assertThat(fleet.drain(LIMIT)).isTrue();

            var second =
                    sink.published().stream().filter(p -> p.connection() == 2).toList();
            assertThat(second.getFirst().payload()).contains("\"run-0-30\"");
            assertThat(second.getFirst().duplicate()).isTrue();
            assertThat(second).isSortedAccordingTo((a, b) -> Integer.compare(a.packetId(), b.packetId()));
            assertThat(second).hasSize(70);
            assertThat(second.getLast().duplicate()).isFalse();
            var first =
                    sink.published().stream().filter(p -> p.connection() == 1).toList();
            assertThat(second.getFirst().payload()).isEqualTo(first.get(30).payload());
            assertThat(fleet.lostConnections()).isEqualTo(1);
            assertThat(fleet.ledger().acknowledged()).isEqualTo(100);
        }
    }

    @Test
    void countsARefusalAsAnEndButNotAsAcknowledged() {
        try (var sink = new Sink().answering(got -> got.packetId() == 3 ? Answer.REFUSE : Answer.ACKNOWLEDGE);
                var fleet = new Fleet(plan(sink).mqtt5(true).devices(1).messages(10))) {
            fleet.connect(LIMIT);
            fleet.publish();

            assertThat(fleet.drain(LIMIT)).isTrue();
            assertThat(fleet.ledger().acknowledged()).isEqualTo(9);
            assertThat(fleet.ledger().refused(0, 2)).isTrue();
        }
    }

    @ParameterizedTest(name = "QoS {0}")
    @CsvSource({"1", "2"})
    void noticesASecondAcknowledgement(int qos) {
        try (var sink = new Sink().answering(got -> {
                    if (got.packetId() == 3) {
                        got.acknowledge().run();
                    }
                    return Answer.ACKNOWLEDGE;
                });
                var fleet = new Fleet(plan(sink).devices(1).messages(10).qos(qos))) {
            fleet.connect(LIMIT);
            fleet.publish();
            assertThat(fleet.drain(LIMIT)).isTrue();

            Awaitility.await().atMost(LIMIT).until(() -> fleet.ledger().unasked() == 1);
        }
    }

    @Test
    void usesPacketIdsBeyondTheirRange() {
        try (var sink = new Sink().forgetting();
                var fleet = new Fleet(plan(sink).devices(1).messages(140_000).size(64))) {
            fleet.connect(LIMIT);
            fleet.publish();

            assertThat(fleet.drain(LIMIT)).isTrue();
            assertThat(fleet.ledger().acknowledged()).isEqualTo(140_000);
            assertThat(fleet.troubles()).isEmpty();
        }
    }

    @Test
    void keepsTheRateAndCountsFromTheDueTime() {
        try (var sink = new Sink();
                var fleet = new Fleet(plan(sink).rate(2_000).messages(2_000))) {
            fleet.connect(LIMIT);
            fleet.publish();
            assertThat(fleet.drain(LIMIT)).isTrue();

            var ledger = fleet.ledger();
            for (var n = 0; n < 400; n++) {
                assertThat(ledger.dueAt(3, n)).isEqualTo(fleet.startedAt() + (n * 5L + 3) * 500);
                assertThat(ledger.publishedAt(3, n)).isGreaterThanOrEqualTo(ledger.dueAt(3, n));
            }
        }
    }

    @Test
    void publishesNothingNewOnceStopped() {
        try (var sink = new Sink();
                var fleet = new Fleet(plan(sink).messages(Integer.MAX_VALUE))) {
            fleet.connect(LIMIT);
            fleet.publish();
            Awaitility.await().atMost(LIMIT).until(() -> fleet.ledger().acknowledged() > 1_000);

            fleet.stop();

            var published = fleet.ledger().published();
            assertThat(fleet.drain(LIMIT)).isTrue();
            assertThat(fleet.ledger().published()).isEqualTo(published);
        }
    }

    @Test
    void saysWhyNobodyConnects() {
        var sink = new Sink();
        sink.close();
        Awaitility.await("a fleet has tried in its time").untilAsserted(() -> {
            try (var fleet = new Fleet(plan(sink))) {
                assertThat(catchThrowable(() -> fleet.connect(Duration.ofMillis(300))))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("expected 5 devices connected")
                        .hasMessageContaining("Connection refused");
            }
        });
    }

    @Test
    void goesToTheNextServerWithWhatIsUnacknowledged() {
        var gone = new Sink().answering(_ -> Answer.SILENCE);
        try (gone;
                var other = new Sink();
                var fleet = new Fleet(
                        plan(gone).devices(2).messages(20), List.of(gone.address(), other.address()), Duration.ZERO)) {
            fleet.connect(LIMIT);
            assertThat(fleet.spread()).containsExactly(1, 1);
            fleet.publish();
            Awaitility.await().atMost(LIMIT).until(() -> gone.published().size() == 10);

            gone.close();

            assertThat(fleet.drain(LIMIT)).isTrue();
            assertThat(fleet.spread()).containsExactly(0, 2);
            assertThat(other.published().stream()
                            .filter(p -> p.clientId().equals("fleet-run-0"))
                            .toList())
                    .hasSize(10)
                    .allMatch(Sink.Published::duplicate);
        }
    }

    @Test
    void takesOverOnAnotherServerWhileTheFirstConnectionStands() {
        try (var first = new Sink().answering(_ -> Answer.SILENCE);
                var second = new Sink();
                var fleet = new Fleet(
                        plan(first).devices(1).messages(10),
                        List.of(first.address(), second.address()),
                        Duration.ZERO)) {
            fleet.connect(LIMIT);
            fleet.publish();
            Awaitility.await().atMost(LIMIT).until(() -> first.published().size() == 10);

            fleet.takeOver(0);
            assertThat(fleet.drain(LIMIT)).isTrue();
            first.published().forEach(p -> p.acknowledge().run());

            assertThat(second.published()).hasSize(10).allMatch(Sink.Published::duplicate);
            assertThat(fleet.ledger().acknowledged()).isEqualTo(10);
            assertThat(fleet.ledger().unasked()).isZero();
        }
    }

    @Test
    void leavesAServerThatAnswersNoPing() throws Exception {
        try (var mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                var other = new Sink();
                var fleet = new Fleet(
                        plan(other).devices(1).messages(10),
                        List.of(new InetSocketAddress(mute.getInetAddress(), mute.getLocalPort()), other.address()),
                        Duration.ofMillis(200))) {
            var accepted = Thread.ofVirtual().start(() -> acceptAndSayNothingMore(mute));
            fleet.connect(LIMIT);
            fleet.publish();

            assertThat(fleet.drain(LIMIT)).isTrue();
            assertThat(fleet.troubles()).containsKey("no PINGRESP in time");
            accepted.join();
        }
    }

    private static void acceptAndSayNothingMore(ServerSocket mute) {
        try {
            var socket = mute.accept();
            socket.getOutputStream().write(new byte[] {0x20, 2, 0, 0});
            while (socket.getInputStream().read() >= 0) {
                // until it leaves
            }
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
