package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The trials are tried on a server that acknowledges last, and on others that do not behave.
@Tag("kafka")
class ChaosTest {
    private static final List<String> PROPERTIES = List.of("sluice.node.main", "sluice.node.args", "sluice.node.flags");

    @TempDir
    private Path folder = Path.of("");

    private int chaos(String manner, String faults, int trials) {
        System.setProperty("sluice.node.main", StandIn.class.getName());
        System.setProperty("sluice.node.args", "{mqtt} {kafka} {topic} " + manner);
        System.setProperty("sluice.node.flags", "-Xmx1g -XX:+UseSerialGC");
        return Main.run(
                "chaos",
                "--trials=" + trials,
                "--faults=" + faults,
                "--seed=1",
                "--devices=50",
                "--rate=500",
                "--seconds=4",
                "--out=" + folder.resolve("trials.csv"));
    }

    @AfterEach
    void forgetTheStandIn() {
        PROPERTIES.forEach(System::clearProperty);
    }

    @Test
    void passesAServerThatAcknowledgesLast() throws Exception {
        assertThat(chaos("last", "kill-node,stop-kafka", 2)).isZero();

        var rows = Files.readAllLines(folder.resolve("trials.csv"));
        assertThat(rows).hasSize(3);
        assertThat(rows.get(0)).startsWith("trial,seed,fault,");
        assertThat(rows.get(1))
                .startsWith("1,1001,kill-node,")
                .contains(",2000,2000,2000,0,0,")
                .endsWith("\"pass\"");
        assertThat(rows.get(2))
                .startsWith("2,1002,stop-kafka,")
                .contains(",2000,2000,2000,0,0,")
                .endsWith("\"pass\"");
    }

    @Test
    void failsAServerThatAcknowledgesFirst() throws Exception {
        assertThat(chaos("first", "stop-kafka", 1)).isEqualTo(1);

        assertThat(Files.readString(folder.resolve("trials.csv"))).contains("acknowledged while Kafka stood still");
    }

    @Test
    void failsAServerThatHoardsWhatWaits() throws Exception {
        assertThat(chaos("hoarding", "stop-kafka", 1)).isEqualTo(1);

        assertThat(Files.readString(folder.resolve("trials.csv"))).contains("\"1 memory beyond its bound\"");
    }
}
