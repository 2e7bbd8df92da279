package io.sluice.node.store;

import com.zaxxer.hikari.HikariConfig;
import io.sluice.node.settings.CannotStart;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.ssl.DefaultJavaSSLFactory;
import slick.jdbc.JdbcProfile;
import slick.jdbc.PostgresProfile$;

/// A server that all nodes share. Nothing waits for it without a bound, neither for its answer nor for it to read.
record Postgresql(PostgresqlSettings settings) implements Engine {
    static final String KEYS = "sluice.store.postgresql";
    static final int VERSION_OLDEST = 15;

    private static final String APPLICATION = "sluice";
    private static final Duration MIGRATION_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration MIGRATION_SOCKET_TIMEOUT = MIGRATION_TIMEOUT.plusMinutes(1);

    /// An epoch that a crash of the server takes back would be handed out twice. What is stricter stays as it is.
    private static final String DURABLE =
            "; SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

    @Override
    public int connectionsMax() {
        return settings.connectionsMax();
    }

    @Override
    public Duration turnTimeout() {
        return connectTimeout().plus(settings.socketTimeout());
    }

    @Override
    public HikariConfig pool() {
        var config = new HikariConfig();
        config.setDataSource(dataSource(settings.socketTimeout()));
        config.setConnectionTimeout(connectTimeout().toMillis());
        config.setValidationTimeout(settings.connectTimeout().toMillis());
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setConnectionInitSql(bounds(settings.statementTimeout(), settings.socketTimeout()) + DURABLE);
        config.setExceptionOverride(new StandbyEviction());
        return config;
    }

    @Override
    public void prepare() {
        // the operator makes the data base
    }

    @Override
    public void check(DataSource connections) throws SQLException {
        try (var connection = connections.getConnection()) {
            var found = connection.getMetaData();
            checkVersion(found.getDatabaseMajorVersion(), found.getDatabaseProductVersion());
        }
    }

    void checkVersion(int major, String version) {
        if (major < VERSION_OLDEST) {
            throw new CannotStart("store [%s]: too old: PostgreSQL %s, expected %d or newer; upgrade it or set other %s"
                    .formatted(place(), version, VERSION_OLDEST, KEYS + ".hosts"));
        }
    }

    /// By connections of their own: a change of a large table may take longer than anything else here.
    @Override
    public FluentConfiguration migrations(FluentConfiguration flyway, DataSource ignored) {
        return flyway.dataSource(dataSource(MIGRATION_SOCKET_TIMEOUT))
                .initSql(bounds(MIGRATION_TIMEOUT, MIGRATION_SOCKET_TIMEOUT))
                .locations("classpath:db/migration", "classpath:db/postgresql")
                .placeholders(Map.of("bytes", "BYTEA", "few_bytes", "BYTEA"));
    }

    @Override
    public JdbcProfile profile() {
        return PostgresProfile$.MODULE$;
    }

    /// PostgreSQL keeps every character but one.
    @Override
    public String storable(String text) {
        return text.replace('\0', '\uFFFD');
    }

    @Override
    public String reason(Exception e) {
        return new PostgresqlFailure(settings, e).reason();
    }

    @Override
    public CannotStart cannotStart(Exception e) {
        return new PostgresqlFailure(settings, e).cannotStart();
    }

    String place() {
        return place(settings);
    }

    /// Where it is, as an operator would write it, without the password.
    static String place(PostgresqlSettings settings) {
        return "postgresql://%s/%s".formatted(String.join(",", settings.hosts()), settings.database());
    }

    /// One that belongs to no pool.
    Connection connection() throws SQLException {
        return dataSource(settings.socketTimeout()).getConnection();
    }

    /// The server ends what takes too long, sooner than we hang up on it. And it ends a transaction in which we do
    /// nothing, so that a node that is stopped or cut off does not lock out the others.
    private static String bounds(Duration statement, Duration idle) {
        return "SET statement_timeout = %d; SET lock_timeout = %d; SET idle_in_transaction_session_timeout = %d"
                .formatted(statement.toMillis(), statement.toMillis(), idle.toMillis());
    }

    /// The hosts are tried one after another.
    private Duration connectTimeout() {
        return settings.connectTimeout().multipliedBy(settings.hosts().size());
    }

    private PGSimpleDataSource dataSource(Duration socketTimeout) {
        var source = new PGSimpleDataSource();
        var hosts = settings.hosts();
        source.setServerNames(hosts.stream()
                .map(host -> host.substring(0, host.lastIndexOf(':')))
                .toArray(String[]::new));
        source.setPortNumbers(hosts.stream()
                .mapToInt(host -> Integer.parseInt(host.substring(host.lastIndexOf(':') + 1)))
                .toArray());
        source.setDatabaseName(settings.database());
        source.setUser(settings.user());
        source.setPassword(settings.password().reveal());
        source.setApplicationName(APPLICATION);
        source.setTargetServerType("primary");
        source.setConnectTimeout(seconds(settings.connectTimeout()));
        source.setLoginTimeout(seconds(connectTimeout()));
        source.setCancelSignalTimeout(seconds(settings.connectTimeout()));
        source.setSocketTimeout(seconds(socketTimeout));
        source.setTcpKeepAlive(true);
        source.setSocketFactory(BoundedSockets.class.getName());
        source.setSocketFactoryArg(Long.toString(socketTimeout.toMillis()));
        tls(source);
        return source;
    }

    private void tls(PGSimpleDataSource source) {
        source.setSslMode(settings.tls().word());
        source.setSslResponseTimeout((int) settings.connectTimeout().toMillis());
        switch (settings.tls()) {
            case VERIFY_FULL, VERIFY_CA ->
                settings.caCert()
                        .map(Path::toString)
                        .ifPresentOrElse(
                                source::setSslRootCert,
                                () -> source.setSslfactory(DefaultJavaSSLFactory.class.getName()));
            case REQUIRE, DISABLE -> {}
        }
    }

    /// The driver counts in whole seconds, and 0 means for ever.
    private static int seconds(Duration time) {
        return Math.toIntExact(time.plusMillis(999).toSeconds());
    }
}
