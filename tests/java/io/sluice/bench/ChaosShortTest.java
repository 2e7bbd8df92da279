package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The short version of `./sluice chaos` for the build: a real node and a real Kafka, killed and stopped under load.
@Tag("kafka")
class ChaosShortTest {
    @TempDir
    private Path folder = Path.of("");

    @AfterEach
    void forgetTheFlags() {
        System.clearProperty("sluice.node.flags");
    }

    @Test
    void nothingAcknowledgedIsLostByKillsAndStops() throws Exception {
        System.setProperty(
                "sluice.node.flags",
                "-Xmx512m --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
                        + " -Dorg.apache.kafka.automatic.config.providers=none");
        var rows = folder.resolve("trials.csv");

        var code = Main.run(
                "chaos",
                "--trials=4",
                "--faults=kill-node,stop-kafka,kill-kafka,kill-node",
                "--seed=7",
                "--devices=50",
                "--rate=1000",
                "--seconds=3",
                "--out=" + rows);

        assertThat(code).as(Files.readString(rows)).isZero();
        assertThat(Files.readAllLines(rows)).hasSize(5);
    }
}
