package io.sluice.node;

import static org.awaitility.Awaitility.await;

import io.sluice.bench.Fleet;
import io.sluice.bench.Plan;
import io.sluice.bench.Reader;
import io.sluice.bench.Verdict;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/// A fleet publishes through a node while faults strike at random, one after the other; all is drained and judged.
final class FaultyRun {
    /// What may strike. A task is only struck while Kafka answers: what a stopped Kafka finds in its socket from an
    /// owner that is gone it may still write, behind a newer one's.
    enum Strike {
        /// A tenth of the devices lose their connection.
        CUT,
        /// A task is told to finish and stop.
        DRAIN,
        /// A task's actor dies.
        KILL,
        /// Kafka stands still for a while.
        PAUSE,
        /// Integration `one`, which is defined in the catalog then, is changed.
        EDIT
    }

    /// What strikes a node whose integration stands in its configuration.
    static final Set<Strike> FAULTS = EnumSet.complementOf(EnumSet.of(Strike.EDIT));

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int DEVICES = 50;
    private static final int WINDOW = 20;

    private final OneNode node;
    private final Random random;
    private final List<Strike> strikes;
    private int tasks;

    /// @param tasks of integration `one`, which writes to topic `tbmq.messages` of [OtherKafka]
    FaultyRun(OneNode node, long seed, Set<Strike> strikes, int tasks) {
        this.node = node;
        this.random = new Random(seed);
        this.strikes = List.copyOf(EnumSet.copyOf(strikes));
        this.tasks = tasks;
    }

    /// @param messages to publish, at 2,000 a second; faults strike as long as that takes
    Verdict run(int messages) {
        var plan = Plan.of(Plan.newRun(), node.mqtt())
                .devices(DEVICES)
                .window(WINDOW)
                .rate(2_000)
                .messages(messages);
        try (var reader = Reader.open(OtherKafka.bootstrapServers(), "tbmq.messages", 3, plan);
                var fleet = new Fleet(plan)) {
            fleet.connect(LIMIT);
            fleet.publish();
            while (fleet.ledger().published() < messages) {
                var strike = strikes.get(random.nextInt(strikes.size()));
                fleet.ledger().fault(strike.name(), () -> strike(strike, fleet));
                var calm = fleet.ledger().acknowledged() + 100 + random.nextInt(300);
                await("acknowledgements flow after " + strike)
                        .pollInterval(Duration.ofMillis(5))
                        .atMost(LIMIT)
                        .until(() -> fleet.ledger().acknowledged() >= Math.min(calm, messages));
            }
            var drained = fleet.drain(LIMIT);
            fleet.stop();
            var verdict = reader.judge(fleet, LIMIT);
            if (!drained) {
                throw new AssertionError("expected all acknowledged within %s, was %d of %d; %s"
                        .formatted(
                                LIMIT,
                                fleet.ledger().acknowledged(),
                                fleet.ledger().published(),
                                fleet.troubles()));
            }
            return verdict;
        }
    }

    private void strike(Strike strike, Fleet fleet) {
        switch (strike) {
            case CUT -> cut(fleet);
            case DRAIN -> {
                var task = random.nextInt(tasks);
                untilStartedAgain(task, () -> node.drainTask("one", task));
            }
            case KILL -> {
                var task = random.nextInt(tasks);
                untilStartedAgain(task, () -> node.killTask("one", task));
            }
            case PAUSE -> {
                OtherKafka.pause();
                await("Kafka stands still")
                        .pollDelay(Duration.ofMillis(100 + random.nextInt(400)))
                        .until(() -> true);
                OtherKafka.resume();
            }
            case EDIT -> {
                tasks = 1 + random.nextInt(5);
                node.define("one", definition(tasks, random));
            }
        }
    }

    /// How records look stays, all else may change.
    static String definition(int tasks, Random random) {
        return """
                {"tasks": %d, "batch-size": %d, "filters": %s, "subject": "%s"}
                """.formatted(
                        tasks,
                        random.nextBoolean() ? 16_384 : 65_536,
                        random.nextBoolean() ? "[\"tbmq/#\"]" : "[\"other/+\", \"tbmq/#\"]",
                        random.nextInt(3) > 0 ? "${clientId}" : "${clientId:-nobody}");
    }

    /// Devices find their sessions again and send what was not acknowledged.
    private void cut(Fleet fleet) {
        var lost = fleet.lostConnections();
        var first = random.nextInt(DEVICES);
        var devices = IntStream.range(0, DEVICES / 10)
                .map(n -> (first + n * 7) % DEVICES)
                .distinct()
                .toArray();
        IntStream.of(devices).forEach(fleet::cut);
        await("connections are lost and back")
                .pollInterval(Duration.ofMillis(10))
                .atMost(LIMIT)
                .until(() -> fleet.lostConnections() >= lost + devices.length && fleet.connectedNow() == DEVICES);
    }

    private void untilStartedAgain(int task, Runnable strike) {
        var before = node.epoch("one", task);
        strike.run();
        await("task " + task + " runs again")
                .pollInterval(Duration.ofMillis(10))
                .atMost(LIMIT)
                .until(() -> node.epoch("one", task) > before && node.node().isReady());
    }
}
