package io.sluice.node.api;

import io.sluice.node.live.LiveBuffer;
import io.sluice.node.settings.Section;
import io.sluice.node.settings.SettingsContract;
import java.time.Duration;
import java.util.Map;

class TailSettingsTest implements SettingsContract<TailSettings> {

    @Override
    public String path() {
        return "sluice.api.tail";
    }

    @Override
    public TailSettings read(Section section) {
        return TailSettings.from(section);
    }

    @Override
    public TailSettings defaults() {
        return new TailSettings(20, new LiveBuffer.Bounds(1_000, 2 << 20), Duration.ofSeconds(15), Duration.ofHours(1));
    }

    @Override
    public Map<String, String> changes() {
        return Map.of(
                "viewers-max", "0",
                "buffer-messages", "1",
                "buffer-bytes", "64 KiB",
                "heartbeat", "1s",
                "time-max", "1s");
    }
}
