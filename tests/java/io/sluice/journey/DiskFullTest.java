package io.sluice.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.bench.Fleet;
import io.sluice.bench.Ledger;
import io.sluice.bench.Plan;
import io.sluice.bench.Reader;
import io.sluice.bench.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The disk of the data folder fills up: nothing is acknowledged that is not kept, the node ends and says why, and goes
/// on where it was once there is room. Needs the right to mount a file system of its own.
@Tag("kafka")
class DiskFullTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int START_MIB = 160;

    @TempDir
    private Path folder = Path.of("");

    private Path disk = Path.of("");

    @BeforeEach
    void mount() throws IOException {
        disk = Files.createDirectory(folder.resolve("data"));
        var mounted = Ran.of("mount", "-t", "tmpfs", "-o", "size=%dm".formatted(START_MIB), "tmpfs", disk.toString());
        assumeTrue(mounted.code() == 0, () -> "no right to mount a small disk: " + mounted.err());
    }

    @AfterEach
    void unmount() {
        Ran.of("umount", "--lazy", disk.toString());
    }

    private static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /// Leaves so much room.
    private Path fill(int mib) throws IOException {
        var filler = disk.resolve("filler");
        var bytes = Files.getFileStore(disk).getUsableSpace() - ((long) mib << 20);
        var ran = Ran.of("fallocate", "-l", Long.toString(bytes), filler.toString());
        assertThat(ran.code()).as(ran.all()).isZero();
        return filler;
    }

    @Test
    void losesNothingAndGoesOnWhenThereIsRoomAgain() throws Exception {
        try (var node = ANode.ready(folder)) {
            var plan = Plan.of(Plan.newRun(), new InetSocketAddress(InetAddress.getLoopbackAddress(), node.mqttPort()))
                    .devices(10)
                    .size(4_096)
                    .rate(500)
                    .messages(Integer.MAX_VALUE);
            try (var reader = Reader.open(node.kafka(), ANode.TOPIC, 3, plan);
                    var fleet = new Fleet(plan)) {
                fleet.connect(PATIENCE);
                fleet.publish();
                awaitAcknowledged(fleet, 500);
                var full = now();
                var filler = fill(2);
                Awaitility.await().atMost(PATIENCE).until(() -> !node.process().alive());
                assertThat(node.log())
                        .contains("No space left on device")
                        .contains("embedded kafka gave up with status 1");

                Files.delete(filler);
                node.process().restart();
                node.awaitReady();
                fleet.ledger().fault(new Ledger.Fault("disk full", full, now()));
                awaitAcknowledged(fleet, 500);
                fleet.stop();
                assertThat(fleet.drain(PATIENCE)).as("drained").isTrue();
                reader.catchUp(PATIENCE);
                fleet.finish();
                reader.finish();

                var verdict = Verdict.of(fleet.ledger(), reader.seen(), Verdict.Expected.of(plan));
                assertThat(verdict.summary()).as("%s", verdict.examples()).isEqualTo("pass");
            }
        }
    }

    @Test
    void refusesToStartWithoutRoom() throws Exception {
        fill(3);
        var data = disk.toString();

        var ran = Ran.of(
                Launcher.java(
                        Launcher.nodeFlags(),
                        "io.sluice.node.Node",
                        "-Dsluice.mqtt.listeners.tcp.port=0",
                        "-Dsluice.mqtt.listeners.websocket.port=0",
                        "-Dsluice.management.port=0",
                        "-Dsluice.data-dir=" + data),
                java.util.Map.of());

        assertThat(ran.err())
                .isEqualToIgnoringNewLines(
                        "data folder [%s]: expected at least 16 MiB free on its disk, was 3 MiB; free some space or set another sluice.data-dir"
                                .formatted(data));
        assertThat(ran.text()).isEmpty();
        assertThat(ran.code()).isEqualTo(2);
    }

    private static void awaitAcknowledged(Fleet fleet, long more) {
        var goal = fleet.ledger().acknowledged() + more;
        Awaitility.await().atMost(PATIENCE).until(() -> fleet.ledger().acknowledged() >= goal);
    }
}
