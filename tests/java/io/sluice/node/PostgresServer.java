package io.sluice.node;

import io.sluice.bench.PostgresProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A PostgreSQL server of a test, see [PostgresProcess].
public final class PostgresServer implements AutoCloseable {
    public static final String USER = PostgresProcess.USER;
    public static final String PASSWORD = "canary/store+5be1d0";

    private static @Nullable PostgresServer shared;

    private final PostgresProcess process;
    private final AtomicInteger databases = new AtomicInteger();

    private PostgresServer(PostgresProcess process) {
        this.process = process;
    }

    /// One for all tests of this process; it goes on until the process ends.
    public static synchronized PostgresServer shared() {
        if (shared == null) {
            shared = start("");
        }
        return shared;
    }

    /// One for a test that harms it.
    ///
    /// @param more lines of postgresql.conf
    public static PostgresServer start(String more) {
        return new PostgresServer(PostgresProcess.start(PASSWORD, more));
    }

    public int port() {
        return process.port();
    }

    public String host() {
        return process.host();
    }

    /// Makes an empty data base that belongs to [#USER], and returns its name.
    public String database() {
        var name = "test" + databases.incrementAndGet();
        process.create(name);
        return name;
    }

    /// Does it as the superuser.
    public int execute(String database, String sql) {
        return process.execute(database, sql);
    }

    /// As a crash does: nothing is written down, nobody is told.
    public void crash() {
        process.crash();
    }

    /// Starts it, on the same port.
    public void resume() {
        process.resume();
    }

    /// It takes connections then, and says nothing.
    public void freeze() {
        process.freeze();
    }

    public void thaw() {
        process.thaw();
    }

    /// Safe to repeat.
    @Override
    public void close() {
        process.close();
    }

    /// Seals connections from now on: restarts with a certificate and its key, PEM files.
    public void seal(Path certificate, Path key) throws IOException {
        var certificateFile = process.adopt(certificate);
        var keyFile = process.adopt(key);
        execute("postgres", "ALTER SYSTEM SET ssl_cert_file = '%s'".formatted(certificateFile));
        execute("postgres", "ALTER SYSTEM SET ssl_key_file = '%s'".formatted(keyFile));
        execute("postgres", "ALTER SYSTEM SET ssl = on");
        crash();
        resume();
    }
}
