package io.sluice.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// An MQTT broker of somebody else: Eclipse Mosquitto from the machine's own package, with persistence, in a process of
/// its own that may be killed and started again on the same port and store.
public final class MosquittoProcess implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/sbin/mosquitto");
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Path folder;
    private final int port;
    private Child child;

    private MosquittoProcess(Path folder, int port) {
        this.folder = folder;
        this.port = port;
        this.child = spawn();
    }

    /// Starts it and waits until it listens.
    ///
    /// @param port  of loopback, for anybody
    /// @param lines of its configuration besides
    public static MosquittoProcess start(Path folder, int port, List<String> lines) {
        if (!Files.isExecutable(PROGRAM)) {
            throw new IllegalStateException(
                    "mosquitto: expected program %s, was not there; install package mosquitto".formatted(PROGRAM));
        }
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("mosquitto.conf"), """
                    user root
                    per_listener_settings true
                    persistence true
                    persistence_location %s/
                    autosave_interval 3600
                    sys_interval 1
                    max_inflight_messages 500
                    max_queued_messages 100000
                    %s
                    listener %d 127.0.0.1
                    allow_anonymous true
                    """.formatted(folder, String.join("\n", lines), port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new MosquittoProcess(folder, port);
    }

    /// Writes all it knows to its disk.
    public void save() {
        var store = folder.resolve("mosquitto.db");
        var before = modified(store);
        child.signal("USR1");
        if (!Fleet.await(LIMIT, () -> !modified(store).equals(before))) {
            throw new IllegalStateException("mosquitto: expected to save within %s, did not".formatted(LIMIT));
        }
    }

    private static FileTime modified(Path file) {
        try {
            return Files.exists(file) ? Files.getLastModifiedTime(file) : FileTime.fromMillis(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// SIGKILL: what it has not saved is gone.
    public void kill() {
        child.kill();
    }

    /// SIGTERM: it saves first.
    void stop() {
        child.stop(LIMIT);
    }

    /// With what it has saved.
    public void restart() {
        child = spawn();
    }

    /// Without.
    public void restartEmpty() throws IOException {
        Files.deleteIfExists(folder.resolve("mosquitto.db"));
        child = spawn();
    }

    @Override
    public void close() {
        child.kill();
    }

    private Child spawn() {
        var command = List.of(
                PROGRAM.toString(), "-c", folder.resolve("mosquitto.conf").toString());
        var spawned = Child.start("mosquitto", command, Map.of(), folder.resolve("mosquitto.log"));
        spawned.awaitReady(LIMIT, () -> Launch.listens(Launch.address("127.0.0.1:" + port)));
        return spawned;
    }
}
