package io.sluice.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/// A cluster of nodes on this machine with all it needs, every part a process of its own: Kafka, PostgreSQL and the
/// nodes, which find each other by their management addresses. It serves many trials.
final class ClusterRig implements AutoCloseable {
    static final String INTEGRATION = "rig";
    static final String TOPIC = "rig";
    static final String MQTT_TOPIC = "rig/{run}/{device}";
    static final int PARTITIONS = 6;

    /// Integration whose Kafka is not there.
    static final String DEAD = "dead";

    private static final Duration LOOK_LIMIT = Duration.ofSeconds(30);
    private static final int TASKS = 4;
    private static final String QUEUE = "sluice.queue." + INTEGRATION;
    private static final Duration WHOLE_LIMIT = Duration.ofMinutes(2);
    private static final long LOOK_NANOS = 200_000_000;
    private static final int ENDINGS_MAX = 5;

    private final PostgresProcess store;
    private final KafkaCluster kafka;
    private final List<ClusterMember> members;
    private final Optional<Partition> partition;
    private final Optional<Relay> wayToStore;
    private final Optional<OutsideBroker> outside;
    private final boolean queue;
    private final Set<Integer> away = new HashSet<>();
    private boolean defined;

    private ClusterRig(
            PostgresProcess store,
            KafkaCluster kafka,
            List<ClusterMember> members,
            Optional<Partition> partition,
            Optional<Relay> wayToStore,
            Optional<OutsideBroker> outside,
            boolean queue) {
        this.partition = partition;
        this.wayToStore = wayToStore;
        this.outside = outside;
        this.queue = queue;
        this.store = store;
        this.kafka = kafka;
        this.members = List.copyOf(members);
    }

    /// Starts everything, waits until it is one cluster, and defines the integration that the trials use.
    ///
    /// @throws IllegalStateException when that does not come about, with the end of a log where there is one
    static ClusterRig start(Path folder, ClusterChaos.Settings settings) {
        var apart = settings.faults().contains(ClusterFault.PARTITION);
        var relayed = settings.faults().contains(ClusterFault.BAD_NETWORK);
        var bridged = settings.faults().contains(ClusterFault.OUTSIDE_BROKER);
        var partition = apart ? Optional.of(Partition.prepare()) : Optional.<Partition>empty();
        var kafka = KafkaCluster.start(folder, settings.brokers(), relayed);
        var store = PostgresProcess.start(ClusterMember.STORE_PASSWORD, "");
        store.create(ClusterMember.DATABASE);
        kafka.awaitReady();
        kafka.create(TOPIC, PARTITIONS);
        var wayToStore = relayed ? Optional.of(Relay.to(store.port())) : Optional.<Relay>empty();
        var port = Launch.freePorts(1)[0];
        var needs = new ClusterMember.Needs(
                kafka.serversOfNodes(),
                wayToStore.map(way -> "127.0.0.1:" + way.port()).orElse(store.host()),
                bridged ? OutsideBroker.configuration(port) : "");
        var members = ClusterMember.start(folder, settings, needs, apart);
        var outside =
                bridged ? Optional.of(OutsideBroker.start(folder, port, members)) : Optional.<OutsideBroker>empty();
        var rig = new ClusterRig(store, kafka, members, partition, wayToStore, outside, settings.queue());
        try {
            rig.repair();
            rig.define();
            rig.repair();
            return rig;
        } catch (IllegalStateException e) {
            rig.close();
            throw e;
        }
    }

    int nodes() {
        return members.size();
    }

    KafkaCluster kafka() {
        return kafka;
    }

    PostgresProcess store() {
        return store;
    }

    /// By which nodes reach what they need.
    List<Relay> ways(ClusterDraw.Way which, int partition) {
        return switch (which) {
            case KAFKA -> kafka.relays();
            case ONE_BROKER -> List.of(kafka.relays().get(kafka.leader(TOPIC, partition)));
            case STORE -> List.of(wayToStore.orElseThrow());
        };
    }

    OutsideBroker outside() {
        return outside.orElseThrow();
    }

    /// Where devices connect, in the order of the nodes.
    List<InetSocketAddress> servers() {
        return members.stream()
                .map(member -> Launch.address(member.process().settings().mqtt()))
                .toList();
    }

    /// Index of the node that runs most tasks; of several, one by chance.
    int owner(Random random) {
        return most(node -> members.get(node).runningTasks(), random);
    }

    /// Index of the node with the highest figure; of several, one by chance.
    int most(ToIntFunction<Integer> figure, Random random) {
        var figures = IntStream.range(0, nodes())
                .map(node -> away.contains(node) ? -1 : figure.applyAsInt(node))
                .toArray();
        var highest = IntStream.of(figures).max().orElseThrow();
        var those = IntStream.range(0, nodes())
                .filter(node -> figures[node] == highest)
                .toArray();
        return those[random.nextInt(those.length)];
    }

    /// SIGKILL.
    void kill(int node) {
        away.add(node);
        members.get(node).process().kill();
    }

    /// SIGTERM.
    ///
    /// @return whether it ended by itself
    boolean stop(int node) {
        away.add(node);
        return members.get(node).process().stop();
    }

    void restart(int node) {
        members.get(node).process().restart();
        away.remove(node);
    }

    /// SIGSTOP.
    void pause(int node) {
        members.get(node).process().pause();
    }

    /// SIGCONT.
    void resume(int node) {
        members.get(node).process().resume();
    }

    /// Cuts a node off from the others.
    ///
    /// @param bothWays else it still hears them
    void cutOff(int node, boolean bothWays) {
        var ports = new ArrayList<Integer>();
        for (var other : members) {
            if (!other.equals(members.get(node))) {
                ports.add(other.clusterPort());
                ports.add(other.managementPort());
            }
        }
        var cut = partition.orElseThrow(() -> new IllegalStateException("partition: expected a rig made for it"));
        cut.mute(node, ports);
        if (bothWays) {
            cut.deafen(node, members.get(node).clusterPort());
        }
    }

    /// Lets all nodes reach each other again.
    void heal() {
        partition.ifPresent(Partition::heal);
    }

    /// Memory of the node that has most, MiB.
    long residentMib() {
        return members.stream()
                .mapToLong(member -> Proc.of(member.process().pid()).residentKib() / 1_024)
                .max()
                .orElse(0);
    }

    /// Puts the integration as it is at first.
    void define() {
        tell("PUT", "", "application/json", """
                {"filters": ["rig/#"], "topic": "rig", "tasks": 4, "queue": "%s"}""".formatted(queue ? "kafka" : "none"));
        defined = true;
    }

    /// Puts another integration, and waits until every node has it.
    void define(String name, String definition) {
        tellAny("PUT", name, "application/json", definition);
        if (!comes(() -> members.stream()
                .allMatch(member ->
                        member.console().answered("/v1/integrations/" + name).contains(name + "/#")))) {
            throw new IllegalStateException("integration %s: expected on every node, was not".formatted(name));
        }
    }

    /// Removes such an integration.
    void remove(String name) {
        tellAny("DELETE", name, "", "");
    }

    /// Nodes that count, at rest, messages without an end or with two; each with what it counts.
    List<String> unbalanced() {
        var wrong = new ArrayList<String>();
        comes(() -> {
            wrong.clear();
            for (var node = 0; node < nodes(); node++) {
                var books = members.get(node).books();
                if (!books.isBlank() && !books.balance()) {
                    wrong.add("node %d: %s".formatted(node + 1, books));
                }
            }
            return wrong.isEmpty();
        });
        return wrong;
    }

    private static boolean comes(BooleanSupplier what) {
        var deadline = Micros.now() + LOOK_LIMIT.toNanos() / 1_000;
        while (!what.getAsBoolean()) {
            if (Micros.now() > deadline) {
                return false;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return true;
    }

    /// Waits until nothing waits in the queue, if there is one.
    ///
    /// @return whether it came about in time
    boolean emptyQueue(Duration limit) {
        var deadline = Micros.now() + limit.toNanos() / 1_000;
        while (queue && kafka.lag(QUEUE) > 0) {
            if (Micros.now() > deadline) {
                return false;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return true;
    }

    /// Where a password can be read.
    List<String> secretsTold() throws IOException {
        var search = new SecretSearch(List.of(ClusterMember.STORE_PASSWORD, ClusterMember.ADMIN_PASSWORD));
        for (var node = 0; node < nodes(); node++) {
            var member = members.get(node);
            search.look("node " + (node + 1), member.process().settings().log(), member.console());
        }
        return search.places();
    }

    /// Changes the integration through the API of any node that answers.
    ///
    /// @param action what follows its name in the path: nothing, or such as `/restart`
    void tell(String method, String action, String type, String body) {
        tellAny(method, INTEGRATION + action, type, body);
    }

    private void tellAny(String method, String path, String type, String body) {
        IllegalStateException last = new IllegalStateException("rig: expected a node, was none");
        for (var node = 0; node < nodes(); node++) {
            if (!away.contains(node)) {
                try {
                    members.get(node).console().tell(method, "/v1/integrations/" + path, type, body);
                    return;
                } catch (IllegalStateException e) {
                    last = e;
                }
            }
        }
        throw last;
    }

    /// Starts what is not there and waits until all is whole. A node may have ended by itself, as one does that lost
    /// its cluster: whoever runs it starts it again.
    ///
    /// @return the nodes that had ended by themselves
    /// @throws IllegalStateException when all is not whole in time
    Set<Integer> repair() {
        heal();
        kafka.repair();
        kafka.awaitReady();
        var ended = new TreeSet<Integer>();
        var endings = 0;
        var deadline = Micros.now() + WHOLE_LIMIT.toNanos() / 1_000;
        while (true) {
            for (var node = 0; node < nodes(); node++) {
                if (!members.get(node).process().alive()) {
                    if (!away.contains(node)) {
                        ended.add(node);
                        endings++;
                    }
                    if (endings > ENDINGS_MAX) {
                        members.get(node).process().awaitReady(); // says why it ended
                    }
                    restart(node);
                }
            }
            var missing = missing();
            if (missing.isEmpty()) {
                return ended;
            }
            if (Micros.now() > deadline) {
                throw new IllegalStateException("cluster: expected to be whole within %d s, was not: %s"
                        .formatted(WHOLE_LIMIT.toSeconds(), missing));
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /// All nodes from the beginning, after a trial that left them nobody knows how.
    void rebuild() {
        for (var node = 0; node < nodes(); node++) {
            if (members.get(node).process().alive()) {
                kill(node);
            }
        }
        repair();
    }

    private List<String> missing() {
        var missing = new ArrayList<String>();
        var running = 0;
        for (var node = 0; node < nodes(); node++) {
            var member = members.get(node);
            if (!member.process().ready()) {
                missing.add("node %d is not ready".formatted(node + 1));
            }
            var up = member.console().membersUp();
            if (up != nodes()) {
                missing.add("node %d sees %d of %d nodes up and reachable".formatted(node + 1, up, nodes()));
            }
            running += member.runningTasks();
        }
        if (defined && running != TASKS) {
            missing.add("%d of %d tasks run".formatted(running, TASKS));
        }
        if (defined && kafka.size() > 1 && missing.isEmpty() && !kafka.whole(TOPIC)) {
            missing.add("copies of topic " + TOPIC + " are not in sync");
        }
        return missing;
    }

    @Override
    public void close() {
        members.forEach(member -> member.process().kill());
        outside.ifPresent(OutsideBroker::close);
        wayToStore.ifPresent(Relay::close);
        store.close();
        kafka.close();
    }
}
