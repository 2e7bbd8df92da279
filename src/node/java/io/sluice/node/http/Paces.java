package io.sluice.node.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// A bucket of requests per caller, filled at a pace. Forgets the caller who asked least lately beyond a
/// bound. Any thread.
final class Paces {
    private static final int CALLERS_MAX = 10_000;

    private record Bucket(double left, long filledAtNanos) {}

    private final HttpSettings.Pace pace;
    private final LongSupplier nanos;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > CALLERS_MAX;
        }
    };

    Paces(HttpSettings.Pace pace, LongSupplier nanos) {
        this.pace = pace;
        this.nanos = nanos;
    }

    /// Takes one request out of a caller's bucket.
    ///
    /// @return zero, or how long to wait until there is one
    synchronized Duration take(String caller) {
        var now = nanos.getAsLong();
        var bucket = buckets.getOrDefault(caller, new Bucket(pace.burst(), now));
        var filled = Math.min(pace.burst(), bucket.left() + (now - bucket.filledAtNanos()) / 1e9 * pace.perSecond());
        if (filled < 1) {
            buckets.put(caller, new Bucket(filled, now));
            return Duration.ofNanos((long) ((1 - filled) / pace.perSecond() * 1e9) + 1);
        }
        buckets.put(caller, new Bucket(filled - 1, now));
        return Duration.ZERO;
    }
}
