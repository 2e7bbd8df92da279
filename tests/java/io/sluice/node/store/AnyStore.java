package io.sluice.node.store;

import io.sluice.node.PostgresServer;
import io.sluice.node.secret.Secret;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// The kinds of data base, for tests that must pass on each.
public enum AnyStore {
    H2,
    POSTGRESQL;

    private static final ConcurrentMap<Path, String> DATABASES = new ConcurrentHashMap<>();

    /// A data base that is new for a folder, and the same for the same one.
    public StoreSettings at(Path dir, int deadLettersMax) {
        return switch (this) {
            case H2 -> new StoreSettings(dir, deadLettersMax);
            case POSTGRESQL ->
                new StoreSettings(
                        dir,
                        Optional.of(on(
                                PostgresServer.shared().host(),
                                DATABASES.computeIfAbsent(
                                        dir, _ -> PostgresServer.shared().database()))),
                        deadLettersMax);
        };
    }

    /// With short limits, which tests wait for.
    public static PostgresqlSettings on(String host, String database) {
        return new PostgresqlSettings(
                List.of(host),
                database,
                PostgresServer.USER,
                Secret.of(PostgresServer.PASSWORD),
                PostgresqlSettings.Tls.DISABLE,
                Optional.empty(),
                4,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2));
    }

    /// Beside the store, if its kind lets anyone.
    static Connection connect(StoreSettings settings) throws SQLException {
        if (settings.postgresql().isEmpty()) {
            return DriverManager.getConnection(io.sluice.node.store.H2.url(settings.dir()));
        }
        var server = settings.postgresql().get();
        return DriverManager.getConnection(
                "jdbc:postgresql://%s/%s".formatted(server.hosts().getFirst(), server.database()),
                server.user(),
                server.password().reveal());
    }
}
