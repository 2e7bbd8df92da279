package io.sluice.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sluice.node.PostgresServer;
import io.sluice.node.secret.Secret;
import io.sluice.node.settings.CannotStart;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Several nodes on one server, and a server that does not let a node in.
class PostgresqlTest {
    private static final String NOBODY = "127.0.0.1:1";

    private final PostgresServer server = PostgresServer.shared();
    private final String database = server.database();

    @Test
    void epochsRiseOverAllNodesThatRace() throws Exception {
        try (var first = open(settings());
                var second = open(settings());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var epochs = IntStream.range(0, 400)
                    .mapToObj(i -> threads.submit(
                            () -> (i % 2 == 0 ? first : second).epochs().next("telemetry")))
                    .toList();

            var handedOut = new ArrayList<Long>();
            for (var epoch : epochs) {
                handedOut.add(epoch.get(60, TimeUnit.SECONDS));
            }
            assertThat(handedOut)
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.rangeClosed(1, 400).boxed().toList());
        }
    }

    @Test
    void nodesShareTheDeadLetters() {
        try (var first = open(settings());
                var second = open(settings())) {
            first.deadLetters().add(Letters.letter("telemetry", "arrival-1"));
            second.deadLetters().add(Letters.letter("telemetry", "arrival-1"));
            second.deadLetters().add(Letters.letter("telemetry", "arrival-2"));

            assertThat(first.deadLetters().list("telemetry", 10, 0))
                    .extracting(kept -> kept.letter().arrivalId() + " x" + kept.times())
                    .containsExactly("arrival-1 x2", "arrival-2 x1");
        }
    }

    /// The second node counted when there was room for all, and does not count at each letter.
    @Test
    void twoNodesKeepLittleMoreThanAllowed() {
        var max = 200;
        try (var first = open(settings(), max);
                var second = open(settings(), max)) {
            second.deadLetters().add(Letters.letter("telemetry", "early"));
            var filled = fill(first, "first");
            var late = fill(second, "second");

            assertThat(filled).isEqualTo(max - 1);
            assertThat(late).isLessThan(max / 10);
        }
    }

    @Test
    void nodesThatStartAtOnceMakeTheTablesOnce() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var opened = IntStream.range(0, 4)
                    .mapToObj(_ -> CompletableFuture.supplyAsync(() -> open(settings()), threads))
                    .toList();

            assertThat(opened).allSatisfy(store -> assertThat(store).succeedsWithin(Duration.ofSeconds(60)));
            opened.forEach(store -> store.join().close());
        }
    }

    @Test
    void startsWithTheFewestConnections() {
        var few = with(settings(), PostgresqlSettings.CONNECTIONS_LEAST);
        try (var store = open(few)) {
            assertThat(store.epochs().next("telemetry")).isOne();
        }
    }

    @Test
    void keepsWhatItReturnedAlsoWhereTheServerDoesNot() {
        server.execute("postgres", "ALTER DATABASE %s SET synchronous_commit = off".formatted(database));
        var engine = new Postgresql(settings());

        try (var connections = new Database(engine)) {
            var found = connections.call("setting", connection -> {
                try (var row = connection.createStatement().executeQuery("SHOW synchronous_commit")) {
                    row.next();
                    return row.getString(1);
                }
            });

            assertThat(found).isEqualTo("on");
        }
    }

    @Test
    void refusesAServerThatIsNotThere() {
        assertRefused(
                at(NOBODY, database),
                "store [postgresql://127.0.0.1:1/%s]: cannot be reached: Connection refused; start it or mend"
                        + " sluice.store.postgresql.hosts",
                database);
    }

    @Test
    void refusesAServerThatSaysNothing() throws IOException {
        try (var silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            var host = "127.0.0.1:" + silent.getLocalPort();
            var started = System.nanoTime();

            assertThatThrownBy(() -> open(at(host, database)))
                    .isInstanceOf(CannotStart.class)
                    .message()
                    .startsWith("store [postgresql://%s/%s]: cannot be reached: ".formatted(host, database))
                    .hasLineCount(1);
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(9));
        }
    }

    @Test
    void findsTheServerThatIsThereAmongSeveral() {
        try (var store = open(at(NOBODY + "," + server.host(), database))) {
            assertThat(store.epochs().next("telemetry")).isOne();
        }
    }

    @Test
    void refusesAWrongPassword() {
        assertRefused(
                as(PostgresServer.USER, "canary/wrong+91"),
                "store [postgresql://%s/%s]: refuses user [sluice]: FATAL: password authentication failed for user"
                        + " \"sluice\"; mend sluice.store.postgresql.user or .password (SLUICE_STORE_PASSWORD), or the"
                        + " server's pg_hba.conf",
                server.host(),
                database);
    }

    @Test
    void refusesAPasswordThatIsMissing() {
        assertRefused(
                as(PostgresServer.USER, ""),
                "store [postgresql://%s/%s]: refuses user [sluice]: The server requested SCRAM-based authentication,"
                        + " but the password is an empty string; mend sluice.store.postgresql.user or .password"
                        + " (SLUICE_STORE_PASSWORD), or the server's pg_hba.conf",
                server.host(),
                database);
    }

    @Test
    void refusesADataBaseThatIsMissing() {
        assertRefused(
                at(server.host(), "nowhere"),
                "store [postgresql://%s/nowhere]: has no such data base: FATAL: database \"nowhere\" does not exist;"
                        + " make it, CREATE DATABASE \"nowhere\" OWNER \"sluice\", or mend"
                        + " sluice.store.postgresql.database",
                server.host());
    }

    @Test
    void refusesADataBaseOfSomebodyElse() {
        assertRefused(
                at(server.host(), "postgres"),
                "store [postgresql://%s/postgres]: user [sluice] may not make its tables: ERROR: permission denied for"
                        + " schema public; make it owner of the data base or GRANT CREATE ON SCHEMA public",
                server.host());
    }

    @Test
    void refusesAServerThatIsTooOld() {
        var engine = new Postgresql(settings());

        assertThatThrownBy(() -> engine.checkVersion(14, "14.9"))
                .isInstanceOf(CannotStart.class)
                .hasMessage(
                        "store [postgresql://%s/%s]: too old: PostgreSQL 14.9, expected 15 or newer; upgrade it or"
                                + " set other sluice.store.postgresql.hosts",
                        server.host(), database);
        engine.checkVersion(15, "15.1");
    }

    private static int fill(Store store, String name) {
        for (int i = 0; ; i++) {
            try {
                store.deadLetters().add(Letters.letter("telemetry", name + "-" + i));
            } catch (StoreFailed e) {
                assertThat(e).hasMessageContaining("delete some or allow more");
                return i;
            }
        }
    }

    /// With one line; the password is nowhere in it, nor in its causes.
    private static void assertRefused(PostgresqlSettings settings, String message, Object... parts) {
        var refused = catchThrowable(() -> open(settings).close());

        assertThat(refused).isInstanceOf(CannotStart.class).hasMessage(message, parts);
        var trace = new StringWriter();
        for (var e = refused; e != null; e = e.getCause()) {
            e.printStackTrace(new PrintWriter(trace));
        }
        assertThat(trace.toString()).doesNotContain("canary");
    }

    private PostgresqlSettings settings() {
        return at(server.host(), database);
    }

    private static PostgresqlSettings at(String hosts, String database) {
        var one = AnyStore.on(NOBODY, database);
        return copy(one, List.of(hosts.split(",", -1)), one.user(), one.password(), one.connectionsMax());
    }

    private PostgresqlSettings as(String user, String password) {
        var one = settings();
        return copy(one, one.hosts(), user, Secret.of(password), one.connectionsMax());
    }

    private static PostgresqlSettings with(PostgresqlSettings one, int connectionsMax) {
        return copy(one, one.hosts(), one.user(), one.password(), connectionsMax);
    }

    private static PostgresqlSettings copy(
            PostgresqlSettings one, List<String> hosts, String user, Secret password, int connectionsMax) {
        return new PostgresqlSettings(
                hosts,
                one.database(),
                user,
                password,
                one.tls(),
                one.caCert(),
                connectionsMax,
                one.connectTimeout(),
                one.statementTimeout(),
                one.socketTimeout());
    }

    private static Store open(PostgresqlSettings settings) {
        return open(settings, 1_000);
    }

    private static Store open(PostgresqlSettings settings, int deadLettersMax) {
        return Store.open(new StoreSettings(Path.of("unused"), Optional.of(settings), deadLettersMax));
    }
}
