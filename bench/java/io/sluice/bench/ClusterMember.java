package io.sluice.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// One node of a cluster on this machine, and how it is asked.
///
/// @param clusterPort by which the others know it
record ClusterMember(NodeProcess process, Console console, int clusterPort) {
    static final String DATABASE = "sluice";
    static final String STORE_PASSWORD = "store of the rig";
    static final String ADMIN_PASSWORD = "admin of the rig";

    private static final int PORTS = 5;

    /// What every node is told of the rest.
    ///
    /// @param kafka bootstrap servers
    /// @param store `host:port` of PostgreSQL
    /// @param more  lines of its configuration, inside `sluice`
    record Needs(String kafka, String store, String more) {}

    int runningTasks() {
        return console.runningTasks(ClusterRig.INTEGRATION, clusterPort);
    }

    int managementPort() {
        return Launch.address(process.settings().management()).getPort();
    }

    /// What became of the messages that it received.
    Books books() {
        return Books.of(console.shown("/metrics"));
    }

    /// Starts all nodes of a cluster; each has a folder.
    ///
    /// @param apart whether they can be cut off from each other
    static List<ClusterMember> start(Path folder, ClusterChaos.Settings cluster, Needs needs, boolean apart) {
        var nodes = cluster.nodes();
        var ports = Launch.freePorts(PORTS * nodes);
        var managements = IntStream.range(0, nodes)
                .mapToObj(i -> "\"127.0.0.1:%d\"".formatted(ports[PORTS * i + 1]))
                .collect(Collectors.joining(", "));
        var file = write(folder.resolve("cluster.conf"), configuration(needs, nodes, managements));
        var members = new ArrayList<ClusterMember>();
        for (var i = 0; i < nodes; i++) {
            var home = folder.resolve("node-" + (i + 1));
            var mine = new ArrayList<>(List.of("--config", file.toString()));
            mine.add("-Dsluice.cluster.port=" + ports[PORTS * i + 2]);
            mine.addAll(cluster.nodeArguments());
            var api = ports[PORTS * i + 3];
            var settings = new NodeProcess.Settings(
                    "127.0.0.1:" + ports[PORTS * i],
                    "127.0.0.1:" + ports[PORTS * i + 1],
                    ClusterRig.TOPIC,
                    Optional.of(needs.kafka()),
                    Map.of(
                            "SLUICE_API_PORT", Integer.toString(api),
                            "SLUICE_MQTT_WEBSOCKET_PORT", Integer.toString(ports[PORTS * i + 4]),
                            "SLUICE_DATA_DIR", home.resolve("data").toString(),
                            "SLUICE_STORE_PASSWORD", STORE_PASSWORD,
                            "SLUICE_ADMIN_PASSWORD", ADMIN_PASSWORD),
                    mine,
                    home.resolve("node.log"));
            members.add(new ClusterMember(
                    NodeProcess.start(settings, apart ? Partition.asUser(i) : List.of()),
                    new Console(settings.management(), "127.0.0.1:" + api, ADMIN_PASSWORD),
                    ports[PORTS * i + 2]));
        }
        return members;
    }

    private static String configuration(Needs needs, int nodes, String managements) {
        var discovery = nodes == 1 ? "" : "cluster { discovery = hosts, hosts.nodes = [%s] }".formatted(managements);
        return """
                sluice {
                  integrations.telemetry.enabled = false
                  brokers.dead.bootstrap-servers = "127.0.0.1:1"
                  store {
                    type = postgresql
                    postgresql { hosts = ["%s"], database = %s, user = %s, tls = disable }
                  }
                  %s
                  %s
                }
                """.formatted(needs.store(), DATABASE, PostgresProcess.USER, discovery, needs.more());
    }

    private static Path write(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
