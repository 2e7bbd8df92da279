package io.sluice.node.api;

import io.sluice.node.settings.Section;
import io.sluice.node.settings.SettingsContract;
import java.time.Duration;
import java.util.Map;

class HttpIngressSettingsTest implements SettingsContract<HttpIngressSettings> {

    @Override
    public String path() {
        return "sluice.api.ingress";
    }

    @Override
    public HttpIngressSettings read(Section section) {
        return HttpIngressSettings.from(section);
    }

    @Override
    public HttpIngressSettings defaults() {
        return new HttpIngressSettings(10_000, 32 << 20, Duration.ofSeconds(30));
    }

    @Override
    public Map<String, String> changes() {
        return Map.of("in-flight-max", "1", "in-flight-bytes", "1 GiB", "timeout", "10m");
    }
}
