package io.sluice.node.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.FileSystemException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/// Connections, each used by a thread of ours: an interrupt while H2 reads or writes makes it close its file under
/// everyone, so callers' threads never do either.
final class Database implements AutoCloseable {
    /// What is done with a connection, in auto-commit mode.
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    static final int CONNECTIONS = 4;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final HikariDataSource connections;
    private final ExecutorService threads = Executors.newFixedThreadPool(
            CONNECTIONS, Thread.ofPlatform().daemon().name("store-", 1).factory());

    Database(String url) {
        var config = new HikariConfig();
        config.setPoolName("store");
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
        this.connections = new HikariDataSource(config);
    }

    DataSource dataSource() {
        return connections;
    }

    /// Waits for the work to be done, also when the caller is interrupted.
    ///
    /// @param what names the work in an error
    /// @throws StoreFailed if the data base could not do it
    <T> T call(String what, Work<T> work) {
        try {
            return CompletableFuture.supplyAsync(() -> run(what, work), threads).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreFailed failed) {
                throw failed;
            }
            throw e;
        } catch (RejectedExecutionException e) {
            throw new StoreFailed(what, "it is closed", e);
        }
    }

    /// Lets the work under way end, for 10 s at most. Safe to repeat.
    @Override
    public void close() {
        threads.shutdown();
        try {
            threads.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        connections.close();
    }

    /// A connection that failed is not used again: after a full disk H2 has closed its file under all of them, and
    /// opens it anew for the next.
    private <T> T run(String what, Work<T> work) {
        try (var connection = connections.getConnection()) {
            try {
                return work.on(connection);
            } catch (SQLException e) {
                connections.evictConnection(connection);
                throw e;
            }
        } catch (SQLException e) {
            throw new StoreFailed(what, rootMessage(e), e);
        }
    }

    /// What the deepest cause says, for H2 wraps "No space left on device" several times.
    static String rootMessage(Throwable e) {
        var cause = e.getCause();
        if (cause != null) {
            return rootMessage(cause);
        }
        var onlyNamesTheFile = e instanceof FileSystemException file && file.getReason() == null;
        return onlyNamesTheFile ? e.getClass().getSimpleName() + " " + e.getMessage() : String.valueOf(e.getMessage());
    }
}
