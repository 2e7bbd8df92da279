package io.sluice.node;

import io.sluice.node.cluster.PeerTls;
import io.sluice.node.settings.CannotStart;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// Looks at ports, certificates, data folder and pid file before anything starts: what cannot work is told at once, and
/// nothing
/// stands half begun.
final class Preflight {
    /// Less free space than this and not even the store could be opened.
    private static final long FREE_BYTES_MIN = 16L << 20;

    private Preflight() {}

    /// @throws CannotStart for the first thing that is in the way
    static void check(NodeSettings settings) {
        for (var listener : settings.mqtt().listeners()) {
            checkPort(
                    "mqtt listener [%s]".formatted(listener.name()),
                    listener.host(),
                    listener.port(),
                    "sluice.mqtt.listeners.%s.port".formatted(listener.name()));
        }
        var management = settings.management();
        checkPort("management", management.host(), management.port(), "sluice.management.port");
        var api = settings.api().http();
        checkPort("api", api.host(), api.port(), "sluice.api.port");
        api.tls().ifPresent(tls -> tls.context("sluice.api.tls"));
        management.tls().ifPresent(tls -> tls.context("sluice.management.tls"));
        settings.cluster().tls().ifPresent(PeerTls::check);
        checkFolder(settings.dataDir().toAbsolutePath().normalize());
    }

    /// Leaves no file: whoever waits for one takes it for a sign that the node serves.
    ///
    /// @throws CannotStart if it could not be written
    static void checkPidFile(Path file) {
        try {
            if (Files.exists(file)) {
                Files.newByteChannel(file, StandardOpenOption.WRITE).close();
            } else {
                makeAFile(Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file));
            }
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    static void writePid(Path file) {
        try {
            Files.writeString(file, Long.toString(ProcessHandle.current().pid()));
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    private static CannotStart unusable(Path pidFile, IOException e) {
        return new CannotStart(
                "pid file [%s]: expected a file that can be written, was %s; name another with --pid-file"
                        .formatted(pidFile, reason(e)),
                e);
    }

    private static void checkPort(String what, String host, int port, String key) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw new CannotStart(
                    "%s: expected to listen on %s:%d, was %s; stop what listens there or set another %s"
                            .formatted(what, host, port, e.getMessage(), key),
                    e);
        }
    }

    private static void checkFolder(Path folder) {
        try {
            Files.createDirectories(folder);
            makeAFile(folder);
            var free = Files.getFileStore(folder).getUsableSpace();
            if (free < FREE_BYTES_MIN) {
                throw unusable(
                        folder,
                        "expected at least %d MiB free on its disk, was %d MiB; free some space or set another"
                                .formatted(FREE_BYTES_MIN >> 20, free >> 20));
            }
        } catch (IOException e) {
            throw unusable(folder, "expected a folder that can be written, was %s; set another".formatted(reason(e)));
        }
    }

    /// And removes it. A failure names the folder: the file has no name that would tell anybody something.
    private static void makeAFile(Path folder) throws IOException {
        try {
            Files.delete(Files.createTempFile(folder, "preflight", ""));
        } catch (NoSuchFileException _) {
            throw new NoSuchFileException(folder.toString());
        } catch (AccessDeniedException _) {
            throw new AccessDeniedException(folder.toString());
        } catch (FileSystemException e) {
            throw new FileSystemException(folder.toString(), null, e.getReason());
        }
    }

    private static CannotStart unusable(Path folder, String why) {
        return new CannotStart("data folder [%s]: %s sluice.data-dir".formatted(folder, why));
    }

    private static String reason(IOException e) {
        return switch (e) {
            case FileAlreadyExistsException file -> file.getFile() + " which is a file";
            case NoSuchFileException file -> file.getFile() + " which is not there";
            case AccessDeniedException file -> file.getFile() + " without permission";
            case FileSystemException file -> file.getFile() + ": " + file.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }
}
