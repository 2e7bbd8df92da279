package io.sluice.node.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// An authority made by keytool that signs certificates of nodes, as PEM files.
record NodeAuthority(Path folder, String name) {
    private static final String PASSWORD = "changeit";

    static NodeAuthority make(Path folder, String name) throws Exception {
        var made = new NodeAuthority(folder, name);
        made.keytool("ca", "EC", "-dname", "CN=" + name, "-ext", "bc:c");
        made.pem(
                made.certificate(),
                "CERTIFICATE",
                made.store().getCertificate("ca").getEncoded());
        return made;
    }

    Path certificate() {
        return folder.resolve(name + ".pem");
    }

    PeerTls node(String commonName) throws Exception {
        return node(commonName, "RSA");
    }

    /// A certificate for a node with a name, and for the loopback addresses the tests use.
    PeerTls node(String commonName, String keyKind) throws Exception {
        var addresses = "san=ip:127.0.0.1,ip:127.0.0.2,ip:127.0.0.3";
        keytool(commonName, keyKind, "-dname", "CN=" + commonName, "-signer", "ca", "-ext", addresses);
        var signed = folder.resolve("%s-%s.pem".formatted(name, commonName));
        var key = folder.resolve("%s-%s.key".formatted(name, commonName));
        var store = store();
        pem(signed, "CERTIFICATE", store.getCertificate(commonName).getEncoded());
        pem(key, "PRIVATE KEY", store.getKey(commonName, PASSWORD.toCharArray()).getEncoded());
        return new PeerTls(signed, key, certificate());
    }

    /// Everything it signed, with keys.
    KeyStore store() throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(file().toFile(), PASSWORD.toCharArray());
    }

    static char[] password() {
        return PASSWORD.toCharArray();
    }

    private Path file() {
        return folder.resolve(name + ".p12");
    }

    private void pem(Path file, String type, byte[] encoded) throws IOException {
        var body = Base64.getMimeEncoder().encodeToString(encoded);
        Files.writeString(file, "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(type, body, type));
    }

    private void keytool(String alias, String keyKind, String... more) throws IOException, InterruptedException {
        var tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var line = new ArrayList<>(List.of(tool, "-J-XX:TieredStopAtLevel=1", "-genkeypair", "-alias", alias));
        line.addAll(List.of("-keyalg", keyKind, "-validity", "2", "-storetype", "PKCS12"));
        line.addAll(List.of("-keystore", file().toString(), "-storepass", PASSWORD));
        line.addAll(List.of(more));
        if (keyKind.equals("RSA")) {
            line.addAll(List.of("-keysize", "2048"));
        }
        var log = folder.resolve(name + ".log");
        var ended = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        if (ended != 0) {
            throw new IllegalStateException("keytool %s: %s".formatted(alias, Files.readString(log)));
        }
    }
}
