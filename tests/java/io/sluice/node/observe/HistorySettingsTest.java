package io.sluice.node.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.settings.Section;
import io.sluice.node.settings.SettingsContract;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HistorySettingsTest implements SettingsContract<HistorySettings> {

    @Override
    public String path() {
        return "sluice.history";
    }

    @Override
    public HistorySettings read(Section section) {
        return HistorySettings.from(section);
    }

    @Override
    public HistorySettings defaults() {
        return new HistorySettings(10_000, Duration.ofDays(30), 10_000, 10, Duration.ofDays(7));
    }

    @Override
    public Map<String, String> changes() {
        return Map.of(
                "events-max", "100",
                "events-retention", "1h",
                "events-buffer", "100",
                "errors-per-second", "1000",
                "statistics-retention", "400d");
    }

    @Test
    void refusesAHistoryThatIsTooShort() {
        assertThat(problemsWith(Map.of("events-max", "99")))
                .containsExactly("command line: sluice.history.events-max must be at least 100, was 99");
    }
}
