package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Trials of crash and hang against real processes, each judged by the independent checker.
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        description = "Kills and stops a node and its Kafka under load, and checks that nothing acknowledged is lost.%n"
                + "Exit code 1: a trial failed. The same seed gives the same faults at the same instants.")
final class Chaos implements Callable<Integer> {
    private static final int WINDOW = 1_000;

    enum Mode {
        /// Kafka is a process of its own.
        EXTERNAL,
        /// Kafka lives in the node and dies with it.
        EMBEDDED
    }

    @Mixin
    private final Endpoints endpoints = new Endpoints();

    @Option(names = "--trials", description = "default: ${DEFAULT-VALUE}")
    private int trials = 10;

    @Option(names = "--seed", description = "default: random, printed")
    private long seed = ThreadLocalRandom.current().nextInt(1, 1_000_000);

    @Option(
            names = "--faults",
            split = ",",
            description = "default: kill-node,stop-kafka,kill-kafka, in turn; of a cluster f1,f2,f4,f8,f22")
    private List<String> faults = List.of();

    @Option(
            names = "--cluster",
            description = "several nodes that share PostgreSQL and an external Kafka, instead of one node")
    private boolean cluster;

    @Option(names = "--nodes", description = "of a cluster (default: ${DEFAULT-VALUE})")
    private int nodes = 3;

    @Option(names = "--brokers", description = "of Kafka, of a cluster; 1 or at least 3 (default: ${DEFAULT-VALUE})")
    private int brokers = 3;

    @Option(names = "--queue", description = "of a cluster, an integration whose messages wait in a queue")
    private boolean queue;

    @Option(names = "--faults-per-trial", description = "default: ${DEFAULT-VALUE}")
    private int faultsPerTrial = 1;

    @Option(names = "--mode", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Mode mode = Mode.EXTERNAL;

    @Option(names = "--devices", description = "default: 200; of a cluster 60")
    private Optional<Integer> devices = Optional.empty();

    @Option(names = "--rate", description = "messages per second of all devices (default: 2000; of a cluster 300)")
    private Optional<Long> rate = Optional.empty();

    @Option(names = "--seconds", description = "of publishing, per trial (default: ${DEFAULT-VALUE})")
    private long seconds = 6;

    @Option(names = "--rss-max-mib", description = "of the node (default: ${DEFAULT-VALUE})")
    private long residentMibMax = 900;

    @Option(
            names = "--rss-growth-max-mib",
            description = "of the node while Kafka stands still (default: ${DEFAULT-VALUE})")
    private long grownMibMax = 128;

    @Option(
            names = "--patience",
            description = "how many times as long as a fault allows its recovery may take, for a machine that is busy"
                    + " with other things; of a cluster (default: ${DEFAULT-VALUE})")
    private int patience = 1;

    @Option(names = "--node-arg", description = "passed on to the node, for instance -Dkey=value; may be repeated")
    private List<String> nodeArguments = List.of();

    @Option(names = "--out", description = "CSV file, appended to")
    private Optional<Path> out = Optional.empty();

    @Mixin
    private final Screen screen = new Screen();

    @Override
    public Integer call() throws IOException {
        return cluster ? clusterTrials() : oneNodeTrials();
    }

    private int clusterTrials() throws IOException {
        var kinds = clusterFaults();
        var settings = new ClusterChaos.Settings(
                trials,
                seed,
                kinds,
                nodes,
                brokers,
                queue,
                devices.orElse(60),
                rate.orElse(300L),
                residentMibMax,
                patience,
                nodeArguments);
        return new ClusterChaos(settings, screen, new Rows(out, ClusterResult.HEADER)).run();
    }

    private List<ClusterFault> clusterFaults() {
        if (nodes < 1 || brokers < 1 || brokers == 2) {
            throw screen.wrongOption("expected at least 1 of --nodes and 1 or at least 3 of --brokers, was %d and %d"
                    .formatted(nodes, brokers));
        }
        try {
            var kinds = faults.isEmpty()
                    ? ClusterFault.usual()
                    : faults.stream().map(ClusterFault::named).toList();
            if (brokers == 1 && kinds.stream().anyMatch(ClusterFault::needsCopies)) {
                throw screen.wrongOption(
                        "faults: expected none that needs three brokers with --brokers 1, was " + kinds);
            }
            if (kinds.contains(ClusterFault.PARTITION) && !Partition.possible()) {
                throw screen.wrongOption(
                        "faults: expected none that cuts nodes off, was " + kinds + "; " + Partition.CURE);
            }
            return kinds;
        } catch (IllegalArgumentException e) {
            throw screen.wrongOption(String.valueOf(e.getMessage()));
        }
    }

    private int oneNodeTrials() throws IOException {
        var kinds = kinds();
        var folder = Files.createTempDirectory("sluice-chaos-");
        screen.line("seed %d, logs in %s".formatted(seed, folder));
        var failed = new ArrayList<Integer>();
        var kafka = mode == Mode.EXTERNAL
                ? Optional.of(KafkaProcess.start(folder.resolve("kafka")))
                : Optional.<KafkaProcess>empty();
        try {
            kafka.ifPresent(KafkaProcess::awaitReady);
            try (var node = startNode(folder, kafka.map(KafkaProcess::bootstrapServers))) {
                for (var trial = 1; trial <= trials; trial++) {
                    if (!passes(trial, kinds, node, kafka)) {
                        failed.add(trial);
                    }
                }
            }
        } finally {
            kafka.ifPresent(KafkaProcess::close);
        }
        screen.line("%d of %d trials passed, seed %d%s"
                .formatted(trials - failed.size(), trials, seed, failed.isEmpty() ? "" : ", failed: " + failed));
        if (failed.isEmpty()) {
            Launch.delete(folder);
        }
        return failed.isEmpty() ? 0 : 1;
    }

    private NodeProcess startNode(Path folder, Optional<String> kafka) {
        var node = NodeProcess.start(NodeProcess.Settings.in(folder, kafka, endpoints.topic, nodeArguments));
        try {
            node.awaitReady();
            return node;
        } catch (IllegalStateException e) {
            node.close();
            throw e;
        }
    }

    /// A trial that cannot even be judged has failed; the next one starts from a fresh process.
    private boolean passes(int number, List<FaultKind> kinds, NodeProcess node, Optional<KafkaProcess> kafka) {
        try {
            node.awaitReady();
            var result = new Trial(settings(number, kinds, node, kafka), node, kafka).run();
            screen.line(result.line());
            result.verdict().examples().forEach(example -> screen.line("    " + example));
            rows().append(result.csv());
            return result.verdict().passed();
        } catch (IllegalStateException | KafkaException e) {
            screen.line("trial %3d  %s".formatted(number, e.getMessage()));
            rows().append("%d,%d,,,,,,,,,,,,\"%s\"".formatted(number, seedOf(number), Rows.firstLine(e)));
            node.kill();
            node.restart();
            return false;
        }
    }

    private Trial.Settings settings(int number, List<FaultKind> kinds, NodeProcess node, Optional<KafkaProcess> kafka) {
        var perSecond = rate.orElse(2_000L);
        var plan = Plan.of(Plan.newRun(), Launch.address(node.settings().mqtt()))
                .mqtt5(endpoints.mqtt5)
                .qos(endpoints.qos)
                .devices(devices.orElse(200))
                .rate(perSecond)
                .messages(perSecond * seconds)
                .window(WINDOW);
        return new Trial.Settings(
                number,
                seedOf(number),
                plan,
                endpoints.expected(plan),
                kafka.map(KafkaProcess::bootstrapServers).orElse(endpoints.kafka),
                endpoints.topic,
                faultsOf(number, kinds),
                new Memory.Bounds(residentMibMax, grownMibMax));
    }

    /// One fault: the kinds take turns. Several: drawn and shuffled.
    private List<FaultKind> faultsOf(int number, List<FaultKind> kinds) {
        var chosen = new ArrayList<FaultKind>();
        for (var i = 0; i < faultsPerTrial; i++) {
            chosen.add(kinds.get((number - 1 + i) % kinds.size()));
        }
        Collections.shuffle(chosen, new Random(seedOf(number)));
        return chosen;
    }

    private long seedOf(int number) {
        return seed * 1_000 + number;
    }

    private List<FaultKind> kinds() {
        var all = mode == Mode.EMBEDDED ? List.of(FaultKind.KILL_NODE) : List.of(FaultKind.values());
        var kinds = faults.isEmpty() ? all : faults.stream().map(this::kind).toList();
        if (mode == Mode.EMBEDDED && !all.containsAll(kinds)) {
            throw screen.wrongOption("faults: expected kill-node alone with --mode embedded, was " + kinds);
        }
        return kinds;
    }

    private FaultKind kind(String name) {
        try {
            return FaultKind.named(name);
        } catch (IllegalArgumentException e) {
            throw screen.wrongOption(String.valueOf(e.getMessage()));
        }
    }

    private Rows rows() {
        return new Rows(out, Trial.Result.HEADER);
    }
}
