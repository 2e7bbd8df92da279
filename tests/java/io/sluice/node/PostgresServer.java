package io.sluice.node;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A PostgreSQL server of a test, from the machine's own package, on loopback, its files in a folder of its own. It
/// can be stopped, frozen and started again. Root may not run one, so it runs as user `postgres` then.
public final class PostgresServer implements AutoCloseable {
    public static final String USER = "sluice";
    public static final String PASSWORD = "canary/store+5be1d0";

    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    private static @Nullable PostgresServer shared;

    private final Path binaries = binaries();
    private final Path folder;
    private final Path data;
    private final int port;
    private final AtomicInteger databases = new AtomicInteger();

    private PostgresServer(Path folder, int port) {
        this.folder = folder;
        this.data = folder.resolve("data");
        this.port = port;
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
        try {
            var server = new PostgresServer(Files.createTempDirectory("sluice-postgres-"), freePort());
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            server.make(more);
            server.resume();
            server.execute("postgres", "CREATE USER %s PASSWORD '%s'".formatted(USER, PASSWORD));
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    public String host() {
        return "127.0.0.1:" + port;
    }

    /// Makes an empty data base that belongs to [#USER], and returns its name.
    public String database() {
        var name = "test" + databases.incrementAndGet();
        execute("postgres", "CREATE DATABASE " + name + " OWNER " + USER);
        return name;
    }

    /// Does it as the superuser.
    public int execute(String database, String sql) {
        try (var connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:%d/%s?sslmode=disable&socketTimeout=30".formatted(port, database),
                        "postgres",
                        PASSWORD);
                var statement = connection.createStatement()) {
            return statement.execute(sql) ? 0 : statement.getUpdateCount();
        } catch (SQLException e) {
            throw new IllegalStateException("postgres: " + sql, e);
        }
    }

    /// As a crash does: nothing is written down, nobody is told.
    public void crash() {
        run("pg_ctl", "stop", "-D", data.toString(), "-m", "immediate", "-w");
    }

    /// Starts it, on the same port.
    public void resume() {
        run(
                "pg_ctl",
                "start",
                "-D",
                data.toString(),
                "-w",
                "-t",
                "60",
                "-l",
                folder.resolve("log").toString());
    }

    /// It takes connections then, and says nothing: `SIGSTOP` for all its processes.
    public void freeze() {
        signal("STOP");
    }

    public void thaw() {
        signal("CONT");
    }

    /// Safe to repeat.
    @Override
    public synchronized void close() {
        if (!Files.exists(folder)) {
            return;
        }
        try {
            if (Files.exists(data.resolve("postmaster.pid"))) {
                thaw();
                crash();
            }
            try (var files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Seals connections from now on: restarts with a certificate and its key, PEM files.
    public void seal(Path certificate, Path key) throws IOException {
        var certificateFile = adopt(certificate);
        var keyFile = adopt(key);
        execute("postgres", "ALTER SYSTEM SET ssl_cert_file = '%s'".formatted(certificateFile));
        execute("postgres", "ALTER SYSTEM SET ssl_key_file = '%s'".formatted(keyFile));
        execute("postgres", "ALTER SYSTEM SET ssl = on");
        crash();
        resume();
    }

    /// Into its folder, for it to read and nobody else.
    private Path adopt(Path file) throws IOException {
        var adopted = Files.copy(file, folder.resolve(file.getFileName()));
        Files.setPosixFilePermissions(adopted, PosixFilePermissions.fromString("rw-------"));
        giveAway(adopted);
        return adopted;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void make(String more) throws IOException {
        giveAway(folder);
        var password = Files.writeString(folder.resolve("password"), PASSWORD);
        giveAway(password);
        run(
                "initdb",
                "--pgdata=" + data,
                "--username=postgres",
                "--pwfile=" + password,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync");
        // a crash of the server is tested, not one of the machine
        Files.writeString(data.resolve("postgresql.auto.conf"), """
                listen_addresses = '127.0.0.1'
                port = %d
                unix_socket_directories = ''
                max_connections = 60
                shared_buffers = 32MB
                fsync = off
                %s
                """.formatted(port, more));
    }

    /// To the server and its children. One of them may end meanwhile.
    private void signal(String name) {
        try {
            var server = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid"))
                    .getFirst()
                    .strip());
            signal(name, server);
            ProcessHandle.of(server).stream()
                    .flatMap(ProcessHandle::descendants)
                    .forEach(child -> signal(name, child.pid()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void signal(String name, long pid) {
        execute(new ProcessBuilder("kill", "-" + name, Long.toString(pid)));
    }

    private void run(String binary, String... arguments) {
        var command = new ArrayList<String>();
        if (ROOT) {
            command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
        }
        command.add(binaries.resolve(binary).toString());
        command.addAll(List.of(arguments));
        finish(new ProcessBuilder(command).directory(folder.toFile()));
    }

    private void finish(ProcessBuilder command) {
        if (execute(command) != 0) {
            fail("%s: expected exit code 0, was: %s%s".formatted(command.command(), read("output"), read("log")));
        }
    }

    /// Its output goes to a file, for a server inherits it and would keep a pipe open.
    ///
    /// @return exit code
    private int execute(ProcessBuilder command) {
        try {
            var process = command.redirectErrorStream(true)
                    .redirectOutput(folder.resolve("output").toFile())
                    .start();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                fail("%s: expected to end within %s, was: %s".formatted(command.command(), PATIENCE, read("output")));
            }
            return process.exitValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private String read(String file) {
        try {
            return Files.exists(folder.resolve(file)) ? Files.readString(folder.resolve(file)) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void giveAway(Path file) throws IOException {
        if (ROOT) {
            Files.setOwner(
                    file, file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres"));
        }
    }

    /// Of the newest version.
    private static Path binaries() {
        if (Files.isDirectory(VERSIONS)) {
            try (var versions = Files.list(VERSIONS)) {
                var found = versions.filter(version -> Files.isExecutable(version.resolve("bin/initdb")))
                        .max(Comparator.comparingInt(version ->
                                Integer.parseInt(VERSIONS.relativize(version).toString())));
                if (found.isPresent()) {
                    return found.get().resolve("bin");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return fail("PostgreSQL: expected its programs in %s/VERSION/bin, were not there; install package postgresql"
                .formatted(VERSIONS));
    }
}
