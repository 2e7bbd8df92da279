package io.sluice.node.broker;

import io.sluice.node.secret.Secret;
import io.sluice.node.settings.Pem;
import io.sluice.node.settings.Section;
import io.sluice.node.settings.ServerAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;

/// One Kafka cluster: where it is and how it lets us in.
///
/// @param name             what integrations call it
/// @param service          kind of service
/// @param auth             how we prove who we are
/// @param user             empty unless auth takes a password
/// @param password         empty unless auth takes one
/// @param tls              whether connections are encrypted
/// @param caCert           PEM file of the certificates we trust; empty: those of the Java runtime
/// @param clientCert       PEM file of our certificate chain, for `mtls`
/// @param clientKey        PEM file of our private key (PKCS #8, not encrypted), for `mtls`
/// @param bootstrapServers `host:port` each; empty: the embedded broker, for `default` only
public record BrokerSettings(
        String name,
        Service service,
        Auth auth,
        String user,
        Secret password,
        boolean tls,
        Optional<Path> caCert,
        Optional<Path> clientCert,
        Optional<Path> clientKey,
        List<String> bootstrapServers) {

    /// Kind of service.
    public enum Service {
        KAFKA
    }

    /// How we prove who we are.
    public enum Auth {
        NONE,
        PLAIN,
        SCRAM_SHA_256,
        SCRAM_SHA_512,
        MTLS,
        OAUTHBEARER,
        AWS_IAM;

        /// Whether it takes a user and a password.
        boolean password() {
            return this == PLAIN || this == SCRAM_SHA_256 || this == SCRAM_SHA_512;
        }

        boolean available() {
            return this != OAUTHBEARER && this != AWS_IAM;
        }
    }

    private enum Tls {
        AUTO,
        ON,
        OFF
    }

    public BrokerSettings {
        bootstrapServers = List.copyOf(bootstrapServers);
    }

    /// Reads one section of `sluice.brokers`.
    public static BrokerSettings from(String name, Section section) {
        var service = section.choice("service", Service.class);
        var auth = section.choice("auth", Auth.class);
        var tls = section.choice("tls", Tls.class);
        var caCert = Pem.CERTIFICATE.file(section, "ca-cert");
        var settings = new BrokerSettings(
                name,
                service,
                auth,
                section.text("user"),
                section.secret("password"),
                tls == Tls.ON || (tls == Tls.AUTO && (auth != Auth.NONE || caCert.isPresent())),
                caCert,
                Pem.CERTIFICATE.file(section, "client-cert"),
                Pem.PRIVATE_KEY.file(section, "client-key"),
                servers(section));
        settings.check(section);
        return settings;
    }

    /// The same broker found at other servers.
    public BrokerSettings at(List<String> servers) {
        return new BrokerSettings(name, service, auth, user, password, tls, caCert, clientCert, clientKey, servers);
    }

    /// What any Kafka client needs to reach this broker. Certificates and key are read anew at each call, so that a
    /// client built after a renewal uses the new ones.
    ///
    /// @throws UncheckedIOException if a PEM file cannot be read any more
    public Map<String, Object> clientProperties() {
        var properties = new LinkedHashMap<String, Object>();
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(
                CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
                (auth.password() ? "SASL_" : "") + (tls ? "SSL" : "PLAINTEXT"));
        if (auth.password()) {
            properties.put(SaslConfigs.SASL_MECHANISM, auth.name().replace('_', '-'));
            properties.put(SaslConfigs.SASL_JAAS_CONFIG, new Password(Jaas.line(auth, user, password)));
        }
        caCert.ifPresent(file -> {
            properties.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
            properties.put(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, pem(file));
        });
        clientCert.ifPresent(file -> {
            properties.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "PEM");
            properties.put(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG, pem(file));
        });
        clientKey.ifPresent(file -> properties.put(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, pem(file)));
        return properties;
    }

    private void check(Section section) {
        if (!auth.available()) {
            section.problem("auth", "is not available yet; use none, plain, scram-sha-256, scram-sha-512 or mtls");
        }
        if (auth.password() && user.isEmpty()) {
            section.problem("user", "must not be empty when auth takes a password");
        }
        if (auth.password() && password.isEmpty()) {
            section.problem("password", "must not be empty when auth takes one");
        }
        if (auth == Auth.NONE && !user.isEmpty()) {
            section.problem("user", "must be empty when auth is none; set auth, e.g. scram-sha-512");
        }
        if (auth == Auth.MTLS && !tls) {
            section.problem("tls", "must not be off when auth is mtls");
        }
        if ((auth == Auth.MTLS || clientKey.isPresent()) && clientCert.isEmpty()) {
            section.problem("client-cert", "must name a PEM file, together with client-key");
        }
        if ((auth == Auth.MTLS || clientCert.isPresent()) && clientKey.isEmpty()) {
            section.problem("client-key", "must name a PEM file, together with client-cert");
        }
    }

    private static List<String> servers(Section section) {
        var servers = section.textsOrCommas("bootstrap-servers");
        for (var server : servers) {
            try {
                ServerAddress.check(server, "kafka-1:9092 or [::1]:9092");
            } catch (IllegalArgumentException e) {
                section.problem("bootstrap-servers", "has a bad " + e.getMessage());
            }
        }
        return servers;
    }

    private static Password pem(Path file) {
        try {
            return new Password(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("PEM file %s: expected a readable file".formatted(file), e);
        }
    }
}
