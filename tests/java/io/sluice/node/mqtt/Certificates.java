package io.sluice.node.mqtt;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/// A self-signed certificate made by keytool, as key store and as PEM files.
public record Certificates(Path directory, String name, KeyStore store) {
    private static final char[] PASSWORD = "changeit".toCharArray();

    public static Certificates make(Path directory, String name) {
        var file = directory.resolve(name + ".p12");
        try {
            var keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            name,
                            "-dname",
                            "CN=" + name + ",O=Sluice",
                            "-ext",
                            "san=dns:localhost,ip:127.0.0.1",
                            "-keyalg",
                            "EC",
                            "-validity",
                            "2",
                            "-storetype",
                            "PKCS12",
                            "-storepass",
                            new String(PASSWORD),
                            "-keystore",
                            file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (keytool.waitFor() != 0) {
                throw new IllegalStateException(
                        "keytool: expected to make a certificate, exited with " + keytool.exitValue());
            }
            var store = KeyStore.getInstance(file.toFile(), PASSWORD);
            var made = new Certificates(directory, name, store);
            made.pem("key", "PRIVATE KEY", store.getKey(name, PASSWORD).getEncoded());
            made.pem("certificate", "CERTIFICATE", store.getCertificate(name).getEncoded());
            return made;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("certificate " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("certificate " + name, e);
        }
    }

    public Path key() {
        return directory.resolve(name + ".key.pem");
    }

    public Path certificate() {
        return directory.resolve(name + ".certificate.pem");
    }

    public KeyManagerFactory identity() {
        try {
            var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, PASSWORD);
            return factory;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Trusts this certificate only.
    TrustManagerFactory trust() {
        try {
            var trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry(name, store.getCertificate(name));
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            return factory;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void pem(String part, String type, byte[] der) throws IOException {
        var body = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(der);
        Files.writeString(
                directory.resolve(name + "." + part + ".pem"),
                "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(type, body, type));
    }
}
