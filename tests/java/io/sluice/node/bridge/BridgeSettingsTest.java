package io.sluice.node.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.node.NodeSettings;
import io.sluice.node.settings.Configuration;
import io.sluice.node.settings.InvalidSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BridgeSettingsTest {

    @TempDir
    private Path folder = Path.of("");

    private List<BridgeSettings> read(String brokers) {
        try {
            var file = Files.writeString(folder.resolve("node.conf"), "sluice.mqtt-brokers { " + brokers + " }");
            return NodeSettings.from(new Configuration(List.of(file), List.of(), Map.of()).resolve())
                    .mqttBrokers();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void readsABrokerWithItsDefaults() {
        var found =
                read("plant { server = \"mqtt.example.org:8883\", tls = on, filters { \"plant/a.b/#\" = 1, x = 2 } }")
                        .getFirst();

        assertThat(found.host()).isEqualTo("mqtt.example.org");
        assertThat(found.port()).isEqualTo(8883);
        assertThat(found.tls()).isPresent();
        assertThat(found.five()).isTrue();
        assertThat(found.clientId()).isEqualTo("sluice-plant");
        assertThat(found.filters()).isEqualTo(Map.of("plant/a.b/#", 1, "x", 2));
        assertThat(found.sessionExpiry()).isEqualTo(Duration.ofDays(7));
    }

    @Test
    void tellsEveryProblemAtOnceAndNoSecret() {
        assertThatThrownBy(() -> read("""
                        one { server = nowhere, version = 4, filters { "a/#/b" = 1, b = 3 }, publisher = who
                              password = "do not tell", backoff-min = 5s, backoff-max = 1s, qos = 1 }
                        two { version = 3, share-group = g, publisher = "property:id", client-cert = "/nowhere" }
                        """))
                .isInstanceOf(InvalidSettings.class)
                .hasMessageContainingAll(
                        "one.server must be a server address",
                        "one.version must be one of",
                        "a/#/b is no topic filter",
                        "b must be a QoS, 0, 1 or 2, was 3",
                        "publisher: must be broker, topic, topic[N] or property:NAME, was who",
                        "mqtt-broker-defaults.user must not be empty",
                        "one.backoff-max must be at least backoff-min",
                        "one.qos is not a key",
                        "two.share-group must be empty when version is 3",
                        "two.publisher must not be a property",
                        "two.client-cert must be a readable PEM file",
                        "must name a PEM file, together with client-cert",
                        "filters must hold at least one topic filter")
                .hasMessageNotContaining("do not tell");
    }

    @Test
    void refusesTwoThatWouldPushEachOtherOut() {
        assertThatThrownBy(() -> read("""
                        one { client-id = same, filters { a = 1 } }
                        two { client-id = same, filters { a = 1 } }
                        """))
                .hasMessageContaining("two.client-id must be its own at server localhost:1883, was same as of one");
    }

    @Test
    void pausesLongerEachTimeUpToABound() {
        var backoff = new BridgeSettings.Backoff(Duration.ofMillis(500), Duration.ofSeconds(30), 0.2);

        assertThat(backoff.pause(1, 0)).isEqualTo(Duration.ofMillis(500));
        assertThat(backoff.pause(3, 0)).isEqualTo(Duration.ofSeconds(2));
        assertThat(backoff.pause(1_000, 0)).isEqualTo(Duration.ofSeconds(30));
        assertThat(backoff.pause(1_000, 1)).isEqualTo(Duration.ofSeconds(24));
    }

    @Test
    void findsWhatStandsForThePublisher() {
        assertThat(Publisher.parse("broker").of("plant", "a/b", _ -> "x")).isEqualTo("plant");
        assertThat(Publisher.parse("topic").of("plant", "a/b", _ -> "x")).isEqualTo("a/b");
        assertThat(Publisher.parse("topic[1]").of("plant", "a/b", _ -> "x")).isEqualTo("a");
        assertThat(Publisher.parse("topic[2]").of("plant", "a/b", _ -> "x")).isEqualTo("b");
        assertThat(Publisher.parse("topic[3]").of("plant", "a/b", _ -> "x")).isEqualTo("plant");
        assertThat(Publisher.parse("property:id").of("plant", "a/b", name -> name + "-7"))
                .isEqualTo("id-7");
        assertThat(Publisher.parse("property:id").of("plant", "a/b", _ -> "")).isEqualTo("plant");
    }
}
