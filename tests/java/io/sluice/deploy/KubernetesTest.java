package io.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.node.cluster.Discovery;
import io.sluice.node.cluster.PeerTls;
import io.sluice.node.settings.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What `kubectl apply -k` would send, and whether a node could live in it.
class KubernetesTest {
    private static final Map<String, Manifests> RENDERED = new HashMap<>();

    @BeforeAll
    static void render() {
        assumeTrue(Deploy.has("kubectl"), "kubectl is not there, which renders deploy/k8s");
        for (var overlay : Deploy.OVERLAYS) {
            var folder = Deploy.FOLDER.resolve("k8s", "overlays", overlay);
            RENDERED.put(overlay, Manifests.of(Deploy.run("kubectl", "kustomize", folder.toString())));
        }
    }

    static List<String> overlays() {
        return Deploy.OVERLAYS;
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void namesWhatThereIsAndAllowsWhatIsNeeded(String overlay) {
        assertThat(of(overlay).problems()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "runAsNonRoot: true, runAsNonRoot: false, 'Deployment sluice: runAsNonRoot'",
        "readOnlyRootFilesystem: true, readOnlyRootFilesystem: false, 'Deployment sluice: readOnlyRootFilesystem'",
        "targetPort: api, targetPort: apis, 'Service sluice-api: port apis'",
        "secretName: sluice-secrets, secretName: sluice-secret, 'Deployment sluice: Secret sluice-secret'",
        "port: management, port: manager, 'Deployment sluice: livenessProbe'",
        "- port: 17355, - port: 17356, 'NetworkPolicy sluice: port 17356'"
    })
    void seesWhatIsWrong(String good, String bad, String problem) {
        var yaml = Deploy.run(
                "kubectl",
                "kustomize",
                Deploy.FOLDER.resolve("k8s/overlays/msk").toString());

        assertThat(yaml).contains(good);
        assertThat(Manifests.of(yaml.replace(good, bad)).problems()).contains(problem);
    }

    @Test
    void seesASelectorThatMatchesNothing() {
        var yaml = Deploy.run(
                "kubectl",
                "kustomize",
                Deploy.FOLDER.resolve("k8s/overlays/msk").toString());

        var broken = yaml.replaceFirst("(?s)(kind: PodDisruptionBudget.*?app: )sluice", "$1sluise");

        assertThat(Manifests.of(broken).problems())
                .containsExactly("PodDisruptionBudget sluice: selector {\"app\":\"sluise\"}");
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void holdsNoSecret(String overlay) {
        assertThat(of(overlay).all())
                .noneMatch(each -> each.path("kind").asText().equals("Secret"));
        assertThat(of(overlay).all().toString()).doesNotContainPattern("(?i)(password|secret)[a-z-]* *=");
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void givesANodeWhatItCanRead(String overlay, @TempDir Path folder) throws IOException {
        var tls = Deploy.certificates(folder.resolve("tls"));
        Files.createDirectories(tls.resolve("store"));
        Files.copy(tls.resolve("server/ca.crt"), tls.resolve("store/ca.crt"));

        var settings = Deploy.settings(files(overlay, folder), environment(overlay, tls));

        settings.cluster().tls().ifPresent(PeerTls::check);
        settings.api().http().tls().orElseThrow().context("sluice.api.tls");
        assertThat(settings.api().http().host()).isEqualTo("0.0.0.0");
        assertThat(settings.management().port()).isEqualTo(port(overlay, "management"));
        assertThat(settings.api().http().port()).isEqualTo(port(overlay, "api"));
        assertThat(settings.mqtt().listeners())
                .filteredOn(listener -> listener.host().equals("0.0.0.0"))
                .extracting(listener -> listener.port())
                .containsExactlyInAnyOrder(port(overlay, "mqtt-tls"), port(overlay, "websocket-tls"));
        if (overlay.equals("embedded-kafka")) {
            assertThat(settings.embeddedKafka()).isPresent();
            assertThat(settings.cluster().findsOthers()).isFalse();
        } else {
            assertThat(settings.embeddedKafka()).isEmpty();
            assertThat(settings.cluster().port()).isEqualTo(port(overlay, "cluster"));
            assertThat(settings.cluster().discovery().method()).isEqualTo(Discovery.Method.KUBERNETES);
            assertThat(settings.cluster().tls()).isPresent();
        }
    }

    @Test
    void makesAClusterOfMoreThanHalf() {
        var replicas = node("msk").at("/spec/replicas").asInt();

        assertThat(Integer.parseInt(environment("msk", Path.of("")).getOrDefault("SLUICE_CLUSTER_NEEDED", "0")))
                .isBetween(replicas / 2 + 1, replicas);
    }

    @Test
    void selectsThePodsThatNodesLookFor() {
        var labels = node("msk").at("/spec/template/metadata/labels");
        var selector = Configuration.reference().resolve().getString("sluice.cluster.kubernetes.label-selector");

        assertThat(selector).isEqualTo("app=" + labels.path("app").asText());
        assertThat(of("msk").one("Role", "sluice").at("/rules").toString())
                .isEqualTo("[{\"apiGroups\":[\"\"],\"resources\":[\"pods\"],\"verbs\":[\"list\"]}]");
    }

    /// The servers that kafka.conf names are the pods that there are.
    @Test
    void reachesEveryLocalBroker(@TempDir Path folder) throws IOException {
        Deploy.certificates(folder.resolve("tls"));
        Files.createDirectories(folder.resolve("tls/store"));
        Files.copy(folder.resolve("tls/server/ca.crt"), folder.resolve("tls/store/ca.crt"));
        var kafka = of("local-kafka").one("StatefulSet", "kafka");
        var names = new ArrayList<String>();
        for (int each = 0; each < kafka.at("/spec/replicas").asInt(); each++) {
            names.add("kafka-%d.%s:9092"
                    .formatted(each, kafka.at("/spec/serviceName").asText()));
        }

        var settings = Deploy.settings(files("local-kafka", folder), environment("local-kafka", folder.resolve("tls")));

        assertThat(settings.brokers().values()).singleElement().returns(names, broker -> broker.bootstrapServers());
        assertThat(of("local-kafka")
                        .one("Service", "kafka")
                        .at("/spec/clusterIP")
                        .asText())
                .isEqualTo("None");
    }

    private static Manifests of(String overlay) {
        return Objects.requireNonNull(RENDERED.get(overlay));
    }

    private static JsonNode node(String overlay) {
        return of(overlay).one("Deployment", "sluice");
    }

    private static int port(String overlay, String name) {
        return Manifests.items(node(overlay).at("/spec/template/spec/containers/0/ports"))
                .filter(port -> port.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow()
                .path("containerPort")
                .asInt();
    }

    /// The files of the container's arguments, each from where it comes from.
    private static List<Path> files(String overlay, Path folder) throws IOException {
        var files = new ArrayList<Path>();
        for (var argument : node(overlay).at("/spec/template/spec/containers/0/args")) {
            var path = argument.asText().replace("--config=", "");
            files.add(
                    switch (path) {
                        case "/opt/sluice/cluster.conf" -> Deploy.CLUSTER_CONF;
                        case "/etc/sluice/conf/integrations.conf" ->
                            written(folder, of(overlay).one("ConfigMap", "sluice-conf"), "integrations.conf");
                        case "/etc/sluice/conf/kafka.conf" ->
                            written(folder, of(overlay).one("ConfigMap", "sluice-kafka"), "kafka.conf");
                        case "/etc/sluice/secrets/secrets.conf" -> secrets(overlay, folder);
                        default -> throw new AssertionError("nothing makes " + path);
                    });
        }
        return files;
    }

    private static Path written(Path folder, JsonNode map, String key) throws IOException {
        assertThat(map.path("data").has(key)).isTrue();
        return Files.writeString(folder.resolve(key), map.at("/data/" + key).asText());
    }

    private static Path secrets(String overlay, Path folder) throws IOException {
        var example = Deploy.text("k8s/secrets.example.conf")
                .replace("$2y$12$…", "$2y$12$" + "a".repeat(53))
                .replace("# brokers", overlay.endsWith("kafka") ? "# brokers" : "brokers")
                .replace("…", "a-long-secret");
        return Files.writeString(folder.resolve("secrets.conf"), example);
    }

    private static Map<String, String> environment(String overlay, Path tls) {
        var environment = new HashMap<String, String>();
        for (var variable : node(overlay).at("/spec/template/spec/containers/0/env")) {
            var value = variable.has("valueFrom")
                    ? "10.0.0.7"
                    : variable.path("value").asText();
            environment.put(variable.path("name").asText(), value.replace("/etc/sluice/tls", tls.toString()));
        }
        return environment;
    }
}
