package io.sluice.node.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.settings.Problems;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MqttSettingsTest {
    @Test
    void hasTheDefaultsOfTheReference() {
        var settings = Listening.settings("password-checks = 2");

        assertThat(settings)
                .usingRecursiveComparison()
                .isEqualTo(new MqttSettings(
                        0,
                        List.of(
                                new MqttSettings.Listener("tcp", "127.0.0.1", 1883, false, false, "", List.of()),
                                new MqttSettings.Listener(
                                        "websocket", "127.0.0.1", 8083, false, true, "/mqtt", List.of())),
                        Optional.empty(),
                        new MqttSettings.Access(
                                MqttSettings.Anonymous.LOOPBACK,
                                new MqttSettings.Rights(List.of("#"), List.of("#")),
                                java.util.Map.of(),
                                2,
                                1000),
                        1000,
                        4 << 20,
                        16,
                        Duration.ofHours(1),
                        100_000,
                        65_536,
                        Duration.ofSeconds(5),
                        Duration.ofHours(1),
                        100,
                        new MqttSettings.Limits(1 << 20, 128, 256, 64, 16 << 10)));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "receive-maximum = 0|sluice.mqtt.receive-maximum must be at least 1, was 0",
                "receive-maximun = 5|sluice.mqtt.receive-maximun is not a key; nearest is receive-maximum",
                "anonymous = always|sluice.mqtt.anonymous must be one of loopback, never, was always",
                "anonymous-publish = [\"a/#/b\"]|anonymous-publish[0]: topic filter \"a/#/b\" has # before its last level",
                "users.anna.password-hash = secret|sluice.mqtt.users.anna.password-hash must be a bcrypt",
                "users.anna.publish = []|sluice.mqtt.users.anna must have a password-hash or a certificate-name, was neither",
                "listeners.tcp.host = \"0.0.0.0\"|sluice.mqtt.listeners.tcp.host must be a loopback address while there is no user, was 0.0.0.0",
                "anonymous = never|sluice.mqtt.listeners.tcp.enabled must be false while there is no user",
                "listeners.websocket.path = mqtt|sluice.mqtt.listeners.websocket.path must start with /, was mqtt",
                "listeners.tls.enabled = true|sluice.mqtt.tls.certificate must name a PEM file",
                "listeners.tls.enabled = true, tls { certificate = c, key = k, client-certificates = want }|sluice.mqtt.tls.client-ca must name a PEM file",
                "tls.protocols = [\"SSLv3\"]|must be TLSv1.2 or TLSv1.3, was SSLv3"
            })
    void saysWhatCannotBeUsed(String key, String problem) {
        var problems = new Problems();

        Listening.settings(key, problems);

        assertThat(problems.found()).anySatisfy(found -> assertThat(found).contains(problem));
        assertThat(problems.found()).noneSatisfy(found -> assertThat(found).contains("secret"));
    }

    @Test
    void listensBeyondLoopbackForUsers() {
        var settings = Listening.settings(
                "listeners.tcp.host = \"0.0.0.0\", users.anna { password-hash = \"" + AccessTest.ARGON2 + "\" }");

        assertThat(settings.access().users()).containsKey("anna");
        assertThat(settings.toString()).doesNotContain("argon2id");
    }
}
