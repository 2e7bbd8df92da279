package io.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.sluice.node.mqtt.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/// What becomes of the answers of a server, good or odd, and how a login is kept.
@SuppressWarnings("NullAway.Init")
class ClientTest {
    private HttpServer server;
    private URI base;
    private int status = 200;
    private String type = "application/json";
    private String body = "{}";
    private List<String> seen = List.of();

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            seen = List.of(
                    exchange.getRequestURI().toString(),
                    String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")),
                    exchange.getRequestMethod(),
                    String.valueOf(exchange.getRequestHeaders().getFirst("Sluice-Csrf")));
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.getResponseHeaders().set("Retry-After", "7");
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            var bytes = body.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        base = URI.create(
                "http://127.0.0.1:%d/behind".formatted(server.getAddress().getPort()));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Failure failure(Ask ask) {
        try (var client = Client.of(base, Optional.empty()).token("slc_x")) {
            return catchThrowableOfType(Failure.class, () -> client.json(ask));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, 1", "401, 4", "403, 4", "404, 1", "409, 1", "412, 1", "422, 1", "429, 1", "500, 3", "503, 3", "504, 3"
    })
    void aProblemHasAnExitCodeAndAllItsWords(int answered, int exitCode) {
        status = answered;
        type = "application/problem+json";
        body = "{\"type\":\"/problems/odd\",\"code\":\"odd\",\"detail\":\"one\",\"problems\":[\"one\",\"two\"]}";

        var failure = failure(Ask.get("/x").query("a", "b c&d"));

        assertThat(failure.exitCode()).isEqualTo(exitCode);
        assertThat(failure).hasMessage("one (odd, status %d)".formatted(answered));
        assertThat(failure.more()).containsExactly("- two", "try again in 7 s", "see %s/problems/odd".formatted(base));
        assertThat(seen).startsWith("/behind/v1/x?a=b+c%26d", "Bearer slc_x");
    }

    @ParameterizedTest
    @CsvSource({"200, text/html", "200, application/json", "404, text/html", "500, text/html", "302, text/html"})
    void somethingElseIsNoNode(int answered, String contentType) {
        status = answered;
        type = contentType;
        body = "<html>hello</html>";

        var failure = failure(Ask.get("/x"));

        assertThat(failure.exitCode()).isEqualTo(ExitCode.AWAY);
        assertThat(failure)
                .hasMessage("expected a Sluice node at %s, was something else (status %d)".formatted(base, answered));
        assertThat(seen.getFirst()).as("a redirection is not followed").isEqualTo("/behind/v1/x");
    }

    @Test
    void aSessionEndsWithWhatItWasFor() {
        body = "{\"user\":\"ann\",\"scopes\":[\"view\"],\"csrf\":\"c\"}";
        try (var client = Client.of(base, Optional.empty());
                var session = PasswordSession.open(client, "ann", "secret")) {
            assertThat(session.scopes()).containsExactly("view");
            assertThat(seen).containsExactly("/behind/v1/session", "null", "POST", "null");
        }

        assertThat(seen).containsExactly("/behind/v1/session", "null", "DELETE", "c");
    }

    @Test
    void silenceEnds() throws IOException {
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            base = URI.create("http://127.0.0.1:" + silent.getLocalPort());

            var ask = Ask.get("/x");
            var failure = failure(new Ask(ask.method(), ask.path(), ask.headers(), ask.body(), Duration.ofMillis(200)));

            assertThat(failure.exitCode()).isEqualTo(ExitCode.AWAY);
            assertThat(failure).hasMessageContaining("was no answer in time");
        }
    }

    @Test
    void speaksTlsWithWhomItTrusts() throws IOException, GeneralSecurityException {
        var certificates = Certificates.make(folder, "here");
        var tls = SSLContext.getInstance("TLS");
        tls.init(certificates.identity().getKeyManagers(), null, null);
        var secure = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls));
        secure.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("{}".getBytes(UTF_8));
            exchange.close();
        });
        secure.start();
        try (var trusting = Client.of(
                URI.create("https://127.0.0.1:" + secure.getAddress().getPort()),
                Optional.of(certificates.certificate()))) {
            base = trusting.base();

            assertThat(trusting.json(Ask.get("/x"))).isEmpty();
            assertThat(failure(Ask.get("/x"))).hasMessageContaining("was no TLS that can be trusted");
        } finally {
            secure.stop(0);
        }
    }

    @Test
    void certificatesMustBeSome() throws IOException {
        var file = folder.resolve("ca.pem");
        Files.writeString(file, "nonsense");

        for (var given : List.of(file, folder.resolve("none"))) {
            var failure = catchThrowableOfType(Failure.class, () -> Client.of(base, Optional.of(given)));
            assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(failure).hasMessageContaining("expected certificates in PEM");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "ftp://a", "http://", "http://u:slc_ab_secret@a", "http://a?b", "http://a#b", "http:// a"})
    void refusesWhatIsNoServer(String text) {
        var failure = catchThrowableOfType(TypeConversionException.class, () -> new Address().convert(text));

        assertThat(failure).hasMessageStartingWith("expected http://HOST:PORT");
        assertThat(failure.getMessage()).doesNotContain("secret");
    }

    @Test
    void aServerMayStandBehindAPath() {
        assertThat(new Address().convert("https://a.example/sluice//")).hasToString("https://a.example/sluice");
    }

    @Test
    void aLoginIsReadAsItWasWritten() throws IOException {
        var file = new LoginFile(folder.resolve("new/sluice/login.json"));
        var login = new LoginFile.Login(base, "ann", "n", "slc_n_s", "2026-05-01T00:00:00Z", Optional.of(folder));

        file.prepare();
        file.write(login);
        file.write(login);

        assertThat(file.read()).contains(login);
        assertThat(login.toString()).doesNotContain("slc_");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.file())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("new"))))
                .isEqualTo("rwx------");
        file.remove();
        assertThat(file.read()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "{}", "{\"url\":\"http://a\",\"token\":\"slc_secret\"}"})
    void aLoginThatIsNoneIsToldSo(String text) throws IOException {
        var file = new LoginFile(folder.resolve("login.json"));
        Files.writeString(file.file(), text);

        var failure = catchThrowableOfType(Failure.class, file::read);

        assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(failure).hasMessageContaining("remove it and log in").hasMessageNotContaining("secret");
    }

    @Test
    void aFolderOfOthersIsClosed() throws IOException {
        var file = new LoginFile(folder.resolve("sluice/login.json"));
        Files.createDirectory(
                folder.resolve("sluice"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));

        file.prepare();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("sluice"))))
                .isEqualTo("rwx------");
    }
}
