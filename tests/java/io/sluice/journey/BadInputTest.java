package io.sluice.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What people get wrong: one line says the thing, its value and the cure; the exit code is 2 and nothing stays.
@Tag("kafka")
class BadInputTest {
    private static final String FLAGS = " -XX:TieredStopAtLevel=1";

    @TempDir
    private Path folder = Path.of("");

    /// Starts a node that will not start: free ports and a data folder of its own unless the arguments say otherwise.
    private Ran start(String... arguments) {
        return startWith(List.of(), arguments);
    }

    /// @param before what runs the `java` command
    private Ran startWith(List<String> before, String... arguments) {
        var words = new ArrayList<>(List.of(
                "-Dsluice.mqtt.listeners.tcp.port=0",
                "-Dsluice.mqtt.listeners.websocket.port=0",
                "-Dsluice.management.port=0",
                "-Dsluice.api.port=0",
                "-Dsluice.embedded-kafka.port=0",
                "-Dsluice.embedded-kafka.controller-port=0",
                "-Dsluice.data-dir=" + folder.resolve("data")));
        words.addAll(List.of(arguments));
        var command = new ArrayList<>(before);
        command.addAll(
                Launcher.java(Launcher.nodeFlags() + FLAGS, "io.sluice.node.Node", words.toArray(String[]::new)));
        return Ran.of(command, Map.of());
    }

    private String config(String text) throws IOException {
        return Files.writeString(folder.resolve("node.conf"), text).toString();
    }

    private static void expectRefusal(Ran ran, String line) {
        assertThat(ran.err()).as(ran.all()).isEqualTo(line + System.lineSeparator());
        assertThat(ran.text()).as("log").doesNotContain("ERROR").doesNotContainPattern("(?m)^\\s+at ");
        assertThat(ran.code()).isEqualTo(2);
    }

    /// `@` stands for `sluice.integrations.plant-7`.
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            sluice.mqtt.receive-maxmum = 3 | sluice.mqtt.receive-maxmum is not a key; nearest is receive-maximum
            sluice.mqtt.receive-maximum = many | sluice.mqtt.receive-maximum must be a whole number, was many
            sluice.task.drain-timeout = 10 parsecs | sluice.task.drain-timeout must be a time such as 30s, was 10 parsecs
            slice.data-dir = /tmp | slice is not a root key; settings stand under sluice or pekko; nearest is sluice
            @.filters = ["a/#/b"] | @.filters[0]: topic filter "a/#/b" has # before its last level, position 3
            @.topic = "plant.${clientId" | @.topic: pattern "plant.${clientId" has ${ without its }, position 7
            @.broker = defalt | @.broker must be one of default, was defalt; nearest is default; brokers stand under sluice.brokers
            @.other-properties { interceptor.classes = "x.Y" } | @.other-properties.interceptor.classes is refused: it loads a class by name
            """)
    void aSettingIsRefusedWithItsPlace(String line, String problem) throws IOException {
        var file = config(line.replace("@", "sluice.integrations.plant-7"));

        var ran = start("--config", file);

        expectRefusal(ran, file + ": 1: " + problem.replace("@", "sluice.integrations.plant-7"));
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void everyProblemIsToldAtOnce() throws IOException {
        var file = config("sluice.mqtt.keep-alive-max = soon\nsluice.task.drain-timeout = 1h\n");

        var ran = start("--config", file, "-Dsluice.management.port=none");

        assertThat(ran.err().lines())
                .containsExactlyInAnyOrder(
                        file + ": 1: sluice.mqtt.keep-alive-max must be a time such as 30s, was soon",
                        file + ": 2: sluice.task.drain-timeout must be at most 5m, was 1h",
                        "command line: sluice.management.port must be a whole number, was none");
        assertThat(ran.code()).isEqualTo(2);
    }

    @Test
    void aConfigFileMustBeThere() {
        var file = folder.resolve("nowhere.conf");

        expectRefusal(
                start("--config", file.toString()),
                "config file %s: expected a readable HOCON file, was not there".formatted(file));
    }

    @Test
    void aConfigFileMustBeHocon() throws IOException {
        var file = config("sluice {\n  mqtt = [ 1, 2\n}\n");

        var ran = start("--config", file);

        assertThat(ran.err()).startsWith(file + ": 3: ").contains("'}'").hasLineCount(1);
        assertThat(ran.code()).isEqualTo(2);
    }

    @Test
    void anArgumentMustBeKnown() {
        expectRefusal(
                start("--confg", "node.conf"),
                "argument [--confg]: expected --config FILE, --pid-file FILE or -Dkey=value");
    }

    @Test
    void aTakenMqttPortIsNamed() {
        var port = SharedNode.get().mqttPort();

        expectRefusal(
                start("-Dsluice.mqtt.listeners.tcp.port=" + port),
                "mqtt listener [tcp]: expected to listen on 127.0.0.1:%d, was Address already in use; stop what listens there or set another sluice.mqtt.listeners.tcp.port"
                        .formatted(port));
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void aTakenManagementPortIsNamed() {
        var port = SharedNode.get().managementPort();

        expectRefusal(
                start("-Dsluice.management.port=" + port),
                "management: expected to listen on 127.0.0.1:%d, was Address already in use; stop what listens there or set another sluice.management.port"
                        .formatted(port));
    }

    @Test
    void aTakenKafkaPortIsNamed() {
        var address = SharedNode.get().kafka();
        var port = address.substring(address.indexOf(':') + 1);

        expectRefusal(
                start("-Dsluice.embedded-kafka.port=" + port),
                "embedded kafka: port %s on 127.0.0.1: Address already in use; stop what listens there or set another sluice.embedded-kafka.port"
                        .formatted(port));
    }

    @Test
    void aDataFolderIsForOneNode() {
        SharedNode.get();
        var data = SharedNode.dataFolder();

        expectRefusal(
                start("-Dsluice.data-dir=" + data),
                "store [%s]: in use by another node; stop that one or set another sluice.data-dir"
                        .formatted(data.resolve("store")));
        assertThat(SharedNode.get().get("/ready")).startsWith("200 ");
    }

    @Test
    void aFileIsNoDataFolder() throws IOException {
        var file = Files.createFile(folder.resolve("data"));

        expectRefusal(
                start(),
                "data folder [%1$s]: expected a folder that can be written, was %1$s which is a file; set another sluice.data-dir"
                        .formatted(file));
        expectRefusal(
                start("-Dsluice.data-dir=" + file.resolve("below")),
                "data folder [%s]: expected a folder that can be written, was %s: Not a directory; set another sluice.data-dir"
                        .formatted(file.resolve("below"), file.resolve("below")));
    }

    /// Root may write anywhere: it runs the node without that right.
    @Test
    void aDataFolderMustBeWritable() throws IOException {
        var closed = Files.createDirectory(folder.resolve("closed"));
        assertThat(closed.toFile().setWritable(false, false)).isTrue();
        var plain = System.getProperty("user.name").equals("root")
                ? List.of("setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override")
                : List.<String>of();

        for (var data : List.of(closed, closed.resolve("below"))) {
            expectRefusal(
                    startWith(plain, "-Dsluice.data-dir=" + data),
                    "data folder [%s]: expected a folder that can be written, was %s without permission; set another sluice.data-dir"
                            .formatted(data, data));
        }
        assertThat(closed).isEmptyDirectory();
    }

    @Test
    void aPidFileMustBeWritable() throws IOException {
        var nowhere = folder.resolve("nowhere");
        var file = Files.createFile(folder.resolve("file"));
        var reasons = Map.of(
                nowhere.resolve("pid"),
                nowhere + " which is not there",
                file.resolve("pid"),
                file + ": Not a directory",
                folder,
                folder + ": Is a directory");

        reasons.forEach((pidFile, reason) -> expectRefusal(
                start("--pid-file", pidFile.toString()),
                "pid file [%s]: expected a file that can be written, was %s; name another with --pid-file"
                        .formatted(pidFile, reason)));
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void withoutAJdkTheLauncherSaysWhichOne() throws IOException {
        var tools = Files.createDirectory(folder.resolve("bin"));
        for (var tool : List.of("dirname", "readlink", "grep")) {
            Files.copy(Path.of("/usr/bin", tool), tools.resolve(tool), StandardCopyOption.COPY_ATTRIBUTES);
        }

        var ran = Ran.of(
                List.of("/bin/bash", Launcher.script().toString(), "up"),
                Map.of(
                        "PATH", tools.toString(),
                        "JAVA_HOME", "",
                        "HOME", folder.toString(),
                        "SLUICE_JDK_DIRS", folder.toString()));

        expectRefusal(
                ran,
                "sluice: no JDK 25 found in JAVA_HOME, on the PATH or in the usual places; install one (e.g. Temurin 25: 'apt-get install temurin-25-jdk' or 'sdk install java 25-tem') or point JAVA_HOME at it");
    }

    @ParameterizedTest(name = "MQTT level {0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            5 | 32 80 80 80 01                | e00195 | packet-too-large, packet: expected at most 1048576 bytes, was 2097157
            4 | 32 80 80 80 01                | ''     | packet-too-large, packet: expected at most 1048576 bytes, was 2097157
            5 | 36 08 00 03 61 2f 62 00 01 00 | e00181 | malformed-packet, QoS: expected 0, 1 or 2, was 3
            4 | 36 07 00 03 61 2f 62 00 01    | ''     | malformed-packet, QoS: expected 0, 1 or 2, was 3
            5 | 32 06 00 01 23 00 01 00       | e00190 | topic-name-invalid
            4 | 10 00                         | ''     | was there twice
            """)
    void aBadPacketEndsItsConnectionWithAReason(int level, String packet, String answer, String why)
            throws IOException {
        var node = SharedNode.get();
        var id = "bad-%d-%s".formatted(level, packet.substring(0, 5).replace(' ', '-'));
        try (var client = RawMqtt.connect(node.mqttPort(), level, id)) {
            client.send(packet);

            assertThat(client.packet()).isEqualTo(answer);
            assertThat(client.packet()).as("closed").isEmpty();
        }
        Awaitility.await()
                .untilAsserted(() -> assertThat(node.log().lines())
                        .anyMatch(line -> line.contains("closed client [%s]".formatted(id)) && line.contains(why)));
        assertThat(ANode.errors(node.log())).isEmpty();
    }
}
