package io.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import com.typesafe.config.Config;
import io.sluice.node.integration.IntegrationSettings;
import io.sluice.node.settings.Configuration;
import io.sluice.node.settings.InvalidSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class NodeSettingsTest {
    private Path file = Path.of("");

    @BeforeEach
    void setUp(@TempDir Path dir) {
        file = dir.resolve("node.conf");
    }

    @Test
    void hasTelemetryAndTheEmbeddedKafkaWithoutAnyFile() {
        var settings = NodeSettings.from(Configuration.reference().resolve());

        assertThat(settings.dataDir()).isEqualTo(Path.of("./data"));
        assertThat(settings.integrations()).singleElement().satisfies(telemetry -> {
            assertThat(telemetry.name()).isEqualTo("telemetry");
            assertThat(telemetry.enabled()).isTrue();
            assertThat(telemetry.filters()).containsExactly("tbmq/#");
            assertThat(telemetry.format().topic()).isEqualTo("tbmq.messages");
        });
        assertThat(settings.embeddedKafka()).isPresent();
        assertThat(settings.brokers().keySet()).containsExactly("default");
        assertThat(broker(settings.withEmbedded("127.0.0.1:4711"))).containsExactly("127.0.0.1:4711");
    }

    @Test
    void usesTheKafkaOfTheEnvironmentInsteadOfTheEmbeddedOne() {
        var environment = Map.of("SLUICE_KAFKA_BOOTSTRAP_SERVERS", "kafka-1:9092,[::1]:9093");
        var config = new Configuration(List.of(), List.of(), environment).resolve();

        var settings = NodeSettings.from(config);

        assertThat(settings.embeddedKafka()).isEmpty();
        assertThat(broker(settings)).containsExactly("kafka-1:9092", "[::1]:9093");
        assertThat(broker(settings.withEmbedded("127.0.0.1:4711"))).isEqualTo(broker(settings));
    }

    @Test
    void letsAFileSwitchTelemetryOffOrRemoveIt() {
        assertThat(read("sluice.integrations.telemetry.enabled = false").integrations())
                .singleElement()
                .returns(false, IntegrationSettings::enabled);
        assertThat(read("sluice.integrations.telemetry = null").integrations()).isEmpty();
    }

    @Test
    void addsAnIntegrationWithDefaultsOfTheOperator() {
        var settings = read("""
                sluice {
                  brokers.msk.bootstrap-servers = ["b-1:9096"]
                  integration-defaults { broker = msk, compression = lz4 }
                  integrations.plant-7 { filters = ["plant/7/#"], topic = plant }
                }
                """);

        assertThat(settings.integrations())
                .extracting(IntegrationSettings::name, IntegrationSettings::broker)
                .containsExactly(tuple("plant-7", "msk"), tuple("telemetry", "msk"));
    }

    @Test
    void tellsEveryProblemOfAFileAtOnce() {
        write("""
                sluice {
                  handover.window-batchs = 3
                  management.port = web
                  integrations {
                    plant-7 {
                      filters = ["ok/#", "a/#/b"]
                      subject = "${client"
                      headers { device = "${client" }
                      broker = defualt
                      other-properties { ssl.truststore.location = /etc/hunter2, acks = "${file:/x:hunter2}" }
                      tasks = 0
                      colour = red
                    }
                  }
                  integration-defaults.compression = rar
                  colour = red
                }
                """);

        assertThatThrownBy(() -> NodeSettings.from(config()))
                .isInstanceOfSatisfying(
                        InvalidSettings.class,
                        invalid -> assertThat(invalid.problems())
                                .containsExactlyInAnyOrder(
                                        file
                                                + ": 2: sluice.handover.window-batchs is not a key; nearest is window-batches",
                                        file + ": 3: sluice.management.port must be a whole number, was web",
                                        file
                                                + ": 6: sluice.integrations.plant-7.filters[1]: topic filter \"a/#/b\" has #"
                                                + " before its last level, position 3",
                                        file
                                                + ": 7: sluice.integrations.plant-7.subject: pattern \"${client\" has ${ without its },"
                                                + " position 1",
                                        file
                                                + ": 8: sluice.integrations.plant-7.headers.device has a bad value: pattern"
                                                + " \"${client\" has ${ without its }, position 1",
                                        file
                                                + ": 9: sluice.integrations.plant-7.broker must be one of default, was defualt;"
                                                + " nearest is default; brokers stand under sluice.brokers",
                                        file
                                                + ": 10: sluice.integrations.plant-7.other-properties.acks is refused: a value"
                                                + " with ${…} reads files or the environment",
                                        file
                                                + ": 10: sluice.integrations.plant-7.other-properties.ssl.truststore.location is"
                                                + " refused: it opens a file; set ca-cert, client-cert and client-key of the"
                                                + " broker",
                                        file + ": 11: sluice.integrations.plant-7.tasks must be at least 1, was 0",
                                        file + ": 12: sluice.integrations.plant-7.colour is not a key",
                                        file
                                                + ": 15: sluice.integration-defaults.compression must be one of none, gzip,"
                                                + " snappy, lz4, zstd, was rar",
                                        file + ": 16: sluice.colour is not a key"));
    }

    @Test
    void refusesToKeepItsDataNowhere() {
        assertThatThrownBy(() -> read("sluice.data-dir = \"\""))
                .hasMessage(file + ": 1: sluice.data-dir must not be empty");
    }

    @Test
    void refusesAClusterWhoseNodesHaveAStoreEach() {
        var nodes =
                "sluice.cluster { port = 17355, discovery = hosts, hosts.nodes = [\"127.0.0.1:7626\", \"127.0.0.1:7627\"] }";

        assertThatThrownBy(() -> read(nodes))
                .message()
                .contains(
                        "sluice.store.type must be postgresql where sluice.cluster.discovery finds other nodes, was h2");
        assertThat(read(nodes + "\nsluice.store.type = postgresql").cluster().findsOthers())
                .isTrue();
    }

    @Test
    void refusesABrokerWithoutServers() {
        assertThatThrownBy(() -> read("""
                        sluice.embedded-kafka.mode = off
                        sluice.brokers.msk { bootstrap-servers = [] }
                        """))
                .message()
                .hasLineCount(2)
                .contains("sluice.broker-defaults.bootstrap-servers must name at least one server, e.g. kafka-1:9092")
                .contains(file + ": 2: sluice.brokers.msk.bootstrap-servers must name at least one server, e.g."
                        + " kafka-1:9092");
    }

    @Test
    void refusesARecordLargerThanTheEmbeddedKafkaTakes() {
        assertThatThrownBy(() -> read("sluice.embedded-kafka.message-max = 1 MiB"))
                .message()
                .endsWith("sluice.integration-defaults.max-request-size must be at most"
                        + " sluice.embedded-kafka.message-max, 1048576 bytes, was 8388608 bytes");
    }

    @ParameterizedTest
    @CsvSource({
        "alarn, on-failure must name an integration, was alarn; nearest is alarm",
        "plant, 'on-failure must not lead back to plant, was plant: plant → plant'",
        "loop, 'on-failure must not lead back to plant, was loop: plant → loop → plant'"
    })
    void judgesWhereAnIntegrationSendsOn(String target, String problem) {
        assertThatThrownBy(() -> read("""
                        sluice.integrations {
                          alarm { filters = ["b"] }
                          loop { filters = ["c"], on-success = plant }
                          plant { filters = ["a"], on-failure = %s }
                        }
                        """.formatted(target)))
                .message()
                .contains(file + ": 4: sluice.integrations.plant." + problem);
    }

    @Test
    void endsOnChainsThatNeverReachTheirStart() {
        assertThatThrownBy(() -> read("""
                        sluice.integrations {
                          a { filters = ["a"], on-success = b }
                          b { filters = ["b"], on-success = c }
                          c { filters = ["c"], on-success = b }
                        }
                        """))
                .message()
                .doesNotContain("a.on-success")
                .contains("b.on-success must not lead back to b, was c: b → c → b")
                .contains("c.on-success must not lead back to c, was b: c → b → c");
    }

    @ParameterizedTest
    @MethodSource("examples")
    void readsEveryExample(Path example) {
        var environment = Map.of("KAFKA_USER", "user", "KAFKA_PASSWORD", "hunter2", "NODE", "1");
        var config = new Configuration(List.of(example), List.of(), environment).resolve();

        var settings = NodeSettings.from(config);

        assertThat(settings.integrations()).isNotEmpty();
        assertThat(settings.toString()).doesNotContain("hunter2");
    }

    static Stream<Path> examples() throws IOException {
        try (var files = Files.list(Path.of(System.getProperty("sluice.root", ".."), "hocon", "examples"))) {
            return files.toList().stream();
        }
    }

    private static List<String> broker(NodeSettings settings) {
        return Objects.requireNonNull(settings.brokers().get("default")).bootstrapServers();
    }

    private NodeSettings read(String hocon) {
        write(hocon);
        return NodeSettings.from(config());
    }

    private Config config() {
        return new Configuration(List.of(file), List.of(), Map.of()).resolve();
    }

    private void write(String hocon) {
        try {
            Files.writeString(file, hocon);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
