package io.sluice.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RelayTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final Relay relay = Relay.to(server.getLocalPort());

    RelayTest() throws IOException {
        Thread.ofVirtual().start(this::echo);
    }

    /// Says again what it hears.
    private void echo() {
        while (!server.isClosed()) {
            try {
                var client = server.accept();
                Thread.ofVirtual().start(() -> {
                    try (client) {
                        client.getInputStream().transferTo(client.getOutputStream());
                    } catch (IOException _) {
                        // the other side has gone
                    }
                });
            } catch (IOException _) {
                // closed
            }
        }
    }

    @AfterEach
    void close() throws IOException {
        relay.close();
        server.close();
    }

    private Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), relay.port());
        socket.setSoTimeout((int) LIMIT.toMillis());
        return socket;
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
    }

    private static String hear(Socket socket, int count) throws IOException {
        return new String(socket.getInputStream().readNBytes(count), UTF_8);
    }

    @Test
    void passesAllThatIsSentAndTheEndOfIt() throws Exception {
        try (var socket = connect()) {
            var text = "0123456789".repeat(20_000);
            var said = Thread.ofVirtual().start(() -> {
                try {
                    say(socket, text);
                    socket.shutdownOutput();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });

            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .isEqualTo(text);
            assertThat(said.join(LIMIT)).isTrue();
        }
    }

    @Test
    void isSilentAndThenPassesWhatWasSentMeanwhile() throws IOException {
        try (var socket = connect()) {
            say(socket, "a");
            assertThat(hear(socket, 1)).isEqualTo("a");
            relay.ail(Relay.Ailment.SILENT);
            say(socket, "bc");
            socket.setSoTimeout(300);
            assertThatThrownBy(() -> hear(socket, 1)).isInstanceOf(SocketTimeoutException.class);

            relay.recover();

            socket.setSoTimeout((int) LIMIT.toMillis());
            assertThat(hear(socket, 2)).isEqualTo("bc");
        }
    }

    @Test
    void breaksConnectionsAlsoNewOnes() throws IOException {
        try (var socket = connect()) {
            say(socket, "a");
            assertThat(hear(socket, 1)).isEqualTo("a");

            relay.ail(Relay.Ailment.RESETTING);

            assertThatThrownBy(() -> hear(socket, 1)).isInstanceOf(SocketException.class);
        }
        try (var socket = connect()) {
            assertThatThrownBy(() -> hear(socket, 1)).isInstanceOf(SocketException.class);
        }
        relay.recover();
        await("connects again").atMost(LIMIT).ignoreExceptions().until(() -> {
            try (var socket = connect()) {
                say(socket, "x");
                return hear(socket, 1).equals("x");
            }
        });
    }

    @Test
    void isLateInEachDirection() throws IOException {
        try (var socket = connect()) {
            relay.ail(Relay.Ailment.LATE);
            var start = System.nanoTime();

            say(socket, "a");
            assertThat(hear(socket, 1)).isEqualTo("a");

            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isGreaterThanOrEqualTo(4_000);
        }
    }

    @Test
    void isNarrow() throws IOException {
        try (var socket = connect()) {
            relay.ail(Relay.Ailment.NARROW);
            var start = System.nanoTime();

            say(socket, "x".repeat(10_000));
            assertThat(hear(socket, 10_000)).hasSize(10_000);

            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isGreaterThanOrEqualTo(900);
        }
    }
}
