package io.sluice.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.settings.Section;
import io.sluice.node.settings.SettingsContract;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterSettingsTest implements SettingsContract<ClusterSettings> {

    @Override
    public String path() {
        return "sluice.cluster";
    }

    @Override
    public ClusterSettings read(Section section) {
        return ClusterSettings.from(section);
    }

    @Override
    public ClusterSettings defaults() {
        return new ClusterSettings("127.0.0.1", 0);
    }

    @Override
    public Map<String, String> changes() {
        return Map.of("host", "127.0.0.2", "port", "25520");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.9.10", "::1", "localhost"})
    void takesLoopback(String host) {
        assertThat(readWith(Map.of("host", host)).host()).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "10.0.0.7", "node-1", "127.0.0.1.example.org", "", "<getHostAddress>"})
    void refusesWhatOthersCanReachWithoutMutualTls(String host) {
        assertThat(problemsWith(Map.of("host", host)))
                .containsExactly("command line: sluice.cluster.host must be a loopback address such as 127.0.0.1 until"
                        + " mutual TLS between nodes is available, was " + host);
    }
}
