package io.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.node.cluster.PeerTls;
import io.sluice.node.settings.Configuration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `deploy/compose.yaml`, the image and the unit of systemd.
class ComposeTest {
    private static final List<String> NODES = List.of("node-1", "node-2", "node-3");
    private static final Pattern SECRET = Pattern.compile(".*(PASSWORD|HASH).*");

    private final JsonNode compose = Deploy.yaml("compose.yaml");
    private final JsonNode services = compose.path("services");

    @ParameterizedTest
    @ValueSource(strings = {"node-1", "node-2", "node-3"})
    void givesANodeWhatItCanRead(String node, @TempDir Path folder) {
        var tls = Deploy.certificates(folder);

        var settings = Deploy.settings(
                List.of(Deploy.CLUSTER_CONF, Deploy.FOLDER.resolve("compose.conf")), environment(node, tls));

        settings.cluster()
                .tls()
                .ifPresentOrElse(PeerTls::check, () -> assertThat(node).isEmpty());
        assertThat(settings.cluster().host()).isEqualTo(node);
        assertThat(settings.cluster().discovery().hosts().nodes()).hasSameSizeAs(NODES);
        assertThat(settings.cluster().discovery().needed()).isEqualTo(2);
        assertThat(settings.embeddedKafka()).isEmpty();
        assertThat(settings.toString()).doesNotContain("store-secret").doesNotContain("admin-secret");
    }

    @Test
    void namesWhatThereIs() {
        var names = new HashSet<String>();
        services.fieldNames().forEachRemaining(names::add);

        assertThat(names).containsAll(NODES);
        services.properties().forEach(entry -> {
            var service = entry.getValue();
            service.path("depends_on")
                    .fieldNames()
                    .forEachRemaining(on -> assertThat(names).contains(on));
            for (var volume : service.path("volumes")) {
                var source = volume.asText().split(":", -1)[0];
                assertThat(
                                source.startsWith("./")
                                        ? Files.exists(Deploy.FOLDER.resolve(source))
                                        : compose.path("volumes").has(source))
                        .as(source)
                        .isTrue();
            }
        });
    }

    @Test
    void asksForEveryPassword() {
        for (var service : services) {
            service.path("environment").properties().forEach(variable -> {
                if (SECRET.matcher(variable.getKey()).matches()) {
                    assertThat(variable.getValue().asText()).startsWith("${" + variable.getKey() + ":?");
                }
            });
        }
        var example = Deploy.text(".env.example");
        assertThat(Deploy.variablesIn(Deploy.text("compose.yaml")))
                .filteredOn(name -> !name.equals("SLUICE_IMAGE"))
                .allSatisfy(name -> assertThat(example).containsPattern("(?m)^" + name + "="));
        assertThat(example).doesNotContainPattern("(?m)^\\S*(PASSWORD|HASH)=[^'\\s]");
    }

    @Test
    void knowsWhenEachServiceIsWell() {
        for (var name : List.of("postgres", "kafka")) {
            assertThat(services.path(name).path("healthcheck").has("test"))
                    .as(name)
                    .isTrue();
        }
        assertThat(Deploy.text("Dockerfile")).contains("HEALTHCHECK", "USER 10001:10001");
    }

    @Test
    void opensThePortsOfTheImage() {
        var exposed = Pattern.compile("(?m)^EXPOSE (.*)$").matcher(Deploy.text("Dockerfile"));
        assertThat(exposed.find()).isTrue();
        var ports = List.of(exposed.group(1).split(" ", -1));

        for (var node : NODES) {
            for (var port : services.path(node).path("ports")) {
                assertThat(ports).contains(port.asText().replaceAll(".*:", ""));
            }
        }
        assertThat(ports).contains("8080", "7626", "1883", "8083", "17355");
    }

    /// Whoever stops a node waits longer than all bounds of its stop together.
    @Test
    void waitsForTheStopOfANode() {
        var phases =
                Configuration.forActors(Configuration.reference().resolve()).getConfig("pekko.coordinated-shutdown");
        var fallback = phases.getDuration("default-phase-timeout");
        var all = Duration.ZERO;
        for (var phase : phases.getObject("phases").keySet()) {
            var key = "phases." + phase + ".timeout";
            all = all.plus(phases.hasPath(key) ? phases.getDuration(key) : fallback);
        }

        assertThat(number("TimeoutStopSec=(\\d+)", "systemd/sluice.service")).isGreaterThan(all.toSeconds());
        assertThat(number("terminationGracePeriodSeconds: (\\d+)", "k8s/base/nodes.yaml"))
                .isGreaterThan(all.toSeconds());
        assertThat(number("stop_grace_period: (\\d+)s", "compose.yaml")).isGreaterThan(all.toSeconds());
    }

    private static long number(String pattern, String file) {
        var found = Pattern.compile(pattern).matcher(Deploy.text(file));
        assertThat(found.find()).as(file).isTrue();
        return Long.parseLong(found.group(1));
    }

    private Map<String, String> environment(String node, Path tls) {
        var environment = new HashMap<String, String>();
        services.path(node)
                .path("environment")
                .properties()
                .forEach(variable -> environment.put(
                        variable.getKey(), Deploy.variables(variable.getValue().asText())));
        assertThat(environment.put("SLUICE_TLS", tls.toString())).isEqualTo("/etc/sluice/tls");
        return environment;
    }
}
