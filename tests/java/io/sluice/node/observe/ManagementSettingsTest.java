package io.sluice.node.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.settings.Section;
import io.sluice.node.settings.SettingsContract;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ManagementSettingsTest implements SettingsContract<ManagementSettings> {

    /// Any file that is there.
    private static final String PEM = "pom.xml";

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
        return new ManagementSettings("127.0.0.1", 7626, Optional.empty());
    }

    @Override
    public Map<String, String> changes() {
        return Map.of(
                "host", "0.0.0.0",
                "port", "0",
                "tls.certificate", PEM,
                "tls.key", PEM,
                "tls.key-password", "x",
                "tls.required", "on");
    }

    @Override
    public Map<String, String> company() {
        return Map.of("tls.certificate", "./pom.xml", "tls.key", "./pom.xml");
    }

    @Override
    public Set<String> keysWithOneValue() {
        return Set.of("tls.required");
    }

    @Test
    void beyondLoopbackTlsIsRequiredIfItIsToBe() {
        assertThat(problemsWith(Map.of("tls.required", "on", "host", "0.0.0.0")))
                .singleElement()
                .asString()
                .endsWith(
                        ": sluice.management.tls.certificate must name a PEM file, for host 0.0.0.0 is beyond loopback; or set required = off if something in front of it speaks TLS");
    }

    @Test
    void refusesAPortThatIsNone() {
        assertThat(problemsWith(Map.of("port", "65536")))
                .containsExactly("command line: sluice.management.port must be at most 65535, was 65536");
    }
}
