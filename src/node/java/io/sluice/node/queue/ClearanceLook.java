package io.sluice.node.queue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import org.apache.kafka.common.TopicPartition;

/// Looks again and again whether what a task waits for is clear; beside its reading, for a look may take long, and it
/// may be another partition that cannot be looked at. Confined to the reader's thread, except where said.
final class ClearanceLook {
    private static final Duration PAUSE_MIN = Duration.ofMillis(100);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(2);

    private final TopicPartition partition;
    private final LongUnaryOperator clearance;
    private final Runnable mayBeClear;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile String problem = "";
    private long atNanos;
    private Duration pause = PAUSE_MIN;

    /// @param clearance  looks up to which lanes all is clear, given those known to have begun; may block and fail
    /// @param mayBeClear told on another thread; must not block
    ClearanceLook(TopicPartition partition, LongUnaryOperator clearance, Runnable mayBeClear) {
        this.partition = partition;
        this.clearance = clearance;
        this.mayBeClear = mayBeClear;
        this.atNanos = System.nanoTime() - PAUSE_MAX.toNanos();
    }

    /// Nothing waits: the next look is soon.
    void reset() {
        pause = PAUSE_MIN;
        problem = "";
    }

    /// @param lanes   that something waits for
    /// @param allowed lanes up to these are clear; any thread
    void whenDue(long lanes, LongSupplier allowed) {
        var now = System.nanoTime();
        if (now - atNanos < pause.toNanos() || !looking.compareAndSet(false, true)) {
            return;
        }
        atNanos = now;
        var next = pause.multipliedBy(2);
        pause = next.compareTo(PAUSE_MAX) < 0 ? next : PAUSE_MAX;
        Thread.ofVirtual().name("queue-look-" + partition).start(() -> look(lanes, allowed));
    }

    /// Why the last look failed; empty if it did not.
    String problem() {
        return problem;
    }

    private void look(long lanes, LongSupplier allowed) {
        try {
            if (clearance.applyAsLong(lanes) > allowed.getAsLong()) {
                mayBeClear.run();
            }
            problem = "";
        } catch (RuntimeException e) {
            problem = "what has to go before cannot be seen: " + e.getMessage();
        } finally {
            looking.set(false);
        }
    }
}
