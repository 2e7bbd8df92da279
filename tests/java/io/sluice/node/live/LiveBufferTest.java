package io.sluice.node.live;

import static io.sluice.node.live.LiveViewTest.anArrival;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LiveBufferTest {
    private static final int WEIGHT = anArrival("a").weight();

    private static LiveBuffer ofMessages(int messages) {
        return new LiveBuffer(new LiveBuffer.Bounds(messages, Long.MAX_VALUE));
    }

    @Test
    void handsOutInOrderAndHasRoomAgain() {
        var buffer = ofMessages(2);

        assertThat(buffer.offer(anArrival("a"), "n")).isTrue();
        assertThat(buffer.offer(anArrival("b"), "n")).isTrue();
        assertThat(buffer.offer(anArrival("c"), "n")).isFalse();
        assertThat(buffer.take(Long.MAX_VALUE))
                .extracting(received -> received.arrival().topic())
                .containsExactly("a", "b");
        assertThat(buffer.isEmpty()).isTrue();
        assertThat(buffer.offer(anArrival("d"), "n")).isTrue();
    }

    @Test
    void holdsNoMoreBytesThanItMay() {
        var buffer = new LiveBuffer(new LiveBuffer.Bounds(100, 3L * WEIGHT - 1));

        assertThat(buffer.offer(anArrival("a"), "n")).isTrue();
        assertThat(buffer.offer(anArrival("b"), "n")).isTrue();
        assertThat(buffer.offer(anArrival("c"), "n")).isFalse();
        assertThat(buffer.take(1)).hasSize(1);
        assertThat(buffer.offer(anArrival("d"), "n")).isTrue();
        assertThat(buffer.take(2L * WEIGHT)).hasSize(2);
        assertThat(buffer.take(1)).isEmpty();
    }

    @Test
    void losesAndRepeatsNothingBetweenThreads() throws InterruptedException {
        var buffer = ofMessages(50);
        var taken = new AtomicInteger();
        var given = new AtomicInteger();
        var done = new CountDownLatch(4);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 4; i++) {
                threads.execute(() -> {
                    for (int n = 0; n < 5_000; n++) {
                        if (buffer.offer(anArrival("a"), "n")) {
                            given.incrementAndGet();
                        }
                    }
                    done.countDown();
                });
            }
            while (done.getCount() > 0) {
                var some = buffer.take(10L * WEIGHT);
                assertThat(some).hasSizeLessThanOrEqualTo(10);
                taken.addAndGet(some.size());
                Thread.onSpinWait();
            }
        }
        taken.addAndGet(buffer.take(Long.MAX_VALUE).size());

        assertThat(taken).hasValue(given.get());
        for (int i = 0; i < 50; i++) {
            assertThat(buffer.offer(anArrival("a"), "n")).isTrue();
        }
        assertThat(buffer.offer(anArrival("a"), "n")).isFalse();
    }
}
