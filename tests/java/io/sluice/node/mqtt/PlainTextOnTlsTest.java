package io.sluice.node.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// A client that speaks plain MQTT to a TLS listener has shown its password to the network, but not to our log.
class PlainTextOnTlsTest {
    private static final String PASSWORD = "canary-device-c04e88";

    private final Logger ours = ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger("io.sluice.node.mqtt");
    private final Lines lines = new Lines();

    @TempDir
    private Path directory = Path.of("");

    private static final class Lines extends AppenderBase<ILoggingEvent> {
        private final List<String> said = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            var thrown = event.getThrowableProxy();
            said.add(event.getFormattedMessage() + (thrown == null ? "" : ThrowableProxyUtil.asString(thrown)));
        }
    }

    @BeforeEach
    void listen() {
        lines.setContext(ours.getLoggerContext());
        lines.start();
        ours.addAppender(lines);
        ours.setLevel(Level.TRACE);
    }

    @AfterEach
    void listenAsBefore() {
        ours.detachAppender(lines);
        ours.setLevel(null);
    }

    @Test
    void keepsThePasswordOutOfTheLog() {
        var server = Certificates.make(directory, "server");
        try (var listening = Listening.on("listeners.tls.enabled = true, tls { certificate = \"%s\", key = \"%s\" }"
                .formatted(server.certificate(), server.key()))) {
            try (var client = RawClient.dial(listening.port("tls"))) {
                client.send(AccessTest.withPassword(4, "d-1", "anna", PASSWORD));

                await().untilAsserted(() -> assertThat(lines.said)
                        .anySatisfy(line -> assertThat(line).contains("failed: expected TLS, was plain text")));
            }
        }
        assertThat(String.join("\n", lines.said))
                .doesNotContain(PASSWORD)
                .doesNotContainIgnoringCase(HexFormat.of().formatHex(PASSWORD.getBytes(UTF_8)));
    }
}
