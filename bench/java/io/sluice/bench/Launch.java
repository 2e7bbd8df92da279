package io.sluice.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// How Java processes of the same jars are started.
///
/// @param java      path of the `java` command
/// @param classPath what the children run on
/// @param nodeFlags flags of the node's JVM
/// @param nodeMain  main class of the node
/// @param nodeArgs  replaces the node's own arguments: another server with the same manners stands in for the node.
///                  `{mqtt}`, `{kafka}` and `{topic}` are filled in
record Launch(String java, String classPath, List<String> nodeFlags, String nodeMain, Optional<String> nodeArgs) {
    private static final int PROBE_MILLIS = 1_000;
    /// Outgoing connections get ports from 32768 on by default.
    private static final int PORT_MIN = 10_240;

    private static final int PORT_MAX = 32_767;
    private static final int PORT_ATTEMPTS = 100;
    /// Kafka's properties load no code and read no files, in any process of ours.
    private static final String NO_CONFIG_PROVIDERS = "-Dorg.apache.kafka.automatic.config.providers=none";

    /// From the system properties `sluice.java`, `sluice.classpath`, `sluice.node.flags`, `sluice.node.main` and
    /// `sluice.node.args`; by default as this very process runs.
    static Launch fromSystem() {
        return new Launch(
                System.getProperty("sluice.java", System.getProperty("java.home") + "/bin/java"),
                System.getProperty("sluice.classpath", System.getProperty("java.class.path")),
                words(System.getProperty("sluice.node.flags", "")),
                System.getProperty("sluice.node.main", "io.sluice.node.Node"),
                Optional.ofNullable(System.getProperty("sluice.node.args")));
    }

    List<String> command(List<String> flags, String main, List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(java);
        command.addAll(flags);
        command.add(NO_CONFIG_PROVIDERS);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(arguments);
        return command;
    }

    static List<String> words(String text) {
        return Arrays.stream(text.split(" ", -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /// Loopback ports that nobody listens on, all different, and that no outgoing connection gets while who listens
    /// there is away.
    static int[] freePorts(int count) {
        var sockets = new ArrayList<ServerSocket>();
        try {
            for (var attempt = 0; sockets.size() < count; attempt++) {
                var port = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_MAX + 1);
                try {
                    sockets.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
                } catch (BindException e) {
                    if (attempt > PORT_ATTEMPTS) {
                        throw e;
                    }
                }
            }
            return sockets.stream().mapToInt(ServerSocket::getLocalPort).toArray();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on loopback", e);
        } finally {
            sockets.forEach(Launch::close);
        }
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether something accepts connections there.
    static boolean listens(InetSocketAddress address) {
        try (var socket = new Socket()) {
            socket.connect(address, PROBE_MILLIS);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /// Whether the node whose management listens there says that it is ready.
    static boolean ready(String management) {
        try {
            var url = URI.create("http://" + management + "/ready").toURL();
            var connection = (HttpURLConnection) url.openConnection();
            connection.setConnectTimeout(PROBE_MILLIS);
            connection.setReadTimeout(PROBE_MILLIS);
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException _) {
            return false;
        }
    }

    /// `host:port`.
    static InetSocketAddress address(String text) {
        var colon = text.lastIndexOf(':');
        if (colon < 1 || !text.substring(colon + 1).matches("\\d{1,5}")) {
            throw new IllegalArgumentException("address: expected host:port, was " + text);
        }
        return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    /// A folder and all that is in it.
    static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Collections.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
