package io.sluice.node.mqtt;

import java.util.concurrent.atomic.AtomicLong;

/// Memory that the connections of a node keep for what they read and did not parse: packets that are not there
/// whole, and what came before a hold. Any thread.
final class Unread {
    private final AtomicLong bytes = new AtomicLong();
    private final long max;

    Unread(long max) {
        this.max = max;
    }

    /// One connection keeps another number of bytes than before. It is counted even when it is refused.
    ///
    /// @throws Refusal if it keeps more, and all together too much
    void change(long from, long to) {
        if (from == to) {
            return;
        }
        var sum = bytes.addAndGet(to - from);
        if (to > from && sum > max) {
            throw new Refusal(
                    Reason.QUOTA_EXCEEDED,
                    "unread bytes of all clients: expected at most %d, was %d".formatted(max, sum));
        }
    }

    long bytes() {
        return bytes.get();
    }
}
