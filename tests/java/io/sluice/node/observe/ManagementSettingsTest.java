package io.sluice.node.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.settings.Section;
import io.sluice.node.settings.SettingsContract;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ManagementSettingsTest implements SettingsContract<ManagementSettings> {

    @Override
    public String path() {
        return "sluice.management";
    }

    @Override
    public ManagementSettings read(Section section) {
        return ManagementSettings.from(section);
    }

    @Override
    public ManagementSettings defaults() {
        return new ManagementSettings("127.0.0.1", 7626);
    }

    @Override
    public Map<String, String> changes() {
        return Map.of("host", "0.0.0.0", "port", "0");
    }

    @Test
    void refusesAPortThatIsNone() {
        assertThat(problemsWith(Map.of("port", "65536")))
                .containsExactly("command line: sluice.management.port must be at most 65535, was 65536");
    }
}
