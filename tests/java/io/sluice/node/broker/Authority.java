package io.sluice.node.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// An authority made by keytool that signs certificates with dates of their own.
record Authority(Path folder) {
    private static final String PASSWORD = "changeit";

    static Authority make(Path folder) throws IOException, InterruptedException {
        var made = new Authority(folder);
        made.keytool(
                "-genkeypair", "ca", "-dname", "CN=authority", "-keyalg", "EC", "-ext", "bc:c", "-validity", "365");
        made.keytool("-exportcert", "ca", "-rfc", "-file", made.certificate().toString());
        return made;
    }

    Path certificate() {
        return folder.resolve("authority.pem");
    }

    /// A server's side of TLS with a certificate for localhost and 127.0.0.1, or for another name.
    SSLContext server(String alias, String names, String begins, int days)
            throws IOException, InterruptedException, GeneralSecurityException {
        var request = folder.resolve(alias + ".csr").toString();
        var signed = folder.resolve(alias + ".pem").toString();
        keytool("-genkeypair", alias, "-dname", "CN=" + alias, "-keyalg", "EC");
        keytool("-certreq", alias, "-file", request);
        keytool(
                "-gencert",
                "ca",
                "-infile",
                request,
                "-outfile",
                signed,
                "-rfc",
                "-ext",
                "san=" + names,
                "-startdate",
                begins,
                "-validity",
                String.valueOf(days));
        Files.writeString(Path.of(signed), Files.readString(certificate()), StandardOpenOption.APPEND);
        keytool("-importcert", alias, "-file", signed, "-noprompt");
        return context(alias);
    }

    private SSLContext context(String alias) throws IOException, GeneralSecurityException {
        var all = KeyStore.getInstance(store().toFile(), PASSWORD.toCharArray());
        var one = KeyStore.getInstance("PKCS12");
        one.load(null, null);
        one.setKeyEntry(
                alias,
                all.getKey(alias, PASSWORD.toCharArray()),
                PASSWORD.toCharArray(),
                all.getCertificateChain(alias));
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(one, PASSWORD.toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private Path store() {
        return folder.resolve("authority.p12");
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
