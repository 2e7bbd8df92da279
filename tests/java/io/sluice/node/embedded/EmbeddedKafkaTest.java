package io.sluice.node.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.node.ForkedJvm;
import io.sluice.node.settings.CannotStart;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The real broker. One is shared by the tests that only use it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class EmbeddedKafkaTest {
    private static final String HOST = "127.0.0.1";
    private static final int ANY_PORT = 0;

    private Path sharedDir;
    private EmbeddedKafka shared;

    @BeforeAll
    void start(@TempDir Path dir) {
        sharedDir = dir;
        shared = EmbeddedKafka.start(settings(sharedDir));
    }

    @AfterAll
    void stop() {
        shared.close();
    }

    @Test
    void takesAndGivesRecordsAtOnce() throws Exception {
        Clients.produce(shared.bootstrapServers(), "at-once", texts("a", 100));

        var found = Clients.consume(shared.bootstrapServers(), "at-once", 100);

        assertThat(found).containsExactlyElementsOf(texts("a", 100));
        assertThat(Clients.partitions(shared.bootstrapServers(), "at-once")).isEqualTo(3);
    }

    @Test
    void takesRecordsOfEightMebibytes() throws Exception {
        var large = new byte[(8 << 20) - 1024];

        Clients.produce(shared.bootstrapServers(), "large", List.of(large));

        assertThat(Clients.consume(shared.bootstrapServers(), "large", 1)).containsExactly(large);
    }

    @Test
    void keepsRecordsAndClusterAcrossARestart(@TempDir Path dir) throws Exception {
        String cluster;
        try (var kafka = EmbeddedKafka.start(settings(dir))) {
            cluster = Clients.clusterId(kafka.bootstrapServers());
            Clients.produce(kafka.bootstrapServers(), "kept", texts("before", 10));
        }

        try (var kafka = EmbeddedKafka.start(settings(dir))) {
            Clients.produce(kafka.bootstrapServers(), "kept", texts("after", 10));

            assertThat(Clients.clusterId(kafka.bootstrapServers())).isEqualTo(cluster);
            assertThat(Clients.consume(kafka.bootstrapServers(), "kept", 20))
                    .containsExactlyElementsOf(concat(texts("before", 10), texts("after", 10)));
        }
    }

    @Test
    void keepsAcknowledgedRecordsWhenItIsKilled(@TempDir Path dir) throws Exception {
        try (var process = ForkedJvm.start(KafkaProcess.class, dir.toString())) {
            Clients.produce(process.await("serving "), "kept", texts("before", 1000));
            process.kill();
        }

        try (var kafka = EmbeddedKafka.start(settings(dir))) {
            assertThat(Clients.consume(kafka.bootstrapServers(), "kept", 1000))
                    .containsExactlyElementsOf(texts("before", 1000));
        }
    }

    @Test
    void saysSoBeforeItEndsTheNode(@TempDir Path dir) throws Exception {
        try (var process = ForkedJvm.start(KafkaProcess.class, dir.toString())) {
            process.await("serving ");
            Files.move(dir.resolve("kafka"), dir.resolve("gone"));

            process.tell("a-topic-it-cannot-make-room-for");

            assertThat(process.awaitMatch(".*ERROR EmbeddedKafka +embedded kafka gave up.*"))
                    .contains("gave up with status 1", "The node ends now");
            assertThat(process.awaitExit()).isEqualTo(1);
        }
    }

    @Test
    void closesTwice(@TempDir Path dir) {
        var kafka = EmbeddedKafka.start(settings(dir));

        kafka.close();
        kafka.close();

        EmbeddedKafka.start(settings(dir)).close();
    }

    @Test
    void namesATakenPortAndItsKey(@TempDir Path dir) throws IOException {
        try (var taken = new ServerSocket(ANY_PORT, 1, InetAddress.getLoopbackAddress())) {
            assertRefused(
                    settings(HOST, taken.getLocalPort(), ANY_PORT, dir),
                    "port %d on 127.0.0.1: Address already in use; stop what listens there or set another sluice.embedded-kafka.port"
                            .formatted(taken.getLocalPort()));
            assertRefused(
                    settings(HOST, ANY_PORT, taken.getLocalPort(), dir),
                    "port %d on 127.0.0.1: Address already in use; stop what listens there or set another sluice.embedded-kafka.controller-port"
                            .formatted(taken.getLocalPort()));
        }
    }

    @Test
    void namesAHostItCannotBe(@TempDir Path dir) {
        assertRefused(
                settings("192.0.2.1", ANY_PORT, ANY_PORT, dir),
                "host [192.0.2.1]: expected an address of this machine, was 192.0.2.1; set sluice.embedded-kafka.host");
        assertRefused(
                settings("0.0.0.0", ANY_PORT, ANY_PORT, dir),
                "host [0.0.0.0]: expected an address that clients can connect to, was one that means all; set sluice.embedded-kafka.host");
    }

    @Test
    void namesADataFolderItCannotWrite(@TempDir Path dir) throws IOException {
        var file = Files.createFile(dir.resolve("file"));

        assertRefused(
                settings(file),
                "data folder [%s/kafka]: expected to write, was hindered by [%s/kafka]: Not a directory; mend that or set another sluice.data-dir"
                        .formatted(file, file));
    }

    @Test
    void refusesADataFolderInUse() {
        assertRefused(
                settings(sharedDir),
                "data folder [%s/kafka] is in use by another node; stop that one or set another sluice.data-dir"
                        .formatted(sharedDir));
    }

    @Test
    void refusesTheDataOfAnotherCluster(@TempDir Path dir) throws IOException {
        write(dir.resolve("kafka/meta.properties"), "version=1\nnode.id=5\ncluster.id=MkU3OEVBNTcwNTJENDM2Qk\n");

        assertRefused(
                settings(dir),
                "data folder [%s/kafka] belongs to another kafka cluster: expected an id sluice…, was [MkU3OEVBNTcwNTJENDM2Qk] of node 5; move it away or set another sluice.data-dir"
                        .formatted(dir));
    }

    @Test
    void refusesDamagedData(@TempDir Path dir) throws IOException {
        write(dir.resolve("kafka/meta.properties"), "garbage");

        assertRefused(
                settings(dir),
                "data folder [%s/kafka] cannot be used: meta.properties has no cluster.id; restore it from a backup, or move it away to start without its records"
                        .formatted(dir));
    }

    @Test
    void refusesRecordsThatLostTheirIdentity(@TempDir Path dir) throws IOException {
        write(dir.resolve("kafka/telemetry-0/00000000000000000000.log"), "records");

        assertRefused(
                settings(dir),
                "data folder [%s/kafka] cannot be used: it holds records but no meta.properties; restore it from a backup, or move it away to start without its records"
                        .formatted(dir));
    }

    @Test
    void saysWhatKafkaFoundDamaged(@TempDir Path dir) throws IOException {
        EmbeddedKafka.start(settings(dir)).close();
        write(dir.resolve("kafka/__cluster_metadata-0/quorum-state"), "garbage");

        assertThatThrownBy(() -> EmbeddedKafka.start(settings(dir)))
                .isInstanceOf(CannotStart.class)
                .message()
                .startsWith("embedded kafka: data folder [%s/kafka] cannot be used: ".formatted(dir))
                .contains("quorum-state")
                .endsWith("; restore it from a backup, or move it away to start without its records");
    }

    @Test
    void refusesAFullDisk(@TempDir Path dir) {
        var more = Long.MAX_VALUE;

        assertThatThrownBy(() -> DataFolder.open(dir, more))
                .isInstanceOf(CannotStart.class)
                .hasMessageMatching(
                        "embedded kafka: disk of data folder \\[%s]: expected at least %d MiB free, was \\d+ MiB; free some space or set another sluice.data-dir"
                                .formatted(dir, more >> 20));
    }

    private static void assertRefused(EmbeddedKafkaSettings settings, String message) {
        assertThatThrownBy(() -> EmbeddedKafka.start(settings))
                .isInstanceOf(CannotStart.class)
                .message()
                .isEqualTo("embedded kafka: " + message);
    }

    private static EmbeddedKafkaSettings settings(Path dataDir) {
        return settings(HOST, ANY_PORT, ANY_PORT, dataDir);
    }

    private static EmbeddedKafkaSettings settings(String host, int port, int controllerPort, Path dataDir) {
        return new EmbeddedKafkaSettings(host, port, controllerPort, dataDir, 3, 8 << 20, -1, Duration.ofSeconds(60));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static List<byte[]> texts(String text, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> (text + i).getBytes(UTF_8))
                .toList();
    }

    private static List<byte[]> concat(List<byte[]> first, List<byte[]> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
