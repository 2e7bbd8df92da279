package io.sluice.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.node.PostgresServer;
import io.sluice.node.mqtt.Certificates;
import io.sluice.node.settings.CannotStart;
import io.sluice.node.store.PostgresqlSettings.Tls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whom a node trusts. The server's certificate is of localhost and 127.0.0.1; it listens at 127.0.0.2 too.
@SuppressWarnings("NullAway.Init")
class PostgresqlTlsTest {
    @TempDir
    private static Path folder;

    private static PostgresServer server;
    private static String database;
    private static Certificates own;
    private static Certificates other;

    @BeforeAll
    static void start() throws IOException {
        own = Certificates.make(folder, "own");
        other = Certificates.make(folder, "other");
        server = PostgresServer.start("listen_addresses = '127.0.0.1,127.0.0.2'");
        database = server.database();
        server.seal(own.certificate(), own.key());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void sealsTowardsTheHostOfTheCertificate() {
        assertSealed(settings("localhost", Tls.VERIFY_FULL, Optional.of(own.certificate())));
    }

    @Test
    void sealsTowardsAnyHostWithTheCertificateIfToldSo() {
        assertSealed(settings("127.0.0.2", Tls.VERIFY_CA, Optional.of(own.certificate())));
    }

    @Test
    void sealsTowardsAnybodyIfToldSo() {
        assertSealed(settings("127.0.0.2", Tls.REQUIRE, Optional.empty()));
    }

    @Test
    void refusesAHostThatIsNotTheCertificates() {
        assertRefused(settings("127.0.0.2", Tls.VERIFY_FULL, Optional.of(own.certificate())), "hostname 127.0.0.2");
    }

    @Test
    void refusesACertificateOfSomebodyElse() {
        assertRefused(
                settings("127.0.0.1", Tls.VERIFY_CA, Optional.of(other.certificate())),
                "unable to find valid certification path");
    }

    @Test
    void refusesACertificateThatJavaDoesNotTrust() {
        assertRefused(
                settings("127.0.0.1", Tls.VERIFY_FULL, Optional.empty()), "unable to find valid certification path");
    }

    @Test
    void refusesAServerThatDoesNotSeal() {
        var plain = PostgresServer.shared();
        var wanted = settings(plain.host(), plain.database(), Tls.VERIFY_FULL, Optional.empty());

        assertThatThrownBy(() -> open(wanted))
                .isInstanceOf(CannotStart.class)
                .hasMessage(
                        "store [postgresql://%s/%s]: tls = verify-full cannot be had: The server does not support SSL;"
                                + " mend the server's certificate, sluice.store.postgresql.ca-cert or .tls",
                        plain.host(), wanted.database());
    }

    private static void assertSealed(PostgresqlSettings settings) {
        try (var connections = new Database(new Postgresql(settings))) {
            var sealed = connections.call("seal", connection -> {
                try (var row = connection
                        .createStatement()
                        .executeQuery("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
                    row.next();
                    return row.getBoolean(1);
                }
            });
            assertThat(sealed).isTrue();
        }
    }

    private static void assertRefused(PostgresqlSettings settings, String why) {
        assertThatThrownBy(() -> open(settings))
                .isInstanceOf(CannotStart.class)
                .message()
                .startsWith("store [%s]: tls = %s cannot be had: "
                        .formatted(Postgresql.place(settings), settings.tls().word()))
                .contains(why)
                .endsWith("; mend the server's certificate, sluice.store.postgresql.ca-cert or .tls")
                .hasLineCount(1);
    }

    private static void open(PostgresqlSettings settings) {
        Store.open(new StoreSettings(folder, Optional.of(settings), 1)).close();
    }

    private static PostgresqlSettings settings(String host, Tls tls, Optional<Path> caCert) {
        return settings(host + ":" + server.port(), database, tls, caCert);
    }

    private static PostgresqlSettings settings(String host, String database, Tls tls, Optional<Path> caCert) {
        var one = AnyStore.on(host, database);
        return new PostgresqlSettings(
                List.of(host),
                database,
                one.user(),
                one.password(),
                tls,
                caCert,
                one.connectionsMax(),
                one.connectTimeout(),
                one.statementTimeout(),
                one.socketTimeout());
    }
}
