package io.sluice.node.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A client, a window and integrations that answer in any order, with connections that break at any moment. The client
/// resends as the specification says, or lost its state and starts anew, or sends again on the same connection.
class AckWindowSimulationTest {
    private static final int SEEDS_A_RUN = 1_000;

    @ParameterizedTest(name = "seeds {0} and the 999 after it")
    @ValueSource(longs = {0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 9_000, 10_000, 11_000})
    void acknowledgesEachMessageOnceItIsSafeInOrderOfReceipt(long firstSeed) {
        for (long seed = firstSeed; seed < firstSeed + SEEDS_A_RUN; seed++) {
            new World(seed).run();
        }
    }

    /// One message as the client means it.
    private static final class Message {
        final int qos;
        final int packetId;
        final long content;
        int unsafe;
        boolean received;
        boolean acknowledged;

        Message(int qos, int packetId, long content) {
            this.qos = qos;
            this.packetId = packetId;
            this.content = content;
        }
    }

    private static final class World {
        private final long seed;
        private final Random random;
        private final AckWindow window = new AckWindow(Integer.MAX_VALUE);
        private final List<Message> inFlight = new ArrayList<>();
        private final Set<Integer> toRelease = new HashSet<>();
        private final Map<Integer, Message> recognised = new HashMap<>();
        private final Map<Long, Message> bySequence = new HashMap<>();
        private final ArrayDeque<Message> awaited = new ArrayDeque<>();
        private final Set<Message> sentHere = new HashSet<>();
        private boolean connected = true;
        private long contents;

        World(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() {
            for (int step = 0; step < 60; step++) {
                switch (random.nextInt(10)) {
                    case 0, 1, 2, 3 -> publish();
                    case 4, 5 -> becomeSafe();
                    case 6 -> settle();
                    case 7 -> release();
                    case 8 -> sendAgainHere();
                    default -> breakOrReturn();
                }
            }
            finish();
        }

        private void publish() {
            if (!connected || inFlight.size() == 20) {
                return;
            }
            var qos = random.nextInt(3);
            var message = new Message(qos, qos == 0 ? 0 : freeId(), ++contents);
            if (qos > 0) {
                inFlight.add(message);
            }
            send(message, false);
        }

        private int freeId() {
            while (true) {
                var id = 1 + random.nextInt(30);
                if (!toRelease.contains(id) && inFlight.stream().noneMatch(message -> message.packetId == id)) {
                    return id;
                }
            }
        }

        private void send(Message message, boolean duplicate) {
            var repeat = window.repeats(message.qos, message.packetId, duplicate, message.content);
            assertThat(repeat)
                    .as("seed %d: packet id %d is recognised if its first copy was received", seed, message.packetId)
                    .isEqualTo(message.received && duplicate && message.qos > 0);
            if (!repeat) {
                offer(message);
            }
            if (message.qos > 0 && sentHere.add(message)) {
                awaited.add(message);
            }
        }

        private void offer(Message message) {
            var sequence = window.enter(message.qos, message.packetId, message.content, 10, 0);
            var integrations = random.nextInt(4);
            message.received = true;
            message.unsafe = integrations;
            bySequence.put(sequence, message);
            window.expect(sequence, integrations);
            if (integrations == 0) {
                bySequence.remove(sequence);
            }
        }

        private void becomeSafe() {
            var waiting = List.copyOf(bySequence.keySet());
            for (int i = 0; i < 3 && !waiting.isEmpty(); i++) {
                makeSafe(waiting.get(random.nextInt(waiting.size())));
            }
        }

        private void makeSafe(long sequence) {
            var message = bySequence.get(sequence);
            if (message != null) {
                window.safe(sequence);
                if (--message.unsafe == 0) {
                    bySequence.remove(sequence);
                }
            }
        }

        private void settle() {
            window.settle((qos, packetId, _, _) -> {
                assertThat(connected).as("seed %d: told while away", seed).isTrue();
                var message = awaited.poll();
                assertThat(message)
                        .as("seed %d: nothing awaits packet id %d", seed, packetId)
                        .isNotNull();
                assertThat(message.packetId)
                        .as("seed %d: order of receipt", seed)
                        .isEqualTo(packetId);
                assertThat(message.qos).as("seed %d: PUBACK or PUBREC", seed).isEqualTo(qos);
                assertThat(message.unsafe)
                        .as("seed %d: acknowledged before it was safe", seed)
                        .isZero();
                message.acknowledged = true;
                inFlight.remove(message);
                if (qos == 2) {
                    toRelease.add(packetId);
                    recognised.put(packetId, message);
                }
            });
        }

        private void release() {
            if (connected && !toRelease.isEmpty()) {
                var packetId = toRelease.iterator().next();
                assertThat(window.release(packetId))
                        .as("seed %d: release", seed)
                        .isTrue();
                assertThat(window.release(packetId))
                        .as("seed %d: release again", seed)
                        .isFalse();
                toRelease.remove(packetId);
                recognised.remove(packetId);
            }
        }

        /// Some 3.1.1 clients do, though nothing broke; and one that missed a PUBREC sends the PUBLISH again.
        private void sendAgainHere() {
            if (connected && !inFlight.isEmpty()) {
                send(inFlight.get(random.nextInt(inFlight.size())), true);
            } else if (connected && !toRelease.isEmpty() && window.isEmpty()) {
                var again = Objects.requireNonNull(
                        recognised.get(toRelease.iterator().next()));
                assertThat(window.repeats(2, again.packetId, true, again.content))
                        .isTrue();
                awaited.add(again);
                settle();
            }
        }

        private void breakOrReturn() {
            connected = !connected;
            if (!connected) {
                window.detach();
                awaited.clear();
                sentHere.clear();
                return;
            }
            if (random.nextInt(5) == 0) {
                inFlight.clear(); // the client lost its state, the window did not
                contents += 1_000;
                toRelease.clear();
                recognised.clear();
            }
            for (var message : List.copyOf(inFlight)) {
                if (random.nextInt(4) == 0) {
                    publish(); // between the ones it sends again
                }
                send(message, true);
            }
        }

        private void finish() {
            if (!connected) {
                breakOrReturn();
            }
            for (int round = 0; !bySequence.isEmpty(); round++) {
                assertThat(round).as("seed %d: ends", seed).isLessThan(10_000);
                becomeSafe();
            }
            settle();
            assertThat(inFlight).as("seed %d: all acknowledged", seed).isEmpty();
            assertThat(window.isEmpty()).as("seed %d: empty", seed).isTrue();
            assertThat(window.bytes()).as("seed %d: bytes", seed).isZero();
            assertThat(window.unacknowledged())
                    .as("seed %d: unacknowledged", seed)
                    .isZero();
            while (!toRelease.isEmpty()) {
                release();
            }
            assertThat(window.outstanding()).as("seed %d: outstanding", seed).isBetween(0, 30);
        }
    }
}
