package io.sluice.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.bench.Ledger;
import io.sluice.bench.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The disk of the data folder fills up: nothing is acknowledged that is not kept, the node ends and says why, and goes
/// on where it was once there is room. A small disk needs the right to mount one; a limit for the size of files, which
/// fails the same writes, needs no right.
@Tag("kafka")
class DiskFullTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int START_MIB = 160;

    @TempDir
    private Path folder = Path.of("");

    private static Path mountSmallDisk(Path folder) throws IOException {
        var disk = Files.createDirectory(folder.resolve("data"));
        var mounted = Ran.of("mount", "-t", "tmpfs", "-o", "size=%dm".formatted(START_MIB), "tmpfs", disk.toString());
        assumeTrue(mounted.code() == 0, () -> "no right to mount a small disk: " + mounted.err());
        return disk;
    }

    @AfterEach
    void unmount() {
        Ran.of("umount", "--lazy", folder.resolve("data").toString());
    }

    private static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /// Leaves so much room.
    private static Path fill(Path disk, int mib) throws IOException {
        var filler = disk.resolve("filler");
        var bytes = Files.getFileStore(disk).getUsableSpace() - ((long) mib << 20);
        var ran = Ran.of("fallocate", "-l", Long.toString(bytes), filler.toString());
        assertThat(ran.code()).as(ran.all()).isZero();
        return filler;
    }

    private static Plan load(Plan plan) {
        return plan.devices(10).size(4_096).rate(500);
    }

    @Test
    void losesNothingAndGoesOnWhenThereIsRoomAgain() throws Exception {
        var disk = mountSmallDisk(folder);
        try (var node = ANode.ready(folder);
                var load = Load.on(node, DiskFullTest::load)) {
            load.awaitAcknowledged(500);
            var full = now();
            var filler = fill(disk, 2);
            awaitEnd(node, "No space left on device");

            Files.delete(filler);
            expectToGoOn(node, load, full);
        }
    }

    @Test
    void losesNothingAndGoesOnWhenFilesMayGrowAgain() throws Exception {
        try (var node = ANode.ready(folder);
                var load = Load.on(node, DiskFullTest::load)) {
            load.awaitAcknowledged(500);
            var full = now();
            var limit = largestSegment() + (1 << 20);
            var ran = Ran.of("prlimit", "--pid", "" + node.process().pid(), "--fsize=" + limit + ":" + limit);
            assertThat(ran.code()).as(ran.all()).isZero();
            awaitEnd(node, "File too large");

            expectToGoOn(node, load, full);
        }
    }

    private long largestSegment() throws IOException {
        try (var files = Files.walk(folder.resolve("data/kafka"))) {
            return files.filter(file -> file.toString().contains(ANode.TOPIC)
                            && file.toString().endsWith(".log"))
                    .mapToLong(file -> file.toFile().length())
                    .max()
                    .orElseThrow();
        }
    }

    private static void awaitEnd(ANode node, String why) {
        Awaitility.await().atMost(PATIENCE).until(() -> !node.process().alive());
        assertThat(node.log()).contains(why).contains("embedded kafka gave up with status 1");
    }

    private static void expectToGoOn(ANode node, Load load, long since) {
        node.process().restart();
        node.awaitReady();
        load.fleet().ledger().fault(new Ledger.Fault("disk full", since, now()));
        load.awaitAcknowledged(500);
        load.expectPass();
    }

    @Test
    void refusesToStartWithoutRoom() throws Exception {
        var disk = mountSmallDisk(folder);
        fill(disk, 3);

        var ran = Ran.of(
                Launcher.java(
                        Launcher.nodeFlags(),
                        "io.sluice.node.Node",
                        "-Dsluice.mqtt.listeners.tcp.port=0",
                        "-Dsluice.mqtt.listeners.websocket.port=0",
                        "-Dsluice.management.port=0",
                        "-Dsluice.api.port=0",
                        "-Dsluice.data-dir=" + disk),
                Map.of());

        assertThat(ran.err())
                .isEqualToIgnoringNewLines(
                        "data folder [%s]: expected at least 16 MiB free on its disk, was 3 MiB; free some space or set another sluice.data-dir"
                                .formatted(disk));
        assertThat(ran.text()).isEmpty();
        assertThat(ran.code()).isEqualTo(2);
    }
}
