package io.sluice.node.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.settings.Section;
import io.sluice.node.settings.SettingsContract;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CatalogSettingsTest implements SettingsContract<CatalogSettings> {

    @Override
    public String path() {
        return "sluice.catalog";
    }

    @Override
    public CatalogSettings read(Section section) {
        return CatalogSettings.from(section);
    }

    @Override
    public CatalogSettings defaults() {
        return new CatalogSettings(
                2_000, 64 << 10, 100, Duration.ofSeconds(10), Duration.ofMillis(200), Duration.ofSeconds(10), 0.2);
    }

    @Override
    public Map<String, String> changes() {
        return Map.of(
                "entries-max", "1",
                "definition-max", "1 MiB",
                "snapshot-every", "1",
                "spread-interval", "1s",
                "backoff-min", "10ms",
                "backoff-max", "1m",
                "backoff-jitter", "0");
    }

    @Test
    void refusesABackoffThatShrinks() {
        assertThat(problemsWith(Map.of("backoff-max", "100ms")))
                .containsExactly("command line: sluice.catalog.backoff-max must be at least backoff-min");
    }
}
