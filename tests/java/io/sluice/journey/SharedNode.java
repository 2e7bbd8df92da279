package io.sluice.journey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.springframework.security.crypto.bcrypt.BCrypt;

/// The one node of the journeys that do it no harm: embedded Kafka, MQTT over TCP, TLS and WebSocket, one user. Started
/// when first asked for, ended with this process.
final class SharedNode {
    static final String USER = "plant-7";
    static final String PASSWORD = "open sesame";

    private static final Path FOLDER = folder();
    private static final int TLS_PORT = Launcher.freePort();
    private static final ANode NODE = start();

    private SharedNode() {}

    static ANode get() {
        return NODE;
    }

    static int tlsPort() {
        return TLS_PORT;
    }

    /// What clients trust.
    static Path certificate() {
        return FOLDER.resolve("certificate.pem");
    }

    static Path dataFolder() {
        return FOLDER.resolve("data");
    }

    static Path pidFile() {
        return FOLDER.resolve("node.pid");
    }

    private static ANode start() {
        selfSign();
        write(FOLDER.resolve("node.conf"), """
                sluice.mqtt {
                  listeners.tls { enabled = true, port = %d }
                  tls { certificate = "%s", key = "%s" }
                  users.%s {
                    password-hash = "%s"
                    publish = ["tbmq/plants/7/#"]
                    subscribe = ["tbmq/plants/7/#"]
                  }
                }
                """.formatted(
                        TLS_PORT,
                        certificate(),
                        FOLDER.resolve("key.pem"),
                        USER,
                        BCrypt.hashpw(PASSWORD, BCrypt.gensalt("$2b", 4))));
        var node = ANode.ready(
                FOLDER,
                "--config",
                FOLDER.resolve("node.conf").toString(),
                "--pid-file",
                pidFile().toString());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            node.close();
            delete();
        }));
        return node;
    }

    private static void delete() {
        try (var files = Files.walk(FOLDER)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void selfSign() {
        var signed = Ran.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=127.0.0.1",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                FOLDER.resolve("key.pem").toString(),
                "-out",
                certificate().toString());
        if (signed.code() != 0) {
            throw new IllegalStateException("openssl: expected a certificate, was " + signed.all());
        }
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("sluice-journey");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
