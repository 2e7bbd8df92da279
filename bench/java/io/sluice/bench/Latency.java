package io.sluice.bench;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/// How long messages took, from the instant they were due.
///
/// @param acknowledged until the device had its acknowledgement
/// @param seen         until a Kafka consumer had the record, first copies only
record Latency(Histogram acknowledged, Histogram seen) {
    private static final int DIGITS = 3;

    static Latency of(Ledger ledger, Seen seen) {
        var latency = new Latency(new Histogram(DIGITS), new Histogram(DIGITS));
        for (var device = 0; device < ledger.devices(); device++) {
            latency.add(ledger, device);
            latency.add(ledger, device, seen.track(device));
        }
        return latency;
    }

    private void add(Ledger ledger, int device) {
        for (var sequence = 0; sequence < ledger.published(device); sequence++) {
            if (ledger.acknowledged(device, sequence)) {
                var took = ledger.acknowledgedAt(device, sequence) - ledger.dueAt(device, sequence);
                acknowledged.recordValue(Math.max(0, took));
            }
        }
    }

    private void add(Ledger ledger, int device, Seen.Track track) {
        var highest = -1;
        for (var i = 0; i < track.size(); i++) {
            var sequence = track.sequence(i);
            if (sequence > highest && sequence < ledger.published(device)) {
                seen.recordValue(Math.max(0, track.seenAt(i) - ledger.dueAt(device, sequence)));
                highest = sequence;
            }
        }
    }

    /// For a histogram of microseconds: `p50 1.2 ms, p99 4.0 ms, max 9.9 ms`.
    static String text(Histogram histogram) {
        return "p50 %s, p99 %s, max %s".formatted(millis(histogram, 50), millis(histogram, 99), millis(histogram, 100));
    }

    private static String millis(Histogram histogram, double percentile) {
        var micros = histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(percentile);
        return String.format(Locale.ROOT, "%.1f ms", micros / 1_000.0);
    }
}
