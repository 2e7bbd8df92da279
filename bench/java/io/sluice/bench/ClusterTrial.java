package io.sluice.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/// One trial of a cluster: a steady fleet over all nodes, a fault at a random instant, the repair of what it broke
/// while the fleet goes on, and a verdict when all has drained.
final class ClusterTrial {
    private static final Duration CONNECT_LIMIT = Duration.ofMinutes(1);
    private static final Duration SETTLE_LIMIT = Duration.ofMinutes(2);
    private static final Duration DRAIN_LIMIT = Duration.ofMinutes(1);
    /// Longer than a pause that nobody takes for a death.
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration CALM_AFTER = Duration.ofSeconds(1);
    private static final long LOOK_NANOS = 20_000_000;
    /// Of the messages of one second, unacknowledged while all is well.
    private static final double OPEN = 0.5;

    private final Settings settings;
    private final ClusterRig rig;
    private final ClusterStrike strike;
    private final List<String> late = new ArrayList<>();

    /// @param plan     of the fleet; its messages are as many as it takes
    /// @param patience how many times as long as the fault allows its recovery may take
    record Settings(int number, long seed, ClusterFault fault, Plan plan, long residentMibMax, int patience) {}

    ClusterTrial(Settings settings, ClusterRig rig) {
        this.settings = settings;
        this.rig = rig;
        this.strike = new ClusterStrike(settings, rig);
    }

    /// @throws IllegalStateException when the cluster cannot be repaired, or not be read at all
    ClusterResult run() {
        var plan = settings.plan();
        try (var reader = Reader.open(rig.kafka().bootstrapServers(), ClusterRig.TOPIC, ClusterRig.PARTITIONS, plan);
                var fleet = new Fleet(plan, rig.servers(), strike.freezes() ? PATIENCE : Duration.ZERO)) {
            fleet.connect(CONNECT_LIMIT);
            fleet.publish();
            strike.against(fleet);
            var settled = settle(fleet, plan);
            var ended = rig.repair();
            var whole = settle(fleet, plan) && settled;
            fleet.stop();
            var drained = fleet.drain(DRAIN_LIMIT) && emptyQueue();
            if (settings.fault().excusesRepeats()) {
                strike.blows().forEach(fleet.ledger()::fault);
            }
            reader.catchUp(DRAIN_LIMIT);
            fleet.finish();
            reader.finish();
            var expected =
                    new Verdict.Expected(plan, Plan.CLIENT_ID, Plan.CLIENT_ID, settings.fault() != ClusterFault.EDIT);
            var bystanders = bystanders(fleet, reader.seen());
            return judge(fleet, Verdict.of(fleet.ledger(), reader.seen(), expected), drained && whole, ended)
                    .beside(bystanders)
                    .judged();
        }
    }

    private Bystanders bystanders(Fleet fleet, Seen seen) {
        var before = strike.places();
        var after = fleet.places();
        return Bystanders.of(
                fleet.ledger(),
                seen,
                device -> device < before.length && before[device] == after[device],
                strike.blows().getFirst());
    }

    private boolean emptyQueue() {
        var empty = rig.emptyQueue(SETTLE_LIMIT);
        if (!empty) {
            late.add("the queue: not empty within %d s".formatted(SETTLE_LIMIT.toSeconds()));
        }
        return empty;
    }

    /// Waits until all is as it was: every device connected, and hardly anything open, for a second.
    static boolean settle(Fleet fleet, Plan plan) {
        var deadline = Micros.now() + SETTLE_LIMIT.toNanos() / 1_000;
        var since = Micros.now();
        var openMax = plan.rate() * OPEN;
        while (Micros.now() - since < CALM_AFTER.toNanos() / 1_000) {
            var open = fleet.ledger().published() - fleet.ledger().acknowledged();
            if (fleet.connectedNow() < plan.devices() || open > openMax) {
                since = Micros.now();
            }
            if (Micros.now() > deadline) {
                return false;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return true;
    }

    private ClusterResult judge(Fleet fleet, Verdict checked, boolean whole, Set<Integer> ended) {
        var ledger = fleet.ledger();
        var recoveries = new ArrayList<Long>();
        for (var blow : strike.blows()) {
            var since = settings.fault().countsFromEnd() ? blow.until() : blow.from();
            var micros = Gaps.recovery(ledger, since);
            recoveries.add(micros.isPresent() ? micros.getAsLong() / 1_000 : ClusterResult.NEVER);
        }
        var result = new ClusterResult(
                settings,
                strike.victim(),
                (strike.blows().getFirst().from() - fleet.startedAt()) / 1_000,
                recoveries,
                Gaps.longest(ledger) / 1_000,
                ended.size(),
                rig.residentMib(),
                checked);
        if (!whole) {
            var open = (int) (ledger.published() - ledger.acknowledged());
            result = result.found(Defect.NOT_DRAINED, Math.max(1, open), "fleet: " + fleet.troubles());
        }
        for (var still : strike.standstills()) {
            var early = (int) Flow.between(ledger, still.from(), still.until());
            if (early > 0) {
                result = result.found(Defect.ACK_WHILE_STOPPED, early, "more than 1 s after it stopped");
            }
        }
        for (var node : rig.unbalanced()) {
            result = result.found(Defect.BOOKS, 1, node);
        }
        late.addAll(strike.amiss());
        for (var what : late) {
            result = result.found(Defect.LATE, 1, what);
        }
        return result;
    }
}
