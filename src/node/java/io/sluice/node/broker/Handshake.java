package io.sluice.node.broker;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/// A TLS connection made as a Kafka client makes it, and closed at once.
final class Handshake {
    /// From so long before its end on a certificate is warned of.
    private static final Duration NOTICE = Duration.ofDays(30);

    /// Who answered.
    record Peer(String protocol, X509Certificate certificate) {
        String words() {
            return "speaks %s as [%s], certificate of [%s] until %s"
                    .formatted(
                            protocol,
                            certificate.getSubjectX500Principal(),
                            certificate.getIssuerX500Principal(),
                            end(certificate));
        }
    }

    private Handshake() {}

    /// @param properties of a Kafka client
    static Peer with(Server server, InetSocketAddress address, Map<String, Object> properties, Duration limit)
            throws Exception {
        try (var factory = new DefaultSslEngineFactory()) {
            var parsed = new HashMap<>(AdminClientConfig.configDef().parse(properties));
            factory.configure(parsed);
            var identification = (String) parsed.get(SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG);
            var asKafka = factory.createClientSslEngine(server.host(), server.port(), identification);
            try (var socket = open(factory.sslContext(), server, address, limit)) {
                socket.setSSLParameters(asKafka.getSSLParameters());
                socket.startHandshake();
                var session = socket.getSession();
                return new Peer(session.getProtocol(), (X509Certificate) session.getPeerCertificates()[0]);
            }
        }
    }

    /// Whether TLS is spoken there, with whatever certificate.
    static boolean isSpokenBy(Server server, InetSocketAddress address, Duration limit) {
        try (var socket = open(SSLContext.getDefault(), server, address, limit)) {
            socket.startHandshake();
            return true;
        } catch (SSLException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof CertificateException
                        || String.valueOf(cause.getMessage()).contains("alert")) {
                    return true;
                }
            }
            return false;
        } catch (IOException | GeneralSecurityException _) {
            return false;
        }
    }

    private static SSLSocket open(SSLContext context, Server server, InetSocketAddress address, Duration limit)
            throws IOException {
        var plain = Server.connect(address, limit);
        try {
            plain.setSoTimeout(Math.toIntExact(Math.max(1, limit.toMillis())));
            return (SSLSocket) context.getSocketFactory().createSocket(plain, server.host(), server.port(), true);
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    /// @param file with PEM texts, the first is the one that is shown to others
    static X509Certificate certificate(Path file) throws IOException, CertificateException {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    /// That a certificate will end soon.
    static Optional<String> notice(String whose, X509Certificate certificate) {
        return end(certificate).isBefore(Instant.now().plus(NOTICE))
                ? Optional.of("the certificate of %s ends at %s; renew it".formatted(whose, end(certificate)))
                : Optional.empty();
    }

    static boolean hasEnded(X509Certificate certificate) {
        return end(certificate).isBefore(Instant.now());
    }

    static Instant end(X509Certificate certificate) {
        return certificate.getNotAfter().toInstant();
    }
}
