package io.sluice.node.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.settings.Section;
import io.sluice.node.settings.SettingsContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbeddedKafkaSettingsTest implements SettingsContract<Optional<EmbeddedKafkaSettings>> {
    private boolean needed = true;

    @Override
    public String path() {
        return "sluice.embedded-kafka";
    }

    @Override
    public Optional<EmbeddedKafkaSettings> read(Section section) {
        return EmbeddedKafkaSettings.from(section, Path.of("data"), needed);
    }

    @Override
    public Optional<EmbeddedKafkaSettings> defaults() {
        return Optional.of(new EmbeddedKafkaSettings(
                "127.0.0.1", 9092, 9093, Path.of("data"), 3, 8 << 20, 1 << 30, Duration.ofMinutes(1)));
    }

    @Override
    public Map<String, String> changes() {
        return Map.of(
                "mode", "off",
                "host", "::1",
                "port", "0",
                "controller-port", "0",
                "partitions", "1",
                "message-max", "64 MiB",
                "retention", "16 MiB",
                "start-timeout", "10s");
    }

    @ParameterizedTest
    @CsvSource({"auto, true, true", "auto, false, false", "on, false, true", "off, true, false"})
    void runsAsTheModeAndTheNeedSay(String mode, boolean needed, boolean runs) {
        this.needed = needed;

        assertThat(readWith(Map.of("mode", mode)).isPresent()).isEqualTo(runs);
    }

    @Test
    void refusesOnePortForTwo() {
        assertThat(problemsWith(Map.of("controller-port", "9092", "host", "")))
                .containsExactly(
                        "command line: sluice.embedded-kafka.host must not be empty",
                        "command line: sluice.embedded-kafka.controller-port must differ from port, was 9092");
    }
}
