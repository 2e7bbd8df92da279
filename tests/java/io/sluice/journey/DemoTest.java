package io.sluice.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a person types first: `demo` shows the main job, with the node that runs or with one of its own.
@Tag("kafka")
class DemoTest {
    private static final String FLAGS =
            "-Xmx512m -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String STOPS = "node stops: the listener takes no more";
    private static final String STOPPED = "mqtt listener closed";

    private final int mqtt = Launcher.freePort();
    private final int management = Launcher.freePort();
    private final int kafka = Launcher.freePort();

    @TempDir
    private Path folder = Path.of("");

    private static List<String> demo(String... arguments) {
        var words = new ArrayList<>(List.of("demo", "--warmup=0", "--rate=500", "--devices=20"));
        words.addAll(List.of(arguments));
        return Launcher.java(FLAGS, "io.sluice.bench.Main", words.toArray(String[]::new));
    }

    /// With flags of the JVM that may hold spaces.
    private static List<String> with(List<String> flags, List<String> command) {
        var all = new ArrayList<>(command);
        all.addAll(1, flags);
        return all;
    }

    private List<String> demoWithItsNode(String... arguments) {
        var words = new ArrayList<>(List.of(arguments));
        words.add("--node-arg=-Dsluice.embedded-kafka.controller-port=0");
        return with(List.of("-Dsluice.node.flags=" + Launcher.nodeFlags()), demo(words.toArray(String[]::new)));
    }

    /// Of the demo, which its node inherits.
    private Map<String, String> environment() {
        return Map.of(
                "SLUICE_MQTT_PORT", "" + mqtt,
                "SLUICE_MQTT_WEBSOCKET_PORT", "" + Launcher.freePort(),
                "SLUICE_MANAGEMENT_PORT", "" + management,
                "SLUICE_API_PORT", "0",
                "SLUICE_KAFKA_PORT", "" + kafka,
                "SLUICE_DATA_DIR", data().toString());
    }

    private Path data() {
        return folder.resolve("data");
    }

    private Path nodeLog() {
        return data().resolve("demo-node.log");
    }

    private void expectAStoppedNode() throws IOException {
        assertThat(Launcher.listens(management)).as("management listens").isFalse();
        assertThat(Launcher.listens(kafka)).as("Kafka listens").isFalse();
        var log = Files.readString(nodeLog());
        assertThat(log).contains(STOPS).contains(STOPPED);
        assertThat(ANode.errors(log)).isEmpty();
    }

    private static long figure(String table, String name) {
        return table.lines()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length()).strip().replace(",", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(-1);
    }

    @Test
    void demoShowsThatNothingIsLost() {
        var node = SharedNode.get();

        var ran = Ran.of(
                demo(
                        "--seconds=3",
                        "--mqtt=127.0.0.1:" + node.mqttPort(),
                        "--management=127.0.0.1:" + node.managementPort(),
                        "--kafka=" + node.kafka()),
                Map.of());

        assertThat(ran.code()).as(ran.all()).isZero();
        var table = ran.text();
        assertThat(table).contains("using the node at 127.0.0.1:" + node.managementPort());
        for (var name : List.of("published", "acknowledged", "in Kafka")) {
            assertThat(figure(table, name)).as(name + " in " + table).isEqualTo(1_500);
        }
        for (var name : List.of("lost", "out of order", "repeats")) {
            assertThat(figure(table, name)).as(name + " in " + table).isZero();
        }
        assertThat(table).contains("verdict        pass");
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void demoStartsANodeOfItsOwnAndStopsIt() throws IOException {
        var ran = Ran.of(demoWithItsNode("--seconds=1"), environment());

        assertThat(ran.code()).as(ran.all()).isZero();
        assertThat(ran.text())
                .contains("starting a node, its output goes to " + nodeLog())
                .contains("ready after ")
                .contains("verdict        pass");
        expectAStoppedNode();
    }

    @Test
    void demoLeavesItsNodeToWhoWantsToKeepIt() {
        var ran = Ran.of(demoWithItsNode("--seconds=1", "--keep"), environment());

        var said = Pattern.compile("the node goes on, process (\\d+): MQTT 127.0.0.1:%d, Kafka 127.0.0.1:%d"
                        .formatted(mqtt, kafka))
                .matcher(ran.text());
        assertThat(said.find()).as(ran.all()).isTrue();
        var node = ProcessHandle.of(Long.parseLong(said.group(1))).orElseThrow();
        try {
            assertThat(ran.code()).isZero();
            assertThat(Launcher.listens(management)).as("management listens").isTrue();
            assertThat(Launcher.listens(mqtt)).as("MQTT listens").isTrue();
        } finally {
            node.destroy();
            Awaitility.await().atMost(PATIENCE).until(() -> !node.isAlive());
        }
    }

    @Test
    void demoThatIsStoppedStopsItsNodeInOrder() throws Exception {
        var builder = new ProcessBuilder(demoWithItsNode("--seconds=60"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("demo.log").toFile());
        builder.environment().putAll(environment());
        var demo = builder.start();
        try {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> Files.readString(folder.resolve("demo.log")).contains("in Kafka"));

            demo.destroy();

            assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            expectAStoppedNode();
        } finally {
            demo.destroyForcibly();
        }
    }

    @Test
    void demoTellsALossAndEndsWithOne() {
        var flags = List.of(
                "-Dsluice.node.main=io.sluice.bench.StandIn", "-Dsluice.node.args={mqtt} {kafka} {topic} lossy");
        var environment = new HashMap<>(environment());
        environment.put("SLUICE_KAFKA_BOOTSTRAP_SERVERS", SharedNode.get().kafka());

        var ran = Ran.of(with(flags, demo("--seconds=1", "--topic=demo.lossy")), environment);

        assertThat(ran.code()).as(ran.all()).isEqualTo(1);
        assertThat(figure(ran.text(), "published")).isEqualTo(500);
        assertThat(figure(ran.text(), "acknowledged")).isEqualTo(500);
        assertThat(figure(ran.text(), "lost")).isEqualTo(50);
        assertThat(ran.text())
                .containsPattern("verdict +50 acknowledged but not in Kafka")
                .contains("acknowledged but not in Kafka: message ");
    }
}
