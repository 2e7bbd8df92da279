package io.sluice.node.integration;

import java.time.Duration;

/// How tasks start, fail and stop, see `sluice.task` in `reference.conf`.
///
/// @param startTimeout      longest wait for Kafka before a start counts as failed
/// @param backoffMin        pause after the first failure; doubles with each further one
/// @param backoffMax        longest pause between two starts
/// @param backoffJitter     share of the pause that is random, from 0 to 1
/// @param drainTimeout      longest wait for what was handed over when a task stops
/// @param reconcileInterval how often every task is told to run
public record TaskSettings(
        Duration startTimeout,
        Duration backoffMin,
        Duration backoffMax,
        double backoffJitter,
        Duration drainTimeout,
        Duration reconcileInterval) {

    /// Pause before the next start.
    ///
    /// @param failures failures in a row, at least 1
    /// @param random   from 0 to 1
    Duration backoff(int failures, double random) {
        var doubled = backoffMin.multipliedBy(1L << Math.min(failures - 1, 20));
        var pause = doubled.compareTo(backoffMax) < 0 ? doubled : backoffMax;
        var spread = 1 - backoffJitter * random;
        return Duration.ofNanos((long) (pause.toNanos() * spread));
    }
}
