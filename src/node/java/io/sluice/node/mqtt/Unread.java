package io.sluice.node.mqtt;

import java.util.concurrent.atomic.AtomicLong;

/// Memory that the connections of a node keep for what they read and did not parse: packets that are not there
/// whole, and what came before a hold. Who is not logged in has a share apart, so that no crowd of strangers
/// puts out a client, and no crowd of clients keeps the others from coming in. Any thread.
final class Unread {
    final Share strangers;
    final Share clients;

    Unread(long strangersMax, long clientsMax) {
        this.strangers = new Share("clients that are not logged in", strangersMax);
        this.clients = new Share("clients", clientsMax);
    }

    long bytes() {
        return strangers.bytes() + clients.bytes();
    }

    /// Bytes that connections of one kind may keep together.
    static final class Share {
        private final String whose;
        private final long max;
        private final AtomicLong bytes = new AtomicLong();

        private Share(String whose, long max) {
            this.whose = whose;
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
                        "unread bytes of all %s: expected at most %d, was %d".formatted(whose, max, sum));
            }
        }

        long bytes() {
            return bytes.get();
        }
    }
}
