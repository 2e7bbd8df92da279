package io.sluice.node.settings;

import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.sluice.node.secret.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/// TLS of one of the node's HTTP servers: TLS 1.3 and 1.2, read from PEM files at start.
///
/// @param certificate chain of the server
/// @param key         its private key, PKCS #8
/// @param keyPassword empty if the key file is not encrypted
public record ServerTls(Path certificate, Path key, Secret keyPassword) {

    /// Versions of the protocol that are spoken.
    public static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /// Reads a section `tls`; empty if it names no files.
    ///
    /// @param host the server listens on: one beyond loopback needs TLS, unless `required` is off
    public static Optional<ServerTls> from(Section section, String host) {
        var certificate = section.file("certificate");
        var key = section.file("key");
        var password = section.secret("key-password");
        var required = section.flag("required");
        if (isEmpty(certificate) && isEmpty(key)) {
            if (required && !ServerAddress.isLoopback(host)) {
                section.problem(
                        "certificate",
                        "must name a PEM file, for host %s is beyond loopback; or set required = off if something in front of it speaks TLS"
                                .formatted(host));
            }
            return Optional.empty();
        }
        checkReadable(section, "certificate", certificate);
        checkReadable(section, "key", key);
        return Optional.of(new ServerTls(certificate, key, password));
    }

    private static boolean isEmpty(Path file) {
        return file.toString().isEmpty();
    }

    private static void checkReadable(Section section, String key, Path file) {
        if (isEmpty(file) || !Files.isReadable(file)) {
            section.problem(key, "must be a readable PEM file, was " + (isEmpty(file) ? "nothing" : file));
        }
    }

    /// What the server shows.
    ///
    /// @param where the section, for the error
    /// @throws CannotStart if the files do not hold what they should
    public SSLContext context(String where) {
        try {
            var password = keyPassword.isEmpty() ? null : keyPassword.reveal();
            var built = SslContextBuilder.forServer(certificate.toFile(), key.toFile(), password)
                    .sslProvider(SslProvider.JDK)
                    .build();
            return ((JdkSslContext) built).context();
        } catch (IllegalArgumentException | SSLException e) {
            throw new CannotStart(
                    "%s: expected PEM files with a certificate chain [%s] and its PKCS#8 key [%s], was %s"
                            .formatted(where, certificate, key, e.getMessage()),
                    e);
        }
    }
}
