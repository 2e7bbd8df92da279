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

    static NodeAuthority make(Path folder, String name) throws IOException, InterruptedException {
        var made = new NodeAuthority(folder, name);
        made.keytool("-genkeypair", "ca", "-dname", "CN=" + name, "-keyalg", "EC", "-ext", "bc:c", "-validity", "2");
        made.keytool("-exportcert", "ca", "-rfc", "-file", made.certificate().toString());
        return made;
    }

    Path certificate() {
        return folder.resolve(name + ".pem");
    }

    /// A certificate for a node with a name, and for any loopback address the tests use.
    PeerTls node(String commonName) throws IOException, InterruptedException, GeneralSecurityException {
        return node(commonName, "RSA");
    }

    PeerTls node(String commonName, String keyKind) throws IOException, InterruptedException, GeneralSecurityException {
        var request = folder.resolve("%s-%s.csr".formatted(name, commonName));
        var signed = folder.resolve("%s-%s.pem".formatted(name, commonName));
        var key = folder.resolve("%s-%s.key".formatted(name, commonName));
        keytool("-genkeypair", commonName, "-dname", "CN=" + commonName, "-keyalg", keyKind);
        keytool("-certreq", commonName, "-file", request.toString());
        keytool(
                "-gencert",
                "ca",
                "-infile",
                request.toString(),
                "-outfile",
                signed.toString(),
                "-rfc",
                "-ext",
                "san=ip:127.0.0.1,ip:127.0.0.2,ip:127.0.0.3",
                "-validity",
                "2");
        var store = KeyStore.getInstance(store().toFile(), PASSWORD.toCharArray());
        var encoded = store.getKey(commonName, PASSWORD.toCharArray()).getEncoded();
        Files.writeString(
                key,
                "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
                        .formatted(Base64.getMimeEncoder().encodeToString(encoded)));
        return new PeerTls(signed, key, certificate());
    }

    private Path store() {
        return folder.resolve(name + ".p12");
    }

    private void keytool(String command, String alias, String... more) throws IOException, InterruptedException {
        var tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var line = new ArrayList<>(List.of(tool, command, "-alias", alias, "-storetype", "PKCS12"));
        line.addAll(List.of("-keystore", store().toString(), "-storepass", PASSWORD));
        line.addAll(List.of(more));
        var log = folder.resolve("keytool.log");
        var ended = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        if (ended != 0) {
            throw new IllegalStateException("keytool %s: %s".formatted(command, Files.readString(log)));
        }
    }
}
