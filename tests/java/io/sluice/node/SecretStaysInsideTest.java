package io.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoop;
import io.sluice.node.handover.Intake;
import io.sluice.node.handover.LoopIntake;
import io.sluice.node.live.LiveView;
import io.sluice.node.mqtt.MqttListener;
import io.sluice.node.observe.Meters;
import io.sluice.node.settings.Configuration;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// Promise 9: a secret never leaves. Unique canaries stand for the secrets; all that a node says is searched for them,
/// as they are, and in hexadecimal, Base64 and URL encoding.
@Tag("kafka")
class SecretStaysInsideTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final String BROKER_PASSWORD = "canary/broker+7f31aa";
    private static final String KEY_PASSWORD = "canary/key+93bd02";
    private static final String DEVICE_PASSWORD = "canary/device+c04e88";
    /// The hash of no password; as secret as one.
    private static final String USER_HASH = "$2b$04$canaryCanaryCanaryCanauQ1w2E3r4T5y6U7i8O9p0aSdFgHjKlZ";

    private final Search search =
            new Search(List.of(BROKER_PASSWORD, KEY_PASSWORD, DEVICE_PASSWORD, USER_HASH.substring(7)));
    private final Map<Logger, Level> levels = new HashMap<>();
    private final List<Appender<ILoggingEvent>> console = new ArrayList<>();

    @TempDir
    private Path folder = Path.of("");

    /// Looks into everything it is given at once, so that nothing needs to be kept.
    private static final class Search extends AppenderBase<ILoggingEvent> {
        private final List<String> needles = new ArrayList<>();
        private final List<String> found = new CopyOnWriteArrayList<>();
        private final LongAdder events = new LongAdder();

        private Search(List<String> secrets) {
            for (var secret : secrets) {
                var bytes = secret.getBytes(StandardCharsets.UTF_8);
                needles.add(secret);
                needles.add(HexFormat.of().formatHex(bytes));
                needles.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
                // what surrounds it moves Base64 by 0, 1 or 2 bytes; the ends mix with the neighbours
                for (int shift = 0; shift < 3; shift++) {
                    var moved = new byte[shift + bytes.length];
                    System.arraycopy(bytes, 0, moved, shift, bytes.length);
                    var text = Base64.getEncoder().withoutPadding().encodeToString(moved);
                    needles.add(text.substring(shift == 0 ? 0 : shift + 1, text.length() - 2));
                }
            }
        }

        @Override
        protected void append(ILoggingEvent event) {
            events.increment();
            look("log of " + event.getLoggerName(), event.getFormattedMessage());
            for (IThrowableProxy thrown = event.getThrowableProxy(); thrown != null; thrown = thrown.getCause()) {
                look("log of " + event.getLoggerName(), ThrowableProxyUtil.asString(thrown));
            }
        }

        private void look(String where, String text) {
            for (var needle : needles) {
                if (text.contains(needle)) {
                    found.add(where + ": " + needle);
                }
            }
        }

        private void look(String where, Throwable thrown) {
            var text = new StringWriter();
            thrown.printStackTrace(new PrintWriter(text));
            look(where, text.toString());
        }
    }

    @BeforeEach
    void listenToEverything() {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.iteratorForAppenders().forEachRemaining(console::add);
        console.forEach(root::detachAppender);
        context.getLoggerList().forEach(logger -> {
            if (logger.getLevel() != null) {
                levels.put(logger, logger.getLevel());
                logger.setLevel(Level.TRACE);
            }
        });
        search.setContext(context);
        search.start();
        root.addAppender(search);
    }

    @AfterEach
    void listenAsBefore() {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.detachAppender(search);
        console.forEach(root::addAppender);
        levels.forEach(Logger::setLevel);
    }

    @Test
    void theSearchSeesALeak() {
        var log = LoggerFactory.getLogger("io.sluice.node.planted");

        log.trace("planted {}", BROKER_PASSWORD);
        log.info("planted", new IllegalStateException("outer", new IllegalStateException(KEY_PASSWORD)));
        for (var before : List.of("", "u", "us")) {
            var bytes = (before + DEVICE_PASSWORD + "tail").getBytes(StandardCharsets.UTF_8);
            search.look("planted", Base64.getEncoder().encodeToString(bytes));
        }

        assertThat(search.found).hasSizeGreaterThanOrEqualTo(5);
        assertThat(search.found).filteredOn(hit -> hit.startsWith("planted")).hasSize(3);
    }

    @Test
    void aRunningNodeSaysNone() throws Exception {
        var configuration =
                OneNode.configuration(folder, OtherKafka.bootstrapServers(), """
                sluice.brokers.default { auth = plain, tls = off, user = sluice, password = "%s" }
                sluice.mqtt.users.plant { password-hash = "%s", publish = ["#"] }
                sluice.integrations.one {}
                """.formatted(BROKER_PASSWORD, USER_HASH));
        search.look("settings", NodeSettings.from(configuration.resolve()).toString());
        try (var node = OneNode.start(configuration)) {
            await("Kafka has refused us")
                    .atMost(LIMIT)
                    .until(() -> node.node().tasks().stream()
                            .anyMatch(task -> !task.problem().isEmpty()));
            search.look(
                    "CONNECT",
                    catchThrowable(() -> RawDevice.connect(node.mqtt(), "device", "plant", DEVICE_PASSWORD)));
            try (var anonymous = RawDevice.connect(node.mqtt(), "device")) {
                anonymous.publish(1, 1, false, "tbmq/a", "held, for there is no Kafka");
                await().atMost(LIMIT).until(() -> node.gauge("sluice.in.flight.messages") == 1);
                for (var path : List.of(
                        "alive",
                        "ready",
                        "metrics",
                        "tasks",
                        "loglevel",
                        "cluster/members",
                        "cluster/shards/task",
                        "x")) {
                    search.look("/" + path, get(node, path));
                }
            }
        }
        try (var files = Files.walk(folder.resolve("data"))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                search.look(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }

        assertThat(search.events.sum()).as("events that were searched").isGreaterThan(1_000);
        assertThat(search.found).isEmpty();
    }

    @Test
    void aWrongKeyPasswordIsNotShown() throws Exception {
        writeCertificate(folder, "another password");

        var settings =
                NodeSettings.from(OneNode.configuration(folder, "127.0.0.1:1", """
                sluice.mqtt.listeners.tls { enabled = true, port = 0 }
                sluice.mqtt.tls { certificate = "%1$s/node.crt", key = "%1$s/node.key", key-password = "%2$s" }
                """.formatted(folder, KEY_PASSWORD))
                        .resolve());

        var thrown = catchThrowable(() -> MqttListener.start(
                settings.mqtt(),
                SecretStaysInsideTest::noIntake,
                new LiveView(),
                new Meters(new SimpleMeterRegistry())));

        search.look("settings", settings.toString());
        assertThat(thrown).hasMessageContaining("node.key");
        search.look("start", thrown);
        assertThat(search.found).isEmpty();
    }

    @Test
    void aComplaintAboutTheConfigurationShowsNone() {
        var wrong = List.of(
                "sluice.brokers.default { auth = plain, password = \"%s\" }".formatted(BROKER_PASSWORD),
                "sluice.brokers.default { pasword = \"%s\" }".formatted(BROKER_PASSWORD),
                "sluice.brokers.default { password = [\"%s\"] }".formatted(BROKER_PASSWORD),
                "sluice.brokers.default { password = { a = \"%s\" } }".formatted(BROKER_PASSWORD),
                "sluice.brokers.default { password = \"%s }".formatted(BROKER_PASSWORD),
                "sluice.mqtt.users.plant { password-hash = \"%s\" }".formatted(DEVICE_PASSWORD),
                "sluice.mqtt.users.plant { password-hashes = \"%s\" }".formatted(DEVICE_PASSWORD),
                "sluice.mqtt.tls { key-password = [\"%s\"] }".formatted(KEY_PASSWORD),
                "sluice.mqtt.tls { key-pasword = \"%s\" }".formatted(KEY_PASSWORD));

        for (var hocon : wrong) {
            var thrown = catchThrowable(() -> NodeSettings.from(
                    OneNode.configuration(folder, "127.0.0.1:1", hocon).resolve()));
            assertThat(thrown).as(hocon).isNotNull();
            search.look(hocon, thrown);
        }
        var definition = "sluice.brokers.default.password=" + BROKER_PASSWORD;
        var environment = Map.of("KAFKA_PASSWORD", BROKER_PASSWORD);
        search.look("configuration", new Configuration(List.of(), List.of(definition), environment).toString());

        assertThat(search.found).isEmpty();
    }

    private static Intake noIntake(EventLoop loop) {
        return new LoopIntake(loop, _ -> List.of());
    }

    private static String get(OneNode node, String path) throws IOException, InterruptedException {
        var management = node.node().managementAddress();
        var uri = URI.create("http://127.0.0.1:%d/%s".formatted(management.getPort(), path));
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(uri).timeout(LIMIT).build();
            var answer = client.send(request, BodyHandlers.ofString());
            return answer.headers().map() + answer.body();
        }
    }

    /// A self-signed certificate, and its private key under a password.
    private static void writeCertificate(Path folder, String password)
            throws IOException, GeneralSecurityException, InterruptedException {
        var store = folder.resolve("store.p12");
        var keytool = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/keytool",
                        "-genkeypair",
                        "-alias",
                        "node",
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=node",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        var keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        var key = keys.getKey("node", "changeit".toCharArray());
        var algorithm = "PBEWithSHA1AndDESede";
        var cipher = Cipher.getInstance(algorithm);
        cipher.init(
                Cipher.ENCRYPT_MODE,
                SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password.toCharArray())));
        var encrypted = new EncryptedPrivateKeyInfo(cipher.getParameters(), cipher.doFinal(key.getEncoded()));
        writePem(
                folder.resolve("node.crt"),
                "CERTIFICATE",
                keys.getCertificate("node").getEncoded());
        writePem(folder.resolve("node.key"), "ENCRYPTED PRIVATE KEY", encrypted.getEncoded());
    }

    private static void writePem(Path file, String kind, byte[] bytes) throws IOException {
        var body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        Files.writeString(file, "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n".formatted(kind, body));
    }
}
