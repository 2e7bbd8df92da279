package io.sluice.node.store;

import com.zaxxer.hikari.HikariConfig;
import io.sluice.node.settings.CannotStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.h2.api.ErrorCode;
import slick.jdbc.H2Profile$;
import slick.jdbc.JdbcProfile;

/// A file that one process holds at a time.
///
/// @param dir its directory, as the operator wrote it
record H2(Path dir) implements Engine {
    private static final int CONNECTIONS = 4;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration TURN_TIMEOUT = Duration.ofSeconds(30);

    /// Every commit is written before it returns; the node closes the file, not the end of the JVM; a cache of 4 MiB
    /// spares the heap.
    static String url(Path dir) {
        return "jdbc:h2:file:" + dir.resolve("sluice").toAbsolutePath()
                + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;CACHE_SIZE=4096;TRACE_LEVEL_FILE=0;TRACE_LEVEL_SYSTEM_OUT=0";
    }

    @Override
    public int connectionsMax() {
        return CONNECTIONS;
    }

    @Override
    public Duration turnTimeout() {
        return TURN_TIMEOUT;
    }

    @Override
    public HikariConfig pool() {
        var config = new HikariConfig();
        config.setJdbcUrl(url(dir));
        config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
        return config;
    }

    @Override
    public void prepare() throws IOException {
        Files.createDirectories(dir);
    }

    @Override
    public void check(DataSource connections) {
        // the file is ours
    }

    @Override
    public FluentConfiguration migrations(FluentConfiguration flyway, DataSource connections) {
        return flyway.dataSource(connections)
                .locations("classpath:db/migration", "classpath:db/h2")
                .placeholders(Map.of("bytes", "BLOB", "few_bytes", "VARBINARY(65536)"));
    }

    @Override
    public JdbcProfile profile() {
        return H2Profile$.MODULE$;
    }

    @Override
    public String storable(String text) {
        return text;
    }

    @Override
    public String reason(Exception e) {
        return Reasons.deepest(e);
    }

    @Override
    public CannotStart cannotStart(Exception e) {
        var where = "store [%s]: ".formatted(dir);
        return switch (Reasons.find(e, SQLException.class)
                .map(SQLException::getErrorCode)
                .orElse(0)) {
            case ErrorCode.DATABASE_ALREADY_OPEN_1 ->
                new CannotStart(where + "in use by another node; stop that one or set another sluice.data-dir", e);
            case ErrorCode.FILE_CORRUPTED_1, ErrorCode.FILE_VERSION_ERROR_1 ->
                new CannotStart(
                        where
                                + "damaged: %s; restore it from a backup, or move it away to start with none"
                                        .formatted(reason(e)),
                        e);
            default ->
                new CannotStart(
                        where + "cannot be opened: %s; mend that or set another sluice.data-dir".formatted(reason(e)),
                        e);
        };
    }
}
