package io.sluice.journey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// What the launcher `sluice` would do, on the class path of this process: a node gets the same flags.
final class Launcher {
    private static final Pattern FLAGS = Pattern.compile("NODE_FLAGS=\\(([^)]*)\\)");

    private Launcher() {}

    /// The root of the repository.
    static Path root() {
        return Path.of(System.getProperty("sluice.root", ".."));
    }

    /// The launcher itself.
    static Path script() {
        return root().resolve("sluice").toAbsolutePath().normalize();
    }

    /// `NODE_FLAGS` of the launcher, with spaces.
    static String nodeFlags() {
        try {
            var flags = FLAGS.matcher(Files.readString(script()));
            if (!flags.find()) {
                throw new IllegalStateException(script() + ": expected NODE_FLAGS=(…), was none");
            }
            return String.join(" ", flags.group(1).strip().split("\\s+"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The command that runs a main class, as this process runs.
    static List<String> java(String flags, String main, String... arguments) {
        var command = new ArrayList<String>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(Arrays.asList(flags.split(" ")));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(List.of(arguments));
        return command;
    }

    /// A loopback port that nobody listens on.
    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
