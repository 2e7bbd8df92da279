package io.sluice.node.observe;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.Histogram;

/// Times in microseconds, put together from what several nodes and minutes counted, each with an error of 1 %. Not for
/// several threads.
public final class Latencies {
    static final int DIGITS = 2;

    /// A longer time counts as this long.
    static final long MICROS_MAX = Duration.ofHours(1).toNanos() / 1_000;

    private static final byte[] NONE = new byte[0];

    private final Histogram all = new Histogram(DIGITS);

    /// The form in which times are kept and added.
    static byte[] encoded(AbstractHistogram histogram) {
        if (histogram.getTotalCount() == 0) {
            return NONE;
        }
        var buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        var length = histogram.encodeIntoCompressedByteBuffer(buffer);
        return Arrays.copyOf(buffer.array(), length);
    }

    /// @param encoded as in [Figures]
    /// @throws IllegalArgumentException if it is something else
    public void add(byte[] encoded) {
        if (encoded.length == 0) {
            return;
        }
        try {
            all.add(Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(encoded), 0));
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("latencies: expected a histogram, was something else", e);
        }
    }

    public long count() {
        return all.getTotalCount();
    }

    /// The time that so many percent of the messages did not exceed; 0 if there are none.
    public long micros(double percentile) {
        return all.getValueAtPercentile(percentile);
    }
}
