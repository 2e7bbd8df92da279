package io.sluice.node.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.settings.Section;
import io.sluice.node.settings.SettingsContract;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TaskSettingsTest implements SettingsContract<TaskSettings> {

    @Override
    public String path() {
        return "sluice.task";
    }

    @Override
    public TaskSettings read(Section section) {
        return TaskSettings.from(section);
    }

    @Override
    public TaskSettings defaults() {
        return new TaskSettings(
                Duration.ofMillis(200),
                Duration.ofSeconds(10),
                0.2,
                Duration.ofSeconds(10),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofMinutes(1),
                10_000);
    }

    @Override
    public Map<String, String> changes() {
        return Map.of(
                "backoff-min", "10ms",
                "backoff-max", "10m",
                "backoff-jitter", "1",
                "drain-timeout", "5m",
                "reconcile-interval", "100ms",
                "start-timeout", "1s",
                "topic-timeout", "1s",
                "topic-recheck", "0s",
                "topics-remembered", "1");
    }

    @Test
    void refusesABackoffThatEndsBeforeItBegins() {
        assertThat(problemsWith(Map.of("backoff-min", "20s")))
                .singleElement()
                .asString()
                .matches("reference.conf: \\d+: sluice.task.backoff-max must be at least backoff-min");
    }
}
