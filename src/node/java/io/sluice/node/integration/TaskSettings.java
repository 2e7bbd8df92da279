package io.sluice.node.integration;

import io.sluice.node.settings.Section;
import java.time.Duration;

/// How a task lives: when it tries again, how long it may take to start and to end.
///
/// @param backoffMin        first pause after a failure
/// @param backoffMax        longest pause
/// @param backoffJitter     part of a pause that is random, 0 to 1, so that tasks do not return all at once
/// @param drainTimeout      how long a stopping task may take to finish what it holds
/// @param reconcileInterval how often tasks are told again to run
/// @param startTimeout      how long a start may take until it counts as failed
/// @param topicTimeout      how long Kafka may take to find or create a topic that a pattern names
/// @param topicRecheck      how long a topic that was refused is not asked for again
/// @param topicsRemembered  names of topics a task remembers as found, and as refused
public record TaskSettings(
        Duration backoffMin,
        Duration backoffMax,
        double backoffJitter,
        Duration drainTimeout,
        Duration reconcileInterval,
        Duration startTimeout,
        Duration topicTimeout,
        Duration topicRecheck,
        int topicsRemembered) {

    /// Reads `sluice.task`.
    public static TaskSettings from(Section section) {
        var settings = new TaskSettings(
                section.duration("backoff-min", Duration.ofMillis(10), Duration.ofMinutes(1)),
                section.duration("backoff-max", Duration.ofMillis(10), Duration.ofMinutes(10)),
                section.fraction("backoff-jitter", 0, 1),
                section.duration("drain-timeout", Duration.ofMillis(100), Duration.ofMinutes(5)),
                section.duration("reconcile-interval", Duration.ofMillis(100), Duration.ofMinutes(1)),
                section.duration("start-timeout", Duration.ofMillis(100), Duration.ofMinutes(5)),
                section.duration("topic-timeout", Duration.ofMillis(100), Duration.ofMinutes(1)),
                section.duration("topic-recheck", Duration.ZERO, Duration.ofHours(1)),
                section.number("topics-remembered", 1, 1_000_000));
        if (settings.backoffMax().compareTo(settings.backoffMin()) < 0) {
            section.problem("backoff-max", "must be at least backoff-min");
        }
        return settings;
    }

    PatternTopics.Bounds patternTopics() {
        return new PatternTopics.Bounds(topicTimeout, topicRecheck, topicsRemembered);
    }

    /// Pause before the next start.
    ///
    /// @param failures failures in a row, at least 1
    /// @param random   from 0 to 1
    Duration backoff(int failures, double random) {
        var doubled = backoffMin.multipliedBy(1L << Math.min(failures - 1, 20));
        var pause = doubled.compareTo(backoffMax) < 0 ? doubled : backoffMax;
        return Duration.ofNanos((long) (pause.toNanos() * (1 - backoffJitter * random)));
    }
}
