package io.sluice.node.mqtt;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.settings.Problems;
import io.sluice.node.settings.Section;
import io.sluice.node.settings.SettingsContract;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MqttSettingsTest implements SettingsContract<MqttSettings> {
    @Override
    public String path() {
        return "sluice.mqtt";
    }

    @Override
    public MqttSettings read(Section section) {
        return MqttSettings.from(section);
    }

    @Override
    public MqttSettings defaults() {
        var access = new MqttSettings.Access(
                MqttSettings.Anonymous.LOOPBACK,
                new MqttSettings.Rights(List.of("#"), List.of("#")),
                Map.of(),
                Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
                1000);
        return new MqttSettings(
                0,
                List.of(
                        new MqttSettings.Listener("tcp", "127.0.0.1", 1883, false, false, "", List.of()),
                        new MqttSettings.Listener("websocket", "127.0.0.1", 8083, false, true, "/mqtt", List.of())),
                Optional.empty(),
                access,
                1000,
                10_000,
                4 << 20,
                16,
                Duration.ofHours(1),
                100_000,
                65_536,
                96 << 20,
                24 << 20,
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                100,
                16 << 10,
                new MqttSettings.Limits(1 << 20, 128 << 10, 128, 256, 64, 16 << 10));
    }

    @Override
    public Map<String, String> company() {
        return Map.of(
                "listeners.tls.enabled", "true",
                "listeners.websocket-tls.enabled", "true",
                "tls.certificate", "server.pem",
                "tls.key", "server.key",
                "tls.client-ca", "ca.pem",
                "users", "{anna{}}",
                "user-defaults.certificate-name", "anna");
    }

    @Override
    public Map<String, String> changes() {
        return Map.ofEntries(
                entry("event-loops", "3"),
                entry("listeners.tcp.enabled", "false"),
                entry("listeners.tcp.host", "0.0.0.0"),
                entry("listeners.tcp.port", "0"),
                entry("listeners.tls.enabled", "false"),
                entry("listeners.tls.host", "0.0.0.0"),
                entry("listeners.tls.port", "0"),
                entry("listeners.websocket.enabled", "false"),
                entry("listeners.websocket.host", "0.0.0.0"),
                entry("listeners.websocket.port", "0"),
                entry("listeners.websocket.path", "/"),
                entry("listeners.websocket.origins", "[\"*\"]"),
                entry("listeners.websocket-tls.enabled", "false"),
                entry("listeners.websocket-tls.host", "0.0.0.0"),
                entry("listeners.websocket-tls.port", "0"),
                entry("listeners.websocket-tls.path", "/"),
                entry("listeners.websocket-tls.origins", "[\"*\"]"),
                entry("tls.certificate", "other.pem"),
                entry("tls.key", "other.key"),
                entry("tls.key-password", "secret"),
                entry("tls.protocols", "[TLSv1.3]"),
                entry("tls.client-certificates", "require"),
                entry("tls.client-ca", "other.pem"),
                entry("anonymous", "never"),
                entry("anonymous-publish", "[a]"),
                entry("anonymous-subscribe", "[]"),
                entry("users", "{anna{},ben{}}"),
                entry("user-defaults.password-hash", AccessTest.BCRYPT),
                entry("user-defaults.certificate-name", "other"),
                entry("user-defaults.publish", "[a]"),
                entry("user-defaults.subscribe", "[a]"),
                entry("password-checks", "7"),
                entry("password-checks-waiting", "7"),
                entry("receive-maximum", "7"),
                entry("unreleased-max", "7000"),
                entry("in-flight-bytes", "7 KiB"),
                entry("topic-alias-maximum", "0"),
                entry("session-expiry-max", "0s"),
                entry("sessions-max", "0"),
                entry("connections-max", "7"),
                entry("unread-bytes-max", "7 MiB"),
                entry("stranger-bytes-max", "7 MiB"),
                entry("connect-timeout", "7s"),
                entry("keep-alive-max", "7s"),
                entry("subscriptions-max", "0"),
                entry("subscriptions-bytes-max", "0"),
                entry("limits.packet", "7 KiB"),
                entry("limits.connect-packet", "7 KiB"),
                entry("limits.topic-levels", "7"),
                entry("limits.client-id", "7"),
                entry("limits.user-properties", "7"),
                entry("limits.user-properties-bytes", "7 KiB"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "receive-maximum = 0|sluice.mqtt.receive-maximum must be at least 1, was 0",
                "receive-maximum = 7, unreleased-max = 6|sluice.mqtt.unreleased-max must be at least receive-maximum, 7, was 6",
                "receive-maximun = 5|sluice.mqtt.receive-maximun is not a key; nearest is receive-maximum",
                "unread-bytes-max = 1 KiB|sluice.mqtt.unread-bytes-max must be at least limits.packet, which is 1048576",
                "stranger-bytes-max = 1 KiB|sluice.mqtt.stranger-bytes-max must be at least limits.connect-packet, which is 131072",
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
