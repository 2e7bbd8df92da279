package io.sluice.node.observe;

/// What a node counted of one integration in some time.
///
/// @param lagMillisMax     highest age of the oldest message that a task of this node had not finished
/// @param latencyMicrosMax longest time from handing a batch over until it was safe
/// @param latencies        those times of all messages, for [Latencies]
public record Figures(Sums sums, long lagMillisMax, long latencyMicrosMax, byte[] latencies) {

    /// Whether nothing happened.
    boolean isNothing() {
        return sums.equals(Sums.NONE) && lagMillisMax == 0 && latencyMicrosMax == 0;
    }

    @Override
    public String toString() {
        return "Figures[%s, lagMillisMax=%d, latencyMicrosMax=%d]".formatted(sums, lagMillisMax, latencyMicrosMax);
    }
}
