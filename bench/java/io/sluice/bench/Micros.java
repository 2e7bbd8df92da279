package io.sluice.bench;

/// Wall clock in microseconds since the epoch that never steps back while this process lives.
final class Micros {
    private static final long ORIGIN_MICROS = System.currentTimeMillis() * 1_000;
    private static final long ORIGIN_NANOS = System.nanoTime();

    private Micros() {}

    static long now() {
        return ORIGIN_MICROS + (System.nanoTime() - ORIGIN_NANOS) / 1_000;
    }
}
