package io.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.TestKafka;
import io.sluice.node.mqtt.Certificates;
import io.sluice.node.settings.CannotStart;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The REST API and management of a whole node over TLS.
@Tag("kafka")
class RestTlsTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void speaksTlsAndKeepsItsCookieForIt() throws Exception {
        var certificates = Certificates.make(folder, "server");
        var tls =
                "tls { certificate = \"%s\", key = \"%s\" }".formatted(certificates.certificate(), certificates.key());
        try (var node = OneNode.start(
                        folder,
                        TestKafka.bootstrapServers(),
                        "sluice { api { %s }, management { %s } }".formatted(tls, tls));
                var client = HttpClient.newBuilder()
                        .sslContext(trusting(certificates))
                        .build()) {
            var login = HttpRequest.newBuilder(https(node.node().apiAddress().getPort(), "/v1/session"))
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{\"user\":\"admin\",\"password\":\"let me in\"}"))
                    .build();

            var reply = client.send(login, BodyHandlers.ofString());

            assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
            assertThat(reply.headers().firstValue("Set-Cookie").orElse("")).endsWith("; Secure");
            assertThat(get(client, https(node.node().managementAddress().getPort(), "/alive"))
                            .body())
                    .isEqualTo("alive\n");
            assertThatThrownBy(() -> Rest.nobody(node).get("/docs")).isInstanceOf(java.io.UncheckedIOException.class);
        }
    }

    @Test
    void sayWhatIsWrongWithItsFiles() throws IOException {
        var none = Files.writeString(folder.resolve("none.pem"), "nothing");

        assertThatThrownBy(() -> OneNode.start(
                                folder,
                                TestKafka.bootstrapServers(),
                                "sluice.api.tls { certificate = \"%s\", key = \"%s\" }".formatted(none, none))
                        .close())
                .isInstanceOf(CannotStart.class)
                .hasMessageStartingWith("sluice.api.tls: expected PEM files with a certificate chain");
    }

    private static HttpResponse<String> get(HttpClient client, URI uri) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    private static URI https(int port, String path) {
        return URI.create("https://localhost:" + port + path);
    }

    private static SSLContext trusting(Certificates certificates) throws GeneralSecurityException {
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(certificates.store());
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
