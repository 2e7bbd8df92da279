package io.sluice.bench;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The main job seen by a person: devices publish, records arrive, and a table says how it went.
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Publishes an MQTT fleet through a node and reads the records back from Kafka.%n"
                + "Uses the node that runs, or starts one. Exit code 1: something was lost or out of order.")
final class Demo implements Callable<Integer> {
    private static final Duration DRAIN_LIMIT = Duration.ofMinutes(1);
    private static final long LINE_MICROS = 2_000_000;

    @Mixin
    private final Endpoints endpoints = new Endpoints();

    @Option(names = "--devices", description = "default: ${DEFAULT-VALUE}")
    private int devices = 100;

    @Option(names = "--rate", description = "messages per second of all devices (default: ${DEFAULT-VALUE})")
    private long rate = 2_000;

    @Option(names = "--seconds", description = "default: ${DEFAULT-VALUE}")
    private long seconds = 10;

    @Option(names = "--size", description = "payload bytes (default: ${DEFAULT-VALUE})")
    private int size = 256;

    @Option(names = "--warmup", description = "seconds before, not counted (default: ${DEFAULT-VALUE})")
    private long warmupSeconds = 2;

    @Option(names = "--keep", description = "leave the node running that this command started")
    private boolean keep;

    @Option(names = "--node-arg", description = "passed on to a node it starts, e.g. -Dkey=value; may be repeated")
    private List<String> nodeArguments = List.of();

    @Mixin
    private final Screen screen = new Screen();

    private long startedAt;
    private long nextLineAt;

    @Override
    public Integer call() {
        var out = screen.out();
        var started = startUnlessReady(out);
        try {
            var warm = warmUp(out);
            var run = publish(out);
            print(run, out);
            return warm && run.verdict().passed() ? 0 : 1;
        } finally {
            started.ifPresent(node -> leave(node, out));
            out.flush();
        }
    }

    private Optional<NodeProcess> startUnlessReady(PrintWriter out) {
        if (Launch.ready(endpoints.management)) {
            out.printf("using the node at %s%n", endpoints.management);
            return Optional.empty();
        }
        var log = Path.of(Endpoints.environment("SLUICE_DATA_DIR").orElse("data"), "demo-node.log");
        out.printf("starting a node, its output goes to %s%n", log);
        out.flush();
        var before = Micros.now();
        var node = NodeProcess.start(new NodeProcess.Settings(
                endpoints.mqtt,
                endpoints.management,
                endpoints.topic,
                Endpoints.environment("SLUICE_KAFKA_BOOTSTRAP_SERVERS"),
                Map.of(),
                nodeArguments,
                log));
        try {
            node.awaitReady();
        } catch (IllegalStateException e) {
            node.close();
            throw e;
        }
        out.printf(Locale.ROOT, "ready after %.1f s%n", (Micros.now() - before) / 1e6);
        return Optional.of(node);
    }

    /// Judged as the rest is but not counted: code that runs for the first time is slow once.
    ///
    /// @return whether it passed
    private boolean warmUp(PrintWriter out) {
        if (warmupSeconds == 0) {
            return true;
        }
        out.printf("warming up for %d s%n", warmupSeconds);
        out.flush();
        var verdict = run(warmupSeconds, _ -> {}).verdict();
        if (!verdict.passed()) {
            out.printf("warm-up: %s%n", verdict.summary());
            verdict.examples().forEach(example -> out.printf("  %s%n", example));
        }
        return verdict.passed();
    }

    private Run publish(PrintWriter out) {
        out.printf(
                "publishing %,d messages/s from %d devices for %d s to %s%n", rate, devices, seconds, endpoints.mqtt);
        out.flush();
        startedAt = Micros.now();
        nextLineAt = startedAt + LINE_MICROS;
        var live = Optional.ofNullable(System.console()).isPresent();
        var run = run(seconds, progress -> show(progress, live, out));
        if (live) {
            out.println();
        }
        return run;
    }

    private Run run(long duration, Consumer<Run.Progress> watch) {
        var plan = endpoints
                .plan()
                .devices(devices)
                .size(size)
                .rate(rate)
                .messages(rate * duration)
                .window(1_000);
        var target = new Run.Target(endpoints.kafka, endpoints.topic, endpoints.expected(plan), 0);
        return Run.of(plan, target, Duration.ofSeconds(duration).plus(DRAIN_LIMIT), watch);
    }

    private void show(Run.Progress progress, boolean live, PrintWriter out) {
        var now = Micros.now();
        if (!live && now < nextLineAt) {
            return;
        }
        nextLineAt = now + LINE_MICROS;
        var line = String.format(
                Locale.ROOT,
                "%5.1f s   published %,9d   acknowledged %,9d   in Kafka %,9d",
                (now - startedAt) / 1e6,
                progress.published(),
                progress.acknowledged(),
                progress.inKafka());
        out.print(live ? "\r" + line : line + System.lineSeparator());
        out.flush();
    }

    private static void print(Run run, PrintWriter out) {
        var verdict = run.verdict();
        out.println();
        run.samples().forEach(sample -> out.printf("record: %s%n%n", sample));
        out.printf(Locale.ROOT, "published      %,12d%n", verdict.published());
        out.printf(Locale.ROOT, "acknowledged   %,12d%n", verdict.acknowledged());
        out.printf(Locale.ROOT, "in Kafka       %,12d%n", verdict.inKafka());
        out.printf(Locale.ROOT, "lost           %,12d%n", verdict.lost());
        out.printf(Locale.ROOT, "out of order   %,12d%n", verdict.outOfOrder());
        out.printf(Locale.ROOT, "repeats        %,12d%n", verdict.repeats());
        out.printf(Locale.ROOT, "messages/s     %,12.0f%n", run.perSecond());
        out.printf("until PUBACK   %s%n", Latency.text(run.latency().acknowledged()));
        out.printf("until consumer %s%n", Latency.text(run.latency().seen()));
        out.printf("verdict        %s%n", verdict.summary());
        verdict.examples().forEach(example -> out.printf("  %s%n", example));
        run.troubles().forEach((what, count) -> out.printf("  fleet: %s (%d times)%n", what, count));
    }

    private void leave(NodeProcess node, PrintWriter out) {
        if (keep) {
            node.release();
            out.printf(
                    "the node goes on, process %d: MQTT %s, Kafka %s%n", node.pid(), endpoints.mqtt, endpoints.kafka);
            return;
        }
        node.close();
    }
}
