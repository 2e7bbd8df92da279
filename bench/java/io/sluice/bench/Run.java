package io.sluice.bench;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// One fleet against one node, read back and judged.
///
/// @param perSecond messages per second, from the first publish until the last record was seen
/// @param cpuSeconds CPU time the node used, 0 if its process is not known
/// @param residentKib the node's memory at the end, 0 if its process is not known
/// @param troubles  of the fleet
/// @param samples   the first records, in words
record Run(
        Plan plan,
        Verdict verdict,
        Latency latency,
        double perSecond,
        double cpuSeconds,
        long residentKib,
        Map<String, Long> troubles,
        List<String> samples) {
    private static final Duration CONNECT_LIMIT = Duration.ofMinutes(1);
    private static final Duration CATCH_UP_LIMIT = Duration.ofMinutes(1);
    private static final int PARTITIONS = 3;

    /// How far a run is.
    record Progress(long published, long acknowledged, long inKafka) {}

    /// Where records go, and which process to account for.
    record Target(String kafka, String topic, Verdict.Expected expected, long pid) {}

    /// Publishes the plan's messages and waits for all of them.
    ///
    /// @param limit how long publishing and draining may take
    /// @param watch told how far it is, about every 200 ms
    static Run of(Plan plan, Target target, Duration limit, Consumer<Progress> watch) {
        return of(plan, List.of(plan.server()), target, limit, watch);
    }

    /// The same against several nodes.
    static Run of(Plan plan, List<InetSocketAddress> servers, Target target, Duration limit, Consumer<Progress> watch) {
        try (var reader = Reader.open(target.kafka(), target.topic(), PARTITIONS, plan);
                var fleet = new Fleet(plan, servers, Duration.ZERO)) {
            fleet.connect(CONNECT_LIMIT);
            var before = Proc.of(target.pid());
            fleet.publish();
            var drained = drain(fleet, reader.seen(), limit, watch);
            fleet.stop();
            reader.catchUp(CATCH_UP_LIMIT);
            var after = Proc.of(target.pid());
            fleet.finish();
            reader.finish();
            watch.accept(progress(fleet, reader.seen()));
            var verdict = Verdict.of(fleet.ledger(), reader.seen(), target.expected());
            if (!drained) {
                var open = fleet.ledger().published() - fleet.ledger().acknowledged();
                verdict = verdict.with(Defect.NOT_DRAINED, (int) open, "after " + limit.toSeconds() + " s");
            }
            return new Run(
                    plan,
                    verdict,
                    Latency.of(fleet.ledger(), reader.seen()),
                    perSecond(fleet.startedAt(), reader.seen()),
                    after.cpuSeconds() - before.cpuSeconds(),
                    after.residentKib(),
                    fleet.troubles(),
                    reader.samples());
        }
    }

    private static boolean drain(Fleet fleet, Seen seen, Duration limit, Consumer<Progress> watch) {
        var deadline = System.nanoTime() + limit.toNanos();
        while (!fleet.drain(Duration.ofMillis(200))) {
            watch.accept(progress(fleet, seen));
            if (System.nanoTime() > deadline) {
                return false;
            }
        }
        return true;
    }

    private static Progress progress(Fleet fleet, Seen seen) {
        return new Progress(fleet.ledger().published(), fleet.ledger().acknowledged(), seen.distinct());
    }

    private static double perSecond(long startedAt, Seen seen) {
        var took = seen.lastAt() - startedAt;
        return took <= 0 ? 0 : seen.distinct() * 1e6 / took;
    }
}
