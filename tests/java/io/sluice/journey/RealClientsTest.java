package io.sluice.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The programs people have: mosquitto publishes and looks on, a browser's client publishes, kcat reads back.
@Tag("kafka")
class RealClientsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path CLIENTS = Launcher.root().resolve("tests/clients").toAbsolutePath();

    private final ANode node = SharedNode.get();

    private static Ran mosquitto(int port, String version, int qos, String id, String topic, String... more) {
        var command = new ArrayList<>(List.of(
                "mosquitto_pub",
                "-h",
                "127.0.0.1",
                "-p",
                "" + port,
                "-V",
                version,
                "-q",
                "" + qos,
                "-i",
                id,
                "-t",
                topic));
        command.addAll(Arrays.asList(more));
        return Ran.of(command, Map.of());
    }

    private List<Kcat.Got> recordsOf(String clientId) {
        return Kcat.read(node.kafka(), ANode.TOPIC, clientId);
    }

    private List<String> awaitTexts(String clientId, int count) {
        return Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> recordsOf(clientId), found -> found.size() >= count)
                .stream()
                .map(Kcat.Got::text)
                .toList();
    }

    @ParameterizedTest(name = "{0}, MQTT {1}, QoS {2}")
    @CsvSource({
        "tcp,311,0", "tcp,311,1", "tcp,311,2", "tcp,5,0", "tcp,5,1", "tcp,5,2",
        "tls,311,0", "tls,311,1", "tls,311,2", "tls,5,0", "tls,5,1", "tls,5,2"
    })
    void mosquittoPublishes(String transport, String version, int qos) {
        var id = "mosquitto-%s-%s-%d".formatted(transport, version, qos);
        var topic = "tbmq/plants/3/" + id;
        var ran = transport.equals("tls")
                ? mosquitto(
                        SharedNode.tlsPort(),
                        version,
                        qos,
                        id,
                        topic,
                        "-m",
                        "21.5 °C",
                        "--cafile",
                        SharedNode.certificate().toString())
                : mosquitto(node.mqttPort(), version, qos, id, topic, "-m", "21.5 °C");

        assertThat(ran.code()).as(ran.all()).isZero();
        if (qos == 0) {
            assertThat(awaitTexts(id, 1)).containsExactly("21.5 °C");
        } else {
            assertThat(recordsOf(id).stream().map(Kcat.Got::text)).containsExactly("21.5 °C");
        }
    }

    @ParameterizedTest(name = "MQTT {0}, QoS {1}")
    @CsvSource({"4,1", "4,2", "5,1", "5,2"})
    void aBrowsersClientPublishesOverWebSocket(String protocol, int qos) {
        var id = "browser-%s-%d".formatted(protocol, qos);
        installClients();

        var ran = Ran.of(
                "node",
                CLIENTS.resolve("publish.mjs").toString(),
                "ws://127.0.0.1:%d/mqtt".formatted(node.webSocketPort()),
                protocol,
                "" + qos,
                "tbmq/web/" + id,
                id,
                "50");

        assertThat(ran.code()).as(ran.all()).isZero();
        assertThat(ran.text()).contains("acknowledged 50");
        assertThat(recordsOf(id).stream().map(Kcat.Got::text))
                .containsExactlyElementsOf(
                        IntStream.range(0, 50).mapToObj(n -> id + "-" + n).toList());
    }

    private static void installClients() {
        if (!Files.isDirectory(CLIENTS.resolve("node_modules"))) {
            var ran = Ran.of("npm", "ci", "--prefix", CLIENTS.toString(), "--silent", "--no-audit", "--no-fund");
            assertThat(ran.code()).as(ran.all()).isZero();
        }
    }

    @Test
    void recordsCarryKeyHeadersAndThePayloadToTheByte(@TempDir Path folder) throws IOException {
        var bytes = new byte[70_000];
        IntStream.range(0, bytes.length).forEach(n -> bytes[n] = (byte) n);
        var file = Files.write(folder.resolve("payload"), bytes);

        var ran = mosquitto(
                node.mqttPort(),
                "5",
                1,
                "camera-1",
                "tbmq/plants/3/image",
                "-f",
                file.toString(),
                "-D",
                "publish",
                "content-type",
                "image/png",
                "-D",
                "publish",
                "user-property",
                "lens",
                "wide");

        assertThat(ran.code()).as(ran.all()).isZero();
        var got = recordsOf("camera-1");
        assertThat(got).hasSize(1);
        assertThat(got.getFirst().value()).isEqualTo(bytes);
        assertThat(got.getFirst().headers())
                .containsEntry("ce_specversion", "1.0")
                .containsEntry("ce_source", "sluice/telemetry")
                .containsEntry("ce_type", "io.sluice.mqtt.published")
                .containsEntry("ce_subject", "camera-1")
                .containsEntry("content-type", "image/png")
                .containsKeys("ce_id", "ce_time", "sluice-epoch");
        assertThat(got.getFirst().headers().get("ce_id")).isNotBlank();
    }

    @Test
    void mosquittoLooksOnWhileOthersPublish(@TempDir Path folder) throws Exception {
        var seen = folder.resolve("seen");
        var watcher = new ProcessBuilder(
                        "stdbuf",
                        "-oL",
                        "mosquitto_sub",
                        "-d",
                        "-v",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        "" + node.mqttPort(),
                        "-V",
                        "5",
                        "-i",
                        "watcher",
                        "-t",
                        "tbmq/watched/+",
                        "-C",
                        "2",
                        "-W",
                        "60")
                .redirectErrorStream(true)
                .redirectOutput(seen.toFile())
                .start();
        try {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> Files.readString(seen).contains("Subscribed"));
            mosquitto(node.mqttPort(), "311", 1, "pump-1", "tbmq/watched/pump-1", "-m", "on");
            mosquitto(node.mqttPort(), "311", 1, "pump-1", "tbmq/other/pump-1", "-m", "unseen");
            mosquitto(node.mqttPort(), "5", 2, "pump-2", "tbmq/watched/pump-2", "-m", "off");

            assertThat(watcher.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(Files.readAllLines(seen).stream().filter(line -> line.startsWith("tbmq/")))
                    .containsExactly("tbmq/watched/pump-1 on", "tbmq/watched/pump-2 off");
        } finally {
            watcher.destroyForcibly();
        }
    }

    @ParameterizedTest(name = "MQTT {0}")
    @CsvSource({"311", "5"})
    void aUserComesInWithItsPassword(String version) {
        var id = "user-" + version;

        var ran = mosquitto(
                node.mqttPort(),
                version,
                1,
                id,
                "tbmq/plants/7/pump",
                "-m",
                "ok",
                "-u",
                SharedNode.USER,
                "-P",
                SharedNode.PASSWORD);

        assertThat(ran.code()).as(ran.all()).isZero();
        assertThat(recordsOf(id)).hasSize(1);
    }

    @ParameterizedTest(name = "MQTT {0}")
    @CsvSource({
        "311,Connection error: Connection Refused: bad user name or password.",
        "5,Connection error: Bad User Name or Password"
    })
    void aWrongPasswordIsRefused(String version, String words) {
        var id = "thief-" + version;

        var ran = mosquitto(
                node.mqttPort(), version, 1, id, "tbmq/plants/7/pump", "-m", "x", "-u", SharedNode.USER, "-P", "guess");

        assertThat(ran.code()).as(ran.all()).isNotZero();
        assertThat(ran.err()).contains(words);
        assertThat(recordsOf(id)).isEmpty();
        Awaitility.await()
                .untilAsserted(() -> assertThat(node.log())
                        .contains("client [%s]: user [plant-7]: wrong password or unknown".formatted(id)));
        assertThat(node.log()).doesNotContain("guess", SharedNode.PASSWORD);
    }

    @Test
    void aUserPublishesOnlyWhatItsFiltersPermit() {
        var ran = mosquitto(
                node.mqttPort(),
                "5",
                1,
                "stray",
                "tbmq/plants/8/pump",
                "-m",
                "x",
                "-u",
                SharedNode.USER,
                "-P",
                SharedNode.PASSWORD);

        assertThat(ran.err()).as(ran.all()).contains("Not authorized");
        assertThat(recordsOf("stray")).isEmpty();
    }
}
