package io.sluice.node.api;

import io.sluice.node.settings.Section;
import io.sluice.node.settings.SettingsContract;
import java.time.Duration;
import java.util.Map;

class ReplaySettingsTest implements SettingsContract<ReplaySettings> {

    @Override
    public String path() {
        return "sluice.api.replay";
    }

    @Override
    public ReplaySettings read(Section section) {
        return ReplaySettings.from(section);
    }

    @Override
    public ReplaySettings defaults() {
        return new ReplaySettings(Duration.ofSeconds(30), Duration.ofMinutes(1));
    }

    @Override
    public Map<String, String> changes() {
        return Map.of("timeout", "1s", "time-max", "2m");
    }
}
