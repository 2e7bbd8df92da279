package io.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/// The one place that speaks HTTP with a node.
final class Client implements AutoCloseable {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

    /// An answer that is a success.
    ///
    /// @param json a missing node if there is none
    record Reply(int status, HttpHeaders headers, byte[] body, JsonNode json) {}

    private final HttpClient http;
    private final URI base;
    private final List<String> credentials;

    private Client(HttpClient http, URI base, List<String> credentials) {
        this.http = http;
        this.base = base;
        this.credentials = List.copyOf(credentials);
    }

    /// Nobody yet.
    ///
    /// @param ca certificates to trust, instead of the machine's
    static Client of(URI base, Optional<Path> ca) {
        var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_LIMIT);
        ca.ifPresent(file -> http.sslContext(trusting(file)));
        return new Client(http.build(), base, List.of());
    }

    /// The same in the name of a token. Closing either closes both.
    Client token(String token) {
        return new Client(http, base, List.of("Authorization", "Bearer " + token));
    }

    /// The same in the name of a session.
    Client session(String cookie, String csrf) {
        return new Client(http, base, List.of("Cookie", cookie, "Sluice-Csrf", csrf));
    }

    URI base() {
        return base;
    }

    /// The JSON of an answer.
    ///
    /// @throws Failure if there is none that is a success
    JsonNode json(Ask ask) {
        var reply = send(ask);
        if (reply.json().isMissingNode()) {
            throw Failure.answered(reply.status(), reply.json(), base, Optional.empty());
        }
        return reply.json();
    }

    /// @throws Failure if there is no answer, or one that is no success
    Reply send(Ask ask) {
        try {
            var response = http.send(request(ask), BodyHandlers.ofByteArray());
            var type = response.headers().firstValue("Content-Type").orElse("");
            var json = type.contains("json")
                    ? Json.read(response.body()).orElse(MissingNode.getInstance())
                    : MissingNode.getInstance();
            if (response.statusCode() / 100 != 2) {
                throw Failure.answered(
                        response.statusCode(), json, base, response.headers().firstValue("Retry-After"));
            }
            return new Reply(response.statusCode(), response.headers(), response.body(), json);
        } catch (IOException e) {
            throw away(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw Failure.of(ExitCode.AWAY, "interrupted");
        }
    }

    /// Reads an answer line by line as it comes, until it ends, breaks off, or is no more wanted.
    ///
    /// @param each takes a line and says whether it wants another one
    /// @throws Failure if there is no answer, or one that is no success
    void lines(Ask ask, Predicate<String> each) {
        InputStream body;
        try {
            var response = http.send(request(ask), BodyHandlers.ofInputStream());
            body = response.body();
            if (response.statusCode() / 100 != 2) {
                var json = Json.read(body.readAllBytes()).orElse(MissingNode.getInstance());
                throw Failure.answered(
                        response.statusCode(), json, base, response.headers().firstValue("Retry-After"));
            }
        } catch (IOException e) {
            throw away(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw Failure.of(ExitCode.AWAY, "interrupted");
        }
        try (var lines = new BufferedReader(new InputStreamReader(body, UTF_8))) {
            for (var line = lines.readLine(); line != null && each.test(line); line = lines.readLine()) {}
        } catch (IOException _) {
            // whoever asks again is told
        }
    }

    private Failure away(IOException e) {
        return Failure.of(
                ExitCode.AWAY,
                "expected a Sluice node at %s, was %s; start one with ./sluice up, or name another with --url"
                        .formatted(base, words(e)));
    }

    private HttpRequest request(Ask ask) {
        var request = HttpRequest.newBuilder(URI.create(base + "/v1" + ask.path()))
                .timeout(ask.limit())
                .method(
                        ask.method(),
                        ask.body().length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(ask.body()));
        for (var headers : List.of(credentials, ask.headers())) {
            if (!headers.isEmpty()) {
                request.headers(headers.toArray(String[]::new));
            }
        }
        return request.build();
    }

    private static String words(IOException failure) {
        if (failure instanceof HttpTimeoutException) {
            return "no answer in time";
        }
        if (failure instanceof SSLException) {
            return "no TLS that can be trusted (%s)".formatted(failure.getMessage());
        }
        if (failure instanceof ConnectException) {
            return failure.getCause() instanceof ConnectException cause
                            && cause.getCause() instanceof UnresolvedAddressException
                    ? "no host of that name"
                    : "nobody there";
        }
        return Objects.requireNonNullElse(
                failure.getMessage(), failure.getClass().getSimpleName());
    }

    private static SSLContext trusting(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int count = 0;
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("ca-" + count++, certificate);
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw Failure.usage("--ca %s: expected certificates in PEM, was something else (%s)"
                    .formatted(file, e.getClass().getSimpleName()));
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
