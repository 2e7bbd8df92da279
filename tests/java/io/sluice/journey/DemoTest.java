package io.sluice.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What a person types first: `demo` and `status`.
@Tag("kafka")
class DemoTest {
    private static final String FLAGS =
            "-Xmx512m -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow";

    private static Ran run(String main, String... arguments) {
        return Ran.of(Launcher.java(FLAGS, main, arguments), Map.of());
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

        var ran = run(
                "io.sluice.bench.Main",
                "demo",
                "--seconds=3",
                "--rate=500",
                "--devices=20",
                "--mqtt=127.0.0.1:" + node.mqttPort(),
                "--management=127.0.0.1:" + node.managementPort(),
                "--kafka=" + node.kafka());

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
    void statusShowsTheTasksOfANode() {
        var node = SharedNode.get();

        var ran = run("io.sluice.cli.Sluice", "status", "--management=http://127.0.0.1:" + node.managementPort());

        assertThat(ran.code()).as(ran.all()).isZero();
        assertThat(ran.text())
                .contains(": ready")
                .containsPattern("member pekko://sluice@127\\.0\\.0\\.1:\\d+ Up")
                .containsPattern("telemetry +0 +running")
                .containsPattern("telemetry +1 +running");
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void statusOfNoNodeSaysHowToStartOne() {
        var address = "http://127.0.0.1:" + Launcher.freePort();

        var ran = run("io.sluice.cli.Sluice", "status", "--management=" + address);

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err())
                .isEqualToIgnoringNewLines(
                        "status: expected a node at %s, was nobody there; start one with ./sluice up or name another with --management"
                                .formatted(address));
    }
}
