package io.sluice.node.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {
    private Path dir = Path.of("");
    private Path file = Path.of("");

    @BeforeEach
    void setUp(@TempDir Path dir) {
        this.dir = dir;
        file = dir.resolve("node.conf");
    }

    @Test
    void prefersCommandLineToEnvironmentToFileToReference() {
        write("sluice { management.port = 1, embedded-kafka.port = 1, data-dir = file, handover.window-batches = 1 }");

        var config = new Configuration(
                        List.of(file),
                        List.of("sluice.management.port=3"),
                        Map.of("SLUICE_MANAGEMENT_PORT", "2", "SLUICE_KAFKA_PORT", "2", "SLUICE_DATA_DIR", ""))
                .resolve();

        assertThat(config.getInt("sluice.management.port")).isEqualTo(3);
        assertThat(config.getInt("sluice.embedded-kafka.port")).isEqualTo(2);
        assertThat(config.getString("sluice.data-dir")).isEqualTo("file");
        assertThat(config.getInt("sluice.handover.window-batches")).isEqualTo(1);
        assertThat(config.getInt("sluice.embedded-kafka.controller-port")).isEqualTo(9093);
    }

    @ParameterizedTest
    @CsvSource({
        "SLUICE_KAFKA_BOOTSTRAP_SERVERS, sluice.brokers.default.bootstrap-servers",
        "SLUICE_MQTT_PORT, sluice.mqtt.listeners.tcp.port",
        "SLUICE_MQTT_WEBSOCKET_PORT, sluice.mqtt.listeners.websocket.port",
        "SLUICE_MANAGEMENT_PORT, sluice.management.port",
        "SLUICE_DATA_DIR, sluice.data-dir",
        "SLUICE_KAFKA_PORT, sluice.embedded-kafka.port",
        "SLUICE_STORE_PASSWORD, sluice.store.postgresql.password",
        "SLUICE_API_PORT, sluice.api.port",
        "SLUICE_ADMIN_PASSWORD, sluice.api.access.admin-password"
    })
    void takesVariablesFromTheEnvironment(String variable, String key) {
        var config = new Configuration(List.of(), List.of(), Map.of(variable, "4711")).resolve();

        assertThat(config.getString(key)).isEqualTo("4711");
        assertThat(config.getValue(key).origin().description()).isEqualTo("environment variable " + variable);
    }

    @Test
    void keepsTheRestOfTheEnvironmentOut() {
        var config = new Configuration(List.of(), List.of(), Map.of("AWS_SECRET", "hunter2")).resolve();

        assertThat(config.root().render()).doesNotContain("hunter2").doesNotContain("AWS_SECRET");
    }

    @Test
    void resolvesAVariableInAFile() {
        write("sluice.brokers.default.password = ${KAFKA_PASSWORD}");

        var config = new Configuration(List.of(file), List.of(), Map.of("KAFKA_PASSWORD", "hunter2")).resolve();

        assertThat(config.getString("sluice.brokers.default.password")).isEqualTo("hunter2");
    }

    @Test
    void prefersALaterFile() {
        write("sluice { data-dir = first, management.port = 1 }");
        var second = writeTo("second.conf", "sluice.data-dir = second");

        var config = new Configuration(List.of(file, second), List.of(), Map.of()).resolve();

        assertThat(config.getString("sluice.data-dir")).isEqualTo("second");
        assertThat(config.getInt("sluice.management.port")).isEqualTo(1);
    }

    @Test
    void refusesAFileThatIsNotThere() {
        assertThatThrownBy(this::resolve)
                .isInstanceOf(InvalidSettings.class)
                .hasMessage("config file %s: expected a readable HOCON file, was not there", file);
    }

    @Test
    void refusesADirectory() {
        assertThatThrownBy(() -> new Configuration(List.of(dir), List.of(), Map.of()).resolve())
                .hasMessage("config file %s: expected a readable HOCON file, was a directory", dir);
    }

    @Test
    void namesTheLineWhereAFileCannotBeParsed() {
        write("""
                sluice {
                  data-dir = a@b
                }
                """);

        assertThatThrownBy(this::resolve)
                .hasMessage(
                        "%s: 2: Expecting close brace } or a comma, got '@' (Reserved character '@' is not allowed"
                                + " outside quotes)",
                        file);
    }

    @Test
    void namesTheLineOfASubstitutionThatFindsNothing() {
        write("\nsluice.integrations.telemetry.subject = ${clientId}");

        assertThatThrownBy(this::resolve)
                .hasMessage(
                        "%s: 2: Could not resolve substitution to a value: ${clientId}; set it in the environment, or put"
                                + " a pattern such as ${clientId} in quotes",
                        file);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password hunter2",
                "password = \"hunter2\n",
                "password = hunter\\2hunter2",
                "password = hunter2 } hunter2",
                "password = [hunter2",
                "a { password = hunter2 : hunter2",
                "password = \"hun'ter2\" : 'hunter2'",
                "include hunter2",
                "password = \"\"\"hunter2"
            })
    void neverQuotesABrokenFile(String hocon) {
        write(hocon);

        assertThatThrownBy(this::resolve)
                .isInstanceOf(InvalidSettings.class)
                .message()
                .startsWith(file + ": ")
                .doesNotContain("hunter2")
                .doesNotContain("ter2");
    }

    @Test
    void refusesOtherRootsAndTellsAllOfThem() {
        write("""
                slucie.data-dir = x
                akka.loglevel = DEBUG
                pekko.log-dead-letters = 3
                """);
        var configuration = new Configuration(List.of(file), List.of("mqtt.port=1"), Map.of());

        assertThatThrownBy(configuration::resolve)
                .message()
                .hasLineCount(3)
                .contains(
                        file + ": 1: slucie is not a root key; settings stand under sluice or pekko; nearest is sluice")
                .contains(file + ": 2: akka is not a root key; settings stand under sluice or pekko")
                .contains("command line: mqtt is not a root key; settings stand under sluice or pekko");
    }

    @Test
    void letsAnOperatorTunePekko() {
        write("pekko.log-dead-letters = 3");

        assertThat(resolve().getInt("pekko.log-dead-letters")).isEqualTo(3);
    }

    @Test
    void refusesToHavePekkoSetAroundOurChecks() {
        write("pekko.remote.artery.bind.hostname = 0.0.0.0");
        var configuration =
                new Configuration(List.of(file), List.of("pekko.actor.allow-java-serialization=on"), Map.of());

        assertThatThrownBy(configuration::resolve)
                .hasMessage(String.join(
                        System.lineSeparator(),
                        "command line: pekko.actor.allow-java-serialization is Sluice's own; remove it",
                        file + ": 1: pekko.remote.artery.bind.hostname is Sluice's own; set sluice.cluster.host"));
    }

    @Test
    void readsListsOnTheCommandLine() {
        var config = defined("sluice.integrations.telemetry.filters=[\"a/#\", \"b/+\"]");

        assertThat(config.getStringList("sluice.integrations.telemetry.filters"))
                .containsExactly("a/#", "b/+");
    }

    @Test
    void takesTextOnTheCommandLineAsItIs() {
        var config = defined("sluice.integrations.telemetry.subject=${clientId}=\"#x");

        assertThat(config.getString("sluice.integrations.telemetry.subject")).isEqualTo("${clientId}=\"#x");
    }

    @Test
    void refusesBadDefinitionsAndTellsAllOfThem() {
        var configuration = new Configuration(
                List.of(),
                List.of("sluice..port=hunter2", "sluice.port", "sluice.list=[hunter2:]", "=hunter2"),
                Map.of());

        assertThatThrownBy(configuration::resolve)
                .hasMessage(String.join(
                        System.lineSeparator(),
                        "command line: -Dsluice..port: expected a key such as sluice.data-dir",
                        "command line: -Dsluice.port: expected key=value, was no =",
                        "command line: -Dsluice.list: expected a HOCON list or section after =, List should have ended"
                                + " with ] or had a comma, instead had token: ':'",
                        "command line: -D: expected a key such as sluice.data-dir"));
    }

    @Test
    void givesThePekkoSettingsWhatFollowsFromOurs() {
        var config = defined("sluice.cluster.port=4711", "sluice.management.port=4712");

        assertThat(config.getInt("pekko.remote.artery.canonical.port")).isEqualTo(4711);
        assertThat(config.getInt("pekko.management.http.port")).isEqualTo(4712);
        assertThat(config.getString("pekko.actor.provider")).isEqualTo("cluster");
    }

    @Test
    void keepsOurSecretsFromTheActorSystem() {
        var forActors = Configuration.forActors(defined("sluice.brokers.default.password=hunter2"));

        assertThat(forActors.root().render()).doesNotContain("hunter2");
        assertThat(forActors.getString("sluice.dispatchers.produce.executor")).isEqualTo("virtual-thread-executor");
    }

    @ParameterizedTest
    @CsvSource({"10s, 15s, 15", "2s, 15s, 15", "60s, 15s, 65", "60s, 90s, 90"})
    void theActorSystemsShutdownOutlastsTheDrainOfTasks(String drain, String phase, long seconds) {
        var path = "pekko.coordinated-shutdown.phases.%s.timeout";
        var forActors = Configuration.forActors(defined(
                "sluice.task.drain-timeout=" + drain,
                path.formatted("service-unbind") + "=" + phase,
                path.formatted("cluster-sharding-shutdown-region") + "=" + phase));

        assertThat(forActors.getDuration(path.formatted("service-unbind"))).hasSeconds(seconds);
        assertThat(forActors.getDuration(path.formatted("cluster-sharding-shutdown-region")))
                .hasSeconds(seconds);
    }

    /// A message that does not fit is lost on each of its ways from node to node, and what is behind it waits.
    @Test
    void theLongestMessageOfEveryWayInTravelsBetweenNodes() {
        var path = "pekko.remote.artery.advanced.maximum-large-frame-size";
        var rest = 3L << 20;

        assertThat(Configuration.forActors(defined("sluice.mqtt.limits.packet=9MiB"))
                        .getBytes(path))
                .isEqualTo((9L << 20) + rest);
        assertThat(Configuration.forActors(defined("sluice.api.request-max=11MiB"))
                        .getBytes(path))
                .isEqualTo((11L << 20) + rest);
        assertThat(Configuration.forActors(
                                defined("sluice.mqtt-brokers.plant.packet-max=20MiB", "sluice.mqtt-brokers.other={}"))
                        .getBytes(path))
                .isEqualTo((20L << 20) + rest);
    }

    @Test
    void aTaskThatMovesIsGivenLongerThanItsDrainTakes() {
        assertThat(Configuration.forActors(defined("sluice.task.drain-timeout=7s"))
                        .getDuration("pekko.cluster.sharding.handoff-timeout"))
                .hasSeconds(17);
    }

    private static Config defined(String... definitions) {
        return new Configuration(List.of(), List.of(definitions), Map.of()).resolve();
    }

    private Config resolve() {
        return new Configuration(List.of(file), List.of(), Map.of()).resolve();
    }

    private void write(String hocon) {
        writeTo("node.conf", hocon);
    }

    private Path writeTo(String name, String hocon) {
        try {
            return Files.writeString(dir.resolve(name), hocon);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
