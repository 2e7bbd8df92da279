package io.sluice.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
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

/// A PostgreSQL server from the machine's own package, on loopback, its files in a folder of its own. It can be
/// stopped, frozen and started again. Root may not run one, so it runs as user `postgres` then.
public final class PostgresProcess implements AutoCloseable {
    public static final String USER = "sluice";

    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    private final Path binaries = binaries();
    private final Path folder;
    private final Path data;
    private final int port;
    private final String password;

    private PostgresProcess(Path folder, int port, String password) {
        this.folder = folder;
        this.data = folder.resolve("data");
        this.port = port;
        this.password = password;
    }

    /// Makes a server with [#USER] and starts it, in a temporary folder, for other users may not enter every folder of
    /// root's. It ends with this process at the latest.
    ///
    /// @param password of [#USER] and of the superuser
    /// @param more     lines of postgresql.conf
    public static PostgresProcess start(String password, String more) {
        try {
            var folder = Files.createTempDirectory("sluice-postgres-");
            var server = new PostgresProcess(folder, Launch.freePorts(1)[0], password);
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            server.make(more);
            server.resume();
            server.execute("postgres", "CREATE USER %s PASSWORD '%s'".formatted(USER, password));
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

    /// Makes an empty data base that belongs to [#USER].
    public void create(String database) {
        execute("postgres", "CREATE DATABASE " + database + " OWNER " + USER);
    }

    /// Does it as the superuser.
    public int execute(String database, String sql) {
        try (var connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:%d/%s?sslmode=disable&socketTimeout=30".formatted(port, database),
                        "postgres",
                        password);
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

    /// SIGKILL to all its processes.
    public void kill() {
        var server = server();
        var children = children(server);
        signal("KILL", server);
        children.forEach(child -> signal("KILL", child));
        if (!Fleet.await(
                PATIENCE, () -> ProcessHandle.of(server).filter(this::alive).isEmpty())) {
            throw new IllegalStateException("postgres: expected to die of SIGKILL, was alive after " + PATIENCE);
        }
    }

    /// What nobody has waited for yet is dead all the same.
    private boolean alive(ProcessHandle process) {
        try {
            var stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            return process.isAlive() && !stat.startsWith(" Z ", stat.lastIndexOf(')') + 1);
        } catch (IOException _) {
            return false;
        }
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

    /// It takes connections then, and says nothing: SIGSTOP for all its processes.
    public void freeze() {
        signal("STOP");
    }

    public void thaw() {
        signal("CONT");
    }

    /// Copies a file into its folder, for it to read and nobody else.
    public Path adopt(Path file) throws IOException {
        var adopted = Files.copy(file, folder.resolve(file.getFileName()));
        Files.setPosixFilePermissions(adopted, PosixFilePermissions.fromString("rw-------"));
        giveAway(adopted);
        return adopted;
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

    private void make(String more) throws IOException {
        giveAway(folder);
        var secret = Files.writeString(folder.resolve("password"), password);
        giveAway(secret);
        run(
                "initdb",
                "--pgdata=" + data,
                "--username=postgres",
                "--pwfile=" + secret,
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
        var server = server();
        signal(name, server);
        children(server).forEach(child -> signal(name, child));
    }

    private long server() {
        try {
            return Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid"))
                    .getFirst()
                    .strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Long> children(long server) {
        return ProcessHandle.of(server).stream()
                .flatMap(ProcessHandle::descendants)
                .map(ProcessHandle::pid)
                .toList();
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
            throw new IllegalStateException(
                    "%s: expected exit code 0, was: %s%s".formatted(command.command(), read("output"), read("log")));
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
                throw new IllegalStateException("%s: expected to end within %s, was: %s"
                        .formatted(command.command(), PATIENCE, read("output")));
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
        throw new IllegalStateException(
                "PostgreSQL: expected its programs in %s/VERSION/bin, were not there; install package postgresql"
                        .formatted(VERSIONS));
    }
}
