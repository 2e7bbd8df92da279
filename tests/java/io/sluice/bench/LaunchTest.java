package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LaunchTest {
    @Test
    void noProcessLetsKafkaPropertiesLoadCode() {
        var launch = new Launch("java", "a.jar", List.of(), "Main", Optional.empty());

        assertThat(launch.command(List.of("-Xmx1g"), "kafka.Kafka", List.of("server.properties")))
                .containsExactly(
                        "java",
                        "-Xmx1g",
                        "-Dorg.apache.kafka.automatic.config.providers=none",
                        "-cp",
                        "a.jar",
                        "kafka.Kafka",
                        "server.properties");
    }
}
