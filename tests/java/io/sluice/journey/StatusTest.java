package io.sluice.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a running node says of itself to who asks from a terminal: `status`, and the pid file.
@Tag("kafka")
class StatusTest {
    private static Ran status(Map<String, String> environment, String... arguments) {
        var words = new String[arguments.length + 1];
        words[0] = "status";
        System.arraycopy(arguments, 0, words, 1, arguments.length);
        var alone = new HashMap<>(Map.of("XDG_CONFIG_HOME", "/nobody/is/logged/in", "SLUICE_TOKEN", ""));
        alone.putAll(environment);
        return Ran.of(Launcher.java("-Xmx64m -XX:+UseSerialGC", "io.sluice.cli.Sluice", words), alone);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:%d", "http://127.0.0.1:%d", "http://127.0.0.1:%d/", "localhost:%d"})
    void showsTheTasksOfANode(String address) {
        var ran = status(
                Map.of(), "--management=" + address.formatted(SharedNode.get().managementPort()));

        assertThat(ran.code()).as(ran.all()).isZero();
        assertThat(ran.text())
                .contains(SharedNode.get().managementPort() + ": ready")
                .containsPattern("member pekko://sluice@127\\.0\\.0\\.1:\\d+ Up")
                .containsPattern("telemetry +0 +running")
                .containsPattern("telemetry +1 +running");
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void asksTheNodeOfItsEnvironment() {
        var port = SharedNode.get().managementPort();

        var ran = status(Map.of("SLUICE_MANAGEMENT_PORT", "" + port));

        assertThat(ran.code()).as(ran.all()).isZero();
        assertThat(ran.text()).startsWith("127.0.0.1:%d: ready".formatted(port));
    }

    @Test
    void ofNoNodeSaysHowToStartOne() {
        var address = "127.0.0.1:" + Launcher.freePort();

        var ran = status(Map.of(), "--management=" + address);

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err())
                .isEqualToIgnoringNewLines(
                        "status: expected a node at %s, was nobody there; start one with ./sluice up or name another with --management"
                                .formatted(address));
    }

    @Test
    void ofSomethingElseSaysSo() throws IOException {
        var other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("<html>hello</html>".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        other.start();
        try {
            var address = "127.0.0.1:" + other.getAddress().getPort();

            var ran = status(Map.of(), "--management=" + address);

            assertThat(ran.code()).isEqualTo(2);
            assertThat(ran.err())
                    .isEqualToIgnoringNewLines(
                            "status: expected a node at %s, was something else; start one with ./sluice up or name another with --management"
                                    .formatted(address));
        } finally {
            other.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nowhere",
                "7626",
                "127.0.0.1:0",
                "127.0.0.1:65536",
                "127.0.0.1:many",
                "https://a:1",
                "a b:1",
                "a:1/x"
            })
    void aBadAddressIsOneLine(String address) {
        var ran = status(Map.of(), "--management=" + address);

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err())
                .isEqualToIgnoringNewLines(
                        "status: Invalid value for option '--management': expected HOST:PORT, was %s; see --help"
                                .formatted(address));
        assertThat(ran.text()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"many", "70000"})
    void aBadPortOfTheEnvironmentIsOneLine(String port) {
        var ran = status(Map.of("SLUICE_MANAGEMENT_PORT", port));

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err())
                .isEqualToIgnoringNewLines(
                        "status: SLUICE_MANAGEMENT_PORT: expected a port, was %s; see --help".formatted(port));
    }

    @Test
    void thePidFileNamesTheProcess() throws IOException {
        var node = SharedNode.get();

        assertThat(Files.readString(SharedNode.pidFile()).strip())
                .isEqualTo("" + node.process().pid());
    }
}
