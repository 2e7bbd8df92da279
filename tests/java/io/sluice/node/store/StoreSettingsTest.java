package io.sluice.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.settings.Section;
import io.sluice.node.settings.SettingsContract;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StoreSettingsTest implements SettingsContract<StoreSettings> {

    @Override
    public String path() {
        return "sluice.store";
    }

    @Override
    public StoreSettings read(Section section) {
        return StoreSettings.from(section);
    }

    @Override
    public StoreSettings defaults() {
        return new StoreSettings(Path.of("./data/store"), 100_000);
    }

    @Override
    public Map<String, String> changes() {
        return Map.of("dir", "/var/lib/sluice/store", "dead-letters-max", "1");
    }

    @Test
    void refusesADirectoryThatEndsTheUrl() {
        assertThat(problemsWith(Map.of("dir", "/tmp/a;INIT=x")))
                .containsExactly("command line: sluice.store.dir must not contain ; which ends a JDBC URL, was"
                        + " /tmp/a;INIT=x");
    }

    @Test
    void writesAnAbsoluteUrl() {
        assertThat(new StoreSettings(Path.of("/var/lib/store"), 1).url())
                .isEqualTo(
                        "jdbc:h2:file:/var/lib/store/sluice;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;CACHE_SIZE=4096;TRACE_LEVEL_FILE=0;TRACE_LEVEL_SYSTEM_OUT=0");
    }
}
