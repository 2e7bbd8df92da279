package io.sluice.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Scenarios that measure a node, one line of text each.
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures the node that runs, or one started for it. Scenarios: flat (closed loop), one-device,%n"
                + "steady (2,000 messages/s), idle (10,000 idle connections, then steady), sizes (64 B to 64 KiB).")
final class Bench implements Callable<Integer> {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration CONNECT_LIMIT = Duration.ofMinutes(2);
    private static final int[] SIZES = {64, 256, 1_024, 4_096, 16_384, 65_536};
    private static final long SIZES_BYTES = 64L << 20;
    private static final long SETTLE_NANOS = 3_000_000_000L;

    enum Kafka {
        /// In the node's process.
        EMBEDDED,
        /// In a process of its own.
        EXTERNAL
    }

    @Parameters(arity = "0..*", paramLabel = "SCENARIO", description = "default: all five")
    private List<String> scenarios = List.of();

    @Mixin
    private final Endpoints endpoints = new Endpoints();

    @Option(
            names = "--started-with",
            description = "Kafka of a node started for it: ${COMPLETION-CANDIDATES}" + " (default: ${DEFAULT-VALUE})")
    private Kafka startedWith = Kafka.EMBEDDED;

    @Option(names = "--pid-file", description = "of the node that runs, for its CPU time and memory")
    private Optional<Path> pidFile = Optional.empty();

    @Option(names = "--messages", description = "of a closed loop (default: ${DEFAULT-VALUE})")
    private long messages = 200_000;

    @Option(names = "--warmup", description = "messages before the first scenario (default: ${DEFAULT-VALUE})")
    private long warmup = 50_000;

    @Option(names = "--devices", description = "default: ${DEFAULT-VALUE}")
    private int devices = 100;

    @Option(names = "--rate", description = "of steady and idle (default: ${DEFAULT-VALUE})")
    private long rate = 2_000;

    @Option(names = "--seconds", description = "of steady and idle (default: ${DEFAULT-VALUE})")
    private long seconds = 15;

    @Option(names = "--idle", description = "idle connections (default: ${DEFAULT-VALUE})")
    private int idle = 10_000;

    @Option(
            names = "--nodes",
            split = ",",
            description = "compares clusters of so many nodes, flat out, instead, for instance 1,3")
    private List<Integer> nodes = List.of();

    @Option(names = "--rounds", description = "of each cluster (default: ${DEFAULT-VALUE})")
    private int rounds = 5;

    @Option(names = "--out", description = "text file, appended to (default: ${DEFAULT-VALUE})")
    private Path out = Path.of("bench/results/bench.txt");

    @Mixin
    private final Screen screen = new Screen();

    private boolean passed = true;
    private long pid;

    @Override
    public Integer call() throws IOException {
        if (!nodes.isEmpty()) {
            return new ClusterBench(nodes, plan().messages(messages), warmup, rounds, this::print).run() ? 0 : 1;
        }
        var wanted = scenarios.isEmpty() ? List.of("flat", "one-device", "steady", "idle", "sizes") : scenarios;
        if (Launch.ready(endpoints.management)) {
            pid = pidFile.isPresent()
                    ? Long.parseLong(Files.readString(pidFile.get()).strip())
                    : 0;
            wanted.forEach(this::measure);
            return passed ? 0 : 1;
        }
        var folder = Files.createTempDirectory("sluice-bench-");
        print("starting a node, its logs go to " + folder);
        try (var kafka = startedWith == Kafka.EXTERNAL ? KafkaProcess.start(folder.resolve("kafka")) : null;
                var node = NodeProcess.start(settings(folder, Optional.ofNullable(kafka)))) {
            node.awaitReady();
            pid = node.pid();
            run("warm-up", plan().messages(warmup));
            wanted.forEach(this::measure);
        }
        if (passed) {
            Launch.delete(folder);
        }
        return passed ? 0 : 1;
    }

    private NodeProcess.Settings settings(Path folder, Optional<KafkaProcess> kafka) {
        kafka.ifPresent(KafkaProcess::awaitReady);
        kafka.ifPresent(external -> endpoints.kafka = external.bootstrapServers());
        return new NodeProcess.Settings(
                endpoints.mqtt,
                endpoints.management,
                endpoints.topic,
                kafka.map(KafkaProcess::bootstrapServers),
                Map.of("SLUICE_DATA_DIR", folder.resolve("data").toString()),
                List.of(),
                folder.resolve("node.log"));
    }

    private void measure(String scenario) {
        switch (scenario) {
            case "flat" -> run(scenario, plan().messages(messages));
            case "one-device" -> run(scenario, plan().devices(1).messages(messages / 4));
            case "steady" -> run(scenario, steady());
            case "idle" -> idle();
            case "sizes" -> {
                for (var size : SIZES) {
                    var count = Math.clamp(SIZES_BYTES / size, 2_000, messages);
                    run(scenario, plan().size(size).messages(count));
                }
            }
            default ->
                throw new IllegalArgumentException(
                        "scenario: expected flat, one-device, steady, idle or sizes, was " + scenario);
        }
    }

    private Plan plan() {
        return endpoints.plan().devices(devices);
    }

    private Plan steady() {
        return plan().rate(rate).messages(rate * seconds).window(1_000);
    }

    private void idle() {
        var before = Proc.of(pid).residentKib();
        try (var fleet = new Fleet(endpoints.plan().devices(idle))) {
            fleet.connect(CONNECT_LIMIT);
            LockSupport.parkNanos(SETTLE_NANOS);
            var grown = Proc.of(pid).residentKib() - before;
            print(String.format(
                    Locale.ROOT, "%s idle | %,d connections | %.1f KiB each", now(), idle, (double) grown / idle));
            run("idle", steady());
            if (fleet.lostConnections() > 0) {
                passed = false;
                print("idle: %d idle connections were lost; %s".formatted(fleet.lostConnections(), fleet.troubles()));
            }
        }
    }

    private void run(String scenario, Plan plan) {
        var target = new Run.Target(endpoints.kafka, endpoints.topic, endpoints.expected(plan), pid);
        var run = Run.of(plan, target, LIMIT, _ -> {});
        passed &= run.verdict().passed();
        print(String.format(
                Locale.ROOT,
                "%s %s | %d devices, %d B, %s, QoS %d, %,d messages | %,.0f messages/s | until PUBACK %s |"
                        + " until consumer %s | node %.2f CPU s per 100,000, %d MiB | %s",
                now(),
                scenario,
                plan.devices(),
                plan.size(),
                plan.rate() == 0 ? "window " + plan.window() : plan.rate() + "/s",
                plan.qos(),
                plan.messages(),
                run.perSecond(),
                Latency.text(run.latency().acknowledged()),
                Latency.text(run.latency().seen()),
                run.cpuSeconds() * 100_000 / Math.max(1, plan.messages()),
                run.residentKib() / 1_024,
                run.verdict().summary()));
        run.verdict().examples().forEach(example -> print("    " + example));
    }

    static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private void print(String line) {
        screen.line(line);
        try {
            Files.createDirectories(out.toAbsolutePath().getParent());
            Files.write(out, List.of(line), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + out, e);
        }
    }
}
