package io.sluice.journey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// What the launcher `sluice` would do, on the class path of this process: a node gets the same flags.
final class Launcher {
    private Launcher() {}

    /// The root of the repository.
    static Path root() {
        return Path.of(System.getProperty("sluice.root", ".."));
    }

    /// The launcher itself.
    static Path script() {
        return root().resolve("sluice").toAbsolutePath().normalize();
    }

    /// Flags of every node, with spaces.
    static String nodeFlags() {
        try (var lines = Files.lines(root().resolve("deploy/node.jvm"))) {
            return lines.filter(line -> !line.startsWith("#")).collect(Collectors.joining(" "));
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

    /// Whether somebody listens on a loopback port.
    static boolean listens(int port) {
        try {
            new Socket(InetAddress.getLoopbackAddress(), port).close();
            return true;
        } catch (IOException _) {
            return false;
        }
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
