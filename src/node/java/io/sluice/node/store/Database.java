package io.sluice.node.store;

import com.zaxxer.hikari.HikariDataSource;
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

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final Engine engine;
    private final HikariDataSource connections;
    private final ExecutorService threads;

    Database(Engine engine) {
        this.engine = engine;
        var config = engine.pool();
        config.setPoolName("store");
        config.setMaximumPoolSize(engine.connectionsMax());
        config.setMinimumIdle(1);
        this.connections = new HikariDataSource(config);
        this.threads = Executors.newFixedThreadPool(
                engine.connectionsMax(),
                Thread.ofPlatform().daemon().name("store-", 1).factory());
    }

    Engine engine() {
        return engine;
    }

    DataSource dataSource() {
        return connections;
    }

    /// Waits for the work to be done, also when the caller is interrupted. Work whose turn does not come in time is
    /// not done, so that callers do not queue up behind a data base that hangs.
    ///
    /// @param what names the work in an error
    /// @throws StoreFailed if the data base could not do it
    <T> T call(String what, Work<T> work) {
        var asked = System.nanoTime();
        try {
            return CompletableFuture.supplyAsync(
                            () -> {
                                checkTurn(what, asked);
                                return run(what, work);
                            },
                            threads)
                    .join();
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

    private void checkTurn(String what, long asked) {
        var waited = Duration.ofNanos(System.nanoTime() - asked);
        if (waited.compareTo(engine.turnTimeout()) > 0) {
            throw new StoreFailed("%s: its turn came after %d s only, for others wait for the data base too; try again"
                    .formatted(what, waited.toSeconds()));
        }
    }

    /// A connection that failed is not used again: after a full disk H2 has closed its file under all of them, and
    /// opens it anew for the next; a PostgreSQL server may have become one that takes no writes.
    private <T> T run(String what, Work<T> work) {
        try (var connection = connections.getConnection()) {
            try {
                return work.on(connection);
            } catch (SQLException e) {
                connections.evictConnection(connection);
                throw e;
            }
        } catch (SQLException e) {
            throw new StoreFailed(what, engine.reason(e), e);
        }
    }
}
