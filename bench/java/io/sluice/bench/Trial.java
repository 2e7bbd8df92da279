package io.sluice.bench;

import io.sluice.bench.Ledger.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/// One trial of chaos: a steady fleet, faults at random instants, and a verdict when all has drained.
final class Trial {
    /// The first fault strikes no earlier, so that there is a rate to come back to.
    private static final long CALM_MICROS = 1_000_000;

    private static final int PAUSE_MIN_MILLIS = 2_000;
    private static final int PAUSE_MAX_MILLIS = 4_000;
    /// Acknowledgements of what Kafka had taken may be under way when it stops.
    private static final long GRACE_MICROS = 1_000_000;

    private static final Duration CONNECT_LIMIT = Duration.ofMinutes(1);
    private static final Duration DRAIN_LIMIT = Duration.ofMinutes(2);
    private static final int PARTITIONS = 3;
    private static final long LOOK_NANOS = 50_000_000;

    private final Settings settings;
    private final NodeProcess node;
    private final Optional<KafkaProcess> kafka;
    private final Random random;
    private final List<Standstill> standstills = new ArrayList<>();
    private final Memory memory;

    /// @param plan    of the fleet: open loop
    /// @param faults  in the order they strike
    /// @param bounds  of the node's memory
    record Settings(
            int number,
            long seed,
            Plan plan,
            Verdict.Expected expected,
            String bootstrapServers,
            String topic,
            List<FaultKind> faults,
            Memory.Bounds bounds) {}

    /// What one trial brought.
    record Result(
            Settings settings,
            List<Fault> faults,
            long startedAt,
            Verdict verdict,
            Flow flow,
            long residentMib,
            long grownMib) {
        static final String HEADER = "trial,seed,fault,at_ms,published,acked,in_kafka,lost,out_of_order,repeats,window,"
                + "recovery_ms,rss_mib,verdict";

        String csv() {
            return String.join(
                    ",",
                    Integer.toString(settings.number()),
                    Long.toString(settings.seed()),
                    faults.stream().map(Fault::kind).collect(Collectors.joining(";")),
                    joined(faults.stream().mapToLong(fault -> (fault.from() - startedAt) / 1_000)),
                    Long.toString(verdict.published()),
                    Long.toString(verdict.acknowledged()),
                    Long.toString(verdict.inKafka()),
                    Integer.toString(verdict.lost()),
                    Integer.toString(verdict.outOfOrder()),
                    Long.toString(verdict.repeats()),
                    Long.toString(verdict.window()),
                    joined(recoveries()),
                    Long.toString(residentMib),
                    '"' + verdict.summary() + '"');
        }

        /// Milliseconds from each fault until acknowledgements flowed again; -1: they never did.
        LongStream recoveries() {
            return faults.stream()
                    .mapToLong(fault ->
                            flow.recovery(fault.from(), settings.plan().rate()).orElse(-1_000) / 1_000);
        }

        private static String joined(LongStream numbers) {
            return numbers.mapToObj(Long::toString).collect(Collectors.joining(";"));
        }

        String line() {
            return String.format(
                    Locale.ROOT,
                    "trial %3d  %-10s at %6s ms  published %,7d  acked %,7d  repeats %,4d of %,5d  recovery %6s ms  rss %,d+%,d MiB  %s",
                    settings.number(),
                    faults.stream().map(Fault::kind).collect(Collectors.joining(";")),
                    joined(faults.stream().mapToLong(fault -> (fault.from() - startedAt) / 1_000)),
                    verdict.published(),
                    verdict.acknowledged(),
                    verdict.repeats(),
                    verdict.window(),
                    joined(recoveries()),
                    residentMib - grownMib,
                    grownMib,
                    verdict.summary());
        }
    }

    /// @param kafka empty: it lives in the node
    Trial(Settings settings, NodeProcess node, Optional<KafkaProcess> kafka) {
        this.settings = settings;
        this.node = node;
        this.kafka = kafka;
        this.random = new Random(settings.seed());
        this.memory = new Memory(() -> Proc.of(node.pid()).residentKib());
    }

    /// @throws IllegalStateException when the system under test cannot be brought up or read at all
    Result run() {
        var plan = settings.plan();
        try (var reader = Reader.open(settings.bootstrapServers(), settings.topic(), PARTITIONS, plan);
                var fleet = new Fleet(plan)) {
            fleet.connect(CONNECT_LIMIT);
            fleet.publish();
            for (var instant : instants()) {
                watchMemory(fleet.startedAt() + instant.at());
                fleet.ledger().fault(inject(instant.kind()));
            }
            var drained = fleet.drain(DRAIN_LIMIT);
            fleet.stop();
            reader.catchUp(DRAIN_LIMIT);
            fleet.finish();
            reader.finish();
            return judge(fleet, reader.seen(), drained);
        }
    }

    private record Instant(FaultKind kind, long at) {}

    /// Kafka was stopped for certain.
    private record Standstill(long from, long until) {}

    private List<Instant> instants() {
        var span = settings.plan().messages() * 1_000_000 / settings.plan().rate() - 2 * CALM_MICROS;
        var at = random.longs(settings.faults().size(), 0, Math.max(1, span))
                .sorted()
                .toArray();
        var instants = new ArrayList<Instant>();
        for (var i = 0; i < at.length; i++) {
            instants.add(new Instant(settings.faults().get(i), CALM_MICROS + at[i]));
        }
        return instants;
    }

    private Fault inject(FaultKind kind) {
        var from = Micros.now();
        switch (kind) {
            case KILL_NODE -> {
                node.kill();
                var until = Micros.now();
                node.restart();
                return new Fault(kind.toString(), from, until);
            }
            case STOP_KAFKA -> {
                var still = stopKafkaUntil(from + 1_000L * random.nextInt(PAUSE_MIN_MILLIS, PAUSE_MAX_MILLIS));
                standstills.add(new Standstill(still, Micros.now()));
                external().resume();
            }
            case KILL_KAFKA -> {
                external().kill();
                external().restart();
                external().awaitReady();
            }
        }
        return new Fault(kind.toString(), from, Micros.now());
    }

    private KafkaProcess external() {
        return kafka.orElseThrow(() -> new IllegalStateException("chaos: expected a Kafka of its own, was embedded"));
    }

    /// A node that is still on its way up grows for reasons of its own.
    /// @return since when it stands still, which on a busy machine is long after it was told to
    private long stopKafkaUntil(long instant) {
        if (node.ready()) {
            memory.standstillBegins();
        }
        external().pause();
        var still = Micros.now();
        watchMemory(instant);
        memory.standstillEnds();
        return still;
    }

    private void watchMemory(long until) {
        for (var left = until - Micros.now(); left > 0; left = until - Micros.now()) {
            memory.look();
            LockSupport.parkNanos(Math.min(left * 1_000, LOOK_NANOS));
        }
    }

    private Result judge(Fleet fleet, Seen seen, boolean drained) {
        var ledger = fleet.ledger();
        var verdict = Verdict.of(ledger, seen, settings.expected());
        if (!drained) {
            var open = (int) (ledger.published() - ledger.acknowledged());
            verdict = verdict.with(Defect.NOT_DRAINED, open, "fleet: " + fleet.troubles());
        }
        for (var standstill : standstills) {
            var early = (int) Flow.between(ledger, standstill.from() + GRACE_MICROS, standstill.until());
            verdict =
                    early == 0 ? verdict : verdict.with(Defect.ACK_WHILE_STOPPED, early, "more than 1 s after SIGSTOP");
        }
        memory.look();
        return new Result(
                settings,
                ledger.faults(),
                fleet.startedAt(),
                memory.judge(verdict, settings.bounds()),
                Flow.of(ledger, fleet.startedAt()),
                memory.highestMib(),
                memory.grownMib());
    }
}
