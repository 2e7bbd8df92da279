package io.sluice.node.cluster;

import io.sluice.node.settings.CannotStart;
import io.sluice.node.settings.Pem;
import io.sluice.node.settings.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// What nodes prove themselves to each other with: mutual TLS 1.3, from PEM files.
///
/// @param certificate of this node, signed by the authority
/// @param key         its private key, RSA in PKCS #8: Pekko reads no other
/// @param authority   certificate of the one authority that signs for nodes
public record PeerTls(Path certificate, Path key, Path authority) {

    /// Reads `sluice.cluster.tls`; empty if it names no files.
    static Optional<PeerTls> from(Section section) {
        var certificate = Pem.CERTIFICATE.file(section, "certificate");
        var key = Pem.PRIVATE_KEY.file(section, "key");
        var authority = Pem.CERTIFICATE.file(section, "ca");
        if (Stream.of(certificate, key, authority).allMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        checkNamed(section, "certificate", certificate);
        checkNamed(section, "key", key);
        checkNamed(section, "ca", authority);
        var none = Path.of("");
        return Optional.of(new PeerTls(certificate.orElse(none), key.orElse(none), authority.orElse(none)));
    }

    private static void checkNamed(Section section, String key, Optional<Path> file) {
        if (file.isEmpty()) {
            section.problem(key, "must name a PEM file: nodes prove themselves by certificate, key and ca together");
        }
    }

    /// Looks into the files, which the transport would do at the first connection only.
    ///
    /// @throws CannotStart if no other node could accept this one
    public void check() {
        try {
            var own = read(certificate);
            own.checkValidity();
            own.verify(read(authority).getPublicKey());
            if (!(own.getPublicKey() instanceof RSAKey open)
                    || !open.getModulus().equals(readKey().getModulus())) {
                throw new InvalidKeyException("a certificate of another key, or none of RSA");
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new CannotStart(
                    "sluice.cluster.tls: expected a valid certificate [%s] signed by the authority [%s] for the RSA key [%s], was %s"
                            .formatted(certificate, authority, key, e.getMessage()),
                    e);
        }
    }

    private RSAKey readKey() throws IOException, GeneralSecurityException {
        var base64 = Files.readString(key).replaceAll("-----[^-]*-----", "");
        try {
            var encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64));
            return (RSAKey) KeyFactory.getInstance("RSA").generatePrivate(encoded);
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new InvalidKeyException("a key that is not RSA in PKCS #8", e);
        }
    }

    /// Trusts what the authority signed, for the management of other nodes. Host names are checked.
    ///
    /// @throws CannotStart if the authority's certificate cannot be read
    SSLContext trusting() {
        try {
            var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry("authority", read(authority));
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            var context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new CannotStart(
                    "sluice.cluster.tls.ca: expected a certificate in [%s], was %s"
                            .formatted(authority, e.getMessage()),
                    e);
        }
    }

    private static X509Certificate read(Path file) throws IOException, GeneralSecurityException {
        try (var in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
