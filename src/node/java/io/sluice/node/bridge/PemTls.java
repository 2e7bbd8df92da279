package io.sluice.node.bridge;

import com.hivemq.client.mqtt.MqttClientSslConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/// TLS 1.3 and 1.2 towards a broker, from PEM files that are read anew at each connection. The host is checked.
final class PemTls {
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");
    private static final List<String> KEY_KINDS = List.of("EC", "RSA", "EdDSA");
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----", Pattern.DOTALL);

    private PemTls() {}

    /// @throws IllegalArgumentException if a file does not hold what it should
    static MqttClientSslConfig config(BridgeSettings.Tls tls, Duration handshakeTimeout) {
        var config = MqttClientSslConfig.builder()
                .protocols(PROTOCOLS)
                .handshakeTimeout(handshakeTimeout.toMillis(), TimeUnit.MILLISECONDS);
        try {
            if (tls.caCert().isPresent()) {
                config = config.trustManagerFactory(trust(tls.caCert().get()));
            }
            if (tls.clientCert().isPresent() && tls.clientKey().isPresent()) {
                config = config.keyManagerFactory(
                        identity(tls.clientCert().get(), tls.clientKey().get()));
            }
            return config.build();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("a PEM file cannot be used: " + e.getMessage(), e);
        }
    }

    private static TrustManagerFactory trust(Path file) throws IOException, GeneralSecurityException {
        var store = emptyStore();
        var certificates = certificates(file);
        for (int i = 0; i < certificates.length; i++) {
            store.setCertificateEntry("ca-" + i, certificates[i]);
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }

    private static KeyManagerFactory identity(Path chain, Path key) throws IOException, GeneralSecurityException {
        var store = emptyStore();
        store.setKeyEntry("client", privateKey(key), new char[0], certificates(chain));
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory;
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Certificate[] certificates(Path file) throws IOException, GeneralSecurityException {
        try (var in = Files.newInputStream(file)) {
            var found = CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw new IOException("%s: expected a certificate, was none".formatted(file));
            }
            return found.toArray(new Certificate[0]);
        }
    }

    private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
        var found = KEY.matcher(Files.readString(file));
        if (!found.find()) {
            throw new IOException("%s: expected an unencrypted PKCS #8 private key, was none".formatted(file));
        }
        var spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(found.group(1)));
        for (var kind : KEY_KINDS) {
            try {
                return KeyFactory.getInstance(kind).generatePrivate(spec);
            } catch (InvalidKeySpecException _) {
                // of another kind
            }
        }
        throw new IOException("%s: expected a key of kind %s, was none of them".formatted(file, KEY_KINDS));
    }
}
