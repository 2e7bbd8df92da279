package io.sluice.node.bridge;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The messages of one connection between receipt and acknowledgement. Pure: no clock, no I/O, one thread.
///
/// A message enters and waits until every integration that took it has it safe. Acknowledgements leave in the order
/// in which the messages entered; QoS 0 has none and keeps nobody waiting.
final class Window {
    /// Stands for the integrations while their number is not known, so that a message cannot be safe before it is.
    private static final int OFFERED = 1 << 30;

    private static final int SMALLEST = 16;

    /// What leaves the window.
    interface Exit {
        /// @param acknowledge null for QoS 0
        /// @param nanos       when it entered
        void leave(@Nullable Runnable acknowledge, int weight, long nanos);
    }

    private static final class Slot {
        final @Nullable Runnable acknowledge;
        final int weight;
        final long nanos;
        int missing = OFFERED;

        Slot(@Nullable Runnable acknowledge, int weight, long nanos) {
            this.acknowledge = acknowledge;
            this.weight = weight;
            this.nanos = nanos;
        }
    }

    /// By sequence, from the oldest that waits.
    private @Nullable Slot[] waiting = new @Nullable Slot[SMALLEST];

    private long head;
    private long tail;
    private final ArrayDeque<Slot> untold = new ArrayDeque<>(SMALLEST);
    private final ArrayDeque<Slot> safeUnasked = new ArrayDeque<>(0);

    /// A new message. It waits until [#expect] said for how many integrations and [#safe] came as often.
    ///
    /// @param acknowledge null for QoS 0
    /// @return its sequence
    long enter(@Nullable Runnable acknowledge, int weight, long nanos) {
        var slot = new Slot(acknowledge, weight, nanos);
        if (tail - head == waiting.length) {
            grow();
        }
        waiting[index(tail)] = slot;
        if (acknowledge != null) {
            untold.add(slot);
        }
        return tail++;
    }

    /// So many integrations took the message; 0: none wanted it.
    void expect(long sequence, int integrations) {
        count(sequence, integrations - OFFERED);
    }

    /// One integration has the message safe.
    void safe(long sequence) {
        count(sequence, -1);
    }

    /// Lets out what is safe, up to the first to be acknowledged that is not.
    void settle(Exit exit) {
        for (var slot = safeUnasked.poll(); slot != null; slot = safeUnasked.poll()) {
            exit.leave(null, slot.weight, slot.nanos);
        }
        for (var slot = untold.peek(); slot != null && slot.missing == 0; slot = untold.peek()) {
            untold.remove();
            exit.leave(slot.acknowledge, slot.weight, slot.nanos);
        }
    }

    /// Nothing waits.
    boolean isEmpty() {
        return head == tail && untold.isEmpty();
    }

    private void count(long sequence, int change) {
        var slot = sequence < head || sequence >= tail ? null : waiting[index(sequence)];
        if (slot == null) {
            throw new IllegalStateException("message %d: expected one from %d to %d that waits, was settled too often"
                    .formatted(sequence, head, tail - 1));
        }
        slot.missing += change;
        if (slot.missing > 0) {
            return;
        }
        waiting[index(sequence)] = null;
        if (slot.acknowledge == null) {
            safeUnasked.add(slot);
        }
        while (head < tail && waiting[index(head)] == null) {
            head++;
        }
    }

    private void grow() {
        var wider = new @Nullable Slot[waiting.length * 2];
        for (long sequence = head; sequence != tail; sequence++) {
            wider[(int) sequence & (wider.length - 1)] = waiting[index(sequence)];
        }
        waiting = wider;
    }

    private int index(long sequence) {
        return (int) sequence & (waiting.length - 1);
    }
}
