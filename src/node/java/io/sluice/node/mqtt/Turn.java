package io.sluice.node.mqtt;

/// The packets that one read of the socket brought: they share a time.
final class Turn {
    private boolean begun;
    private long nanos;
    private long millis;

    /// @return false if it had begun already
    boolean begin() {
        if (begun) {
            return false;
        }
        begun = true;
        nanos = System.nanoTime();
        millis = System.currentTimeMillis();
        return true;
    }

    /// @return false if there was none
    boolean end() {
        var ended = begun;
        begun = false;
        return ended;
    }

    /// A client that was not read until now was not silent.
    void readAgain() {
        nanos = System.nanoTime();
    }

    /// When it began, or reading did, as of [System#nanoTime].
    long nanos() {
        return nanos;
    }

    /// When it began, as of [System#currentTimeMillis].
    long millis() {
        return millis;
    }
}
