package io.sluice.node.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.access.AccessSettings;
import io.sluice.node.http.HttpSettings;
import io.sluice.node.live.LiveBuffer;
import io.sluice.node.secret.Secret;
import io.sluice.node.settings.Section;
import io.sluice.node.settings.SettingsContract;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ApiSettingsTest implements SettingsContract<ApiSettings> {
    /// Any file that is there.
    private static final String PEM = "pom.xml";

    @Override
    public String path() {
        return "sluice.api";
    }

    @Override
    public ApiSettings read(Section section) {
        return ApiSettings.from(section);
    }

    @Override
    public ApiSettings defaults() {
        return new ApiSettings(
                new HttpSettings(
                        "127.0.0.1",
                        8080,
                        Optional.empty(),
                        1024,
                        200,
                        1 << 20,
                        64 << 20,
                        Duration.ofSeconds(20),
                        new HttpSettings.Pace(100, 300),
                        new HttpSettings.Pace(10_000, 20_000)),
                new AccessSettings(
                        Secret.of(""),
                        false,
                        Duration.ofHours(12),
                        new AccessSettings.Attempts(5, Duration.ofSeconds(30), Duration.ofMinutes(15)),
                        2),
                new HttpIngressSettings(10_000, 32 << 20, Duration.ofSeconds(30)),
                new ReplaySettings(Duration.ofSeconds(30), Duration.ofMinutes(1)),
                new TailSettings(
                        20, new LiveBuffer.Bounds(1_000, 2 << 20), Duration.ofSeconds(15), Duration.ofHours(1)));
    }

    @Override
    public Map<String, String> changes() {
        return Map.ofEntries(
                Map.entry("host", "0.0.0.0"),
                Map.entry("port", "0"),
                Map.entry("tls.certificate", PEM),
                Map.entry("tls.key", PEM),
                Map.entry("tls.key-password", "x"),
                Map.entry("tls.required", "off"),
                Map.entry("connections-max", "1"),
                Map.entry("requests-max", "1"),
                Map.entry("request-max", "16 KiB"),
                Map.entry("requests-bytes", "1 MiB"),
                Map.entry("request-timeout", "5m"),
                Map.entry("pace.per-second", "1"),
                Map.entry("pace.burst", "1"),
                Map.entry("publish-pace.per-second", "1"),
                Map.entry("publish-pace.burst", "1"),
                Map.entry("access.admin-password", "x"),
                Map.entry("access.reset-admin", "on"),
                Map.entry("access.session-expiry", "1m"),
                Map.entry("access.attempts-max", "1"),
                Map.entry("access.lock-min", "1s"),
                Map.entry("access.lock-max", "1d"),
                Map.entry("access.password-checks", "1"),
                Map.entry("ingress.in-flight-max", "1"),
                Map.entry("ingress.in-flight-bytes", "1 GiB"),
                Map.entry("ingress.timeout", "10m"),
                Map.entry("replay.timeout", "10m"),
                Map.entry("replay.time-max", "2m"),
                Map.entry("tail.viewers-max", "1"),
                Map.entry("tail.buffer-messages", "1"),
                Map.entry("tail.buffer-bytes", "1 GiB"),
                Map.entry("tail.heartbeat", "1m"),
                Map.entry("tail.time-max", "1d"));
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
    void beyondLoopbackItNeedsACertificateOrAWord() {
        assertThat(problemsWith(Map.of("host", "0.0.0.0")))
                .singleElement()
                .asString()
                .contains("sluice.api.tls.certificate must name a PEM file, for host 0.0.0.0 is beyond loopback");
        assertThat(problemsWith(Map.of("host", "0.0.0.0", "tls.required", "off")))
                .isEmpty();
        assertThat(problemsWith(Map.of("tls.certificate", "pom.xml")))
                .singleElement()
                .asString()
                .contains("sluice.api.tls.key must be a readable PEM file, was nothing");
    }

    @Test
    void boundsThatDoNotGoTogetherAreRefused() {
        assertThat(problemsWith(Map.of("request-max", "64 MiB", "requests-bytes", "1 MiB")))
                .hasSize(1);
        assertThat(problemsWith(Map.of("access.lock-min", "1h", "access.lock-max", "1s")))
                .hasSize(1);
    }
}
