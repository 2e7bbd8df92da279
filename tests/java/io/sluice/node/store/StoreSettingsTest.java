package io.sluice.node.store;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.secret.Secret;
import io.sluice.node.settings.Section;
import io.sluice.node.settings.SettingsContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreSettingsTest implements SettingsContract<StoreSettings> {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static Path certificate;

    @BeforeAll
    static void write() throws IOException {
        certificate = Files.writeString(folder.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----");
    }

    @Override
    public String path() {
        return "sluice.store";
    }

    @Override
    public StoreSettings read(Section section) {
        return StoreSettings.from(section);
    }

    @Override
    public StoreSettings defaults() {
        return new StoreSettings(Path.of("./data/store"), 100_000);
    }

    @Override
    public Map<String, String> changes() {
        return Map.ofEntries(
                entry("type", "h2"),
                entry("dir", "/var/lib/sluice/store"),
                entry("dead-letters-max", "1"),
                entry("postgresql.hosts", "postgres-1:5432,[::1]:5433"),
                entry("postgresql.database", "other"),
                entry("postgresql.user", "somebody"),
                entry("postgresql.password", "hunter2"),
                entry("postgresql.tls", "verify-ca"),
                entry("postgresql.ca-cert", certificate.toString()),
                entry("postgresql.connections-max", "2"),
                entry("postgresql.connect-timeout", "1s"),
                entry("postgresql.statement-timeout", "1s"),
                entry("postgresql.socket-timeout", "9s"));
    }

    /// Without it the keys of the server are read and not used.
    @Override
    public Map<String, String> company() {
        return Map.of("type", "postgresql");
    }

    @Test
    void readsTheDefaultsOfAServer() {
        assertThat(readWith(company()).postgresql())
                .contains(new PostgresqlSettings(
                        List.of("127.0.0.1:5432"),
                        "sluice",
                        "sluice",
                        Secret.of(""),
                        PostgresqlSettings.Tls.VERIFY_FULL,
                        Optional.empty(),
                        8,
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(8)));
    }

    @Test
    void tellsAllThatIsWrongWithAServer() {
        var problems = problemsWith(Map.of(
                "type", "postgresql",
                "postgresql.hosts", "jdbc:postgresql://h/d?user=x",
                "postgresql.database", "",
                "postgresql.user", "",
                "postgresql.tls", "prefer",
                "postgresql.ca-cert", "/nowhere.pem",
                "postgresql.socket-timeout", "5s",
                "postgresql.pasword", "hunter2"));

        assertThat(problems)
                .containsExactlyInAnyOrder(
                        "command line: sluice.store.postgresql.hosts has a bad server address: expected host:port such"
                                + " as postgres-1:5432 or [::1]:5432, was jdbc:postgresql://h/d?user=x",
                        "command line: sluice.store.postgresql.tls must be one of verify-full, verify-ca, require,"
                                + " disable, was prefer",
                        "command line: sluice.store.postgresql.ca-cert must be a readable PEM file, was /nowhere.pem",
                        "command line: sluice.store.postgresql.database must not be empty",
                        "command line: sluice.store.postgresql.user must not be empty",
                        "command line: sluice.store.postgresql.socket-timeout must be longer than statement-timeout,"
                                + " or it ends what still runs",
                        "command line: sluice.store.postgresql.pasword is not a key; nearest is password");
    }

    @Test
    void refusesACertificateThatNobodyWouldLookAt() {
        assertThat(problemsWith(Map.of(
                        "type", "postgresql",
                        "postgresql.tls", "require",
                        "postgresql.ca-cert", certificate.toString())))
                .containsExactly("command line: sluice.store.postgresql.ca-cert must be empty when tls is require,"
                        + " which checks no certificate");
    }

    @Test
    void showsNoPassword() {
        assertThat(readWith(Map.of("type", "postgresql", "postgresql.password", "hunter2")))
                .asString()
                .contains("password=***")
                .doesNotContain("hunter2");
    }

    @Test
    void refusesADirectoryThatEndsTheUrl() {
        assertThat(problemsWith(Map.of("dir", "/tmp/a;INIT=x")))
                .containsExactly("command line: sluice.store.dir must not contain ; which ends a JDBC URL, was"
                        + " /tmp/a;INIT=x");
    }
}
