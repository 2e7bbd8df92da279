package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// How much clusters of several sizes take on one machine: each with PostgreSQL and one Kafka broker, a fleet that is
/// dealt out over all nodes, flat out, some rounds.
final class ClusterBench {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final long RESIDENT_MIB_MAX = 2_000;

    private final List<Integer> sizes;
    private final Plan plan;
    private final long warmup;
    private final int rounds;
    private final Consumer<String> print;

    /// @param sizes  numbers of nodes; the first is what the others are compared with
    /// @param plan   of a round, but for where
    /// @param warmup messages before the first round
    ClusterBench(List<Integer> sizes, Plan plan, long warmup, int rounds, Consumer<String> print) {
        this.sizes = List.copyOf(sizes);
        this.plan = plan;
        this.warmup = warmup;
        this.rounds = rounds;
        this.print = print;
    }

    /// @return whether nothing was lost, out of order or otherwise wrong
    boolean run() throws IOException {
        var folder = Files.createTempDirectory("sluice-bench-");
        print.accept("logs go to " + folder);
        var passed = true;
        var first = 0.0;
        for (var nodes : sizes) {
            var settings = new ClusterChaos.Settings(
                    0, 0, List.of(), nodes, 1, false, plan.devices(), 0, RESIDENT_MIB_MAX, 1, List.of());
            try (var rig = ClusterRig.start(folder.resolve(nodes + "-nodes"), settings)) {
                passed &= round(nodes, rig, warmup, "warm-up").verdict().passed();
                var found = IntStream.rangeClosed(1, rounds)
                        .mapToObj(number -> round(nodes, rig, plan.messages(), "round " + number))
                        .toList();
                passed &= found.stream().allMatch(round -> round.verdict().passed());
                var median = found.stream()
                        .mapToDouble(Run::perSecond)
                        .sorted()
                        .skip(rounds / 2)
                        .findFirst()
                        .orElseThrow();
                first = first == 0 ? median : first;
                print.accept(String.format(
                        Locale.ROOT,
                        "%s %d node(s) | median of %d rounds %,.0f messages/s | %.2f of %d node(s)",
                        Bench.now(),
                        nodes,
                        rounds,
                        median,
                        median / first,
                        sizes.getFirst()));
            }
        }
        if (passed) {
            Launch.delete(folder);
        }
        return passed;
    }

    private Run round(int nodes, ClusterRig rig, long messages, String name) {
        var servers = rig.servers();
        var wanted = Plan.of(Plan.newRun(), servers.getFirst())
                .devices(plan.devices())
                .size(plan.size())
                .topic(ClusterRig.MQTT_TOPIC)
                .messages(messages);
        var target = new Run.Target(
                rig.kafka().bootstrapServers(),
                ClusterRig.TOPIC,
                new Verdict.Expected(wanted, Plan.CLIENT_ID, Plan.CLIENT_ID),
                0);
        var run = Run.of(wanted, servers, target, LIMIT, _ -> {});
        print.accept(String.format(
                Locale.ROOT,
                "%s %d node(s), %s | %d devices, %d B, QoS %d, %,d messages | %,.0f messages/s | until PUBACK %s | %s",
                Bench.now(),
                nodes,
                name,
                wanted.devices(),
                wanted.size(),
                wanted.qos(),
                messages,
                run.perSecond(),
                Latency.text(run.latency().acknowledged()),
                run.verdict().summary()));
        run.verdict().examples().forEach(example -> print.accept("    " + example));
        return run;
    }
}
