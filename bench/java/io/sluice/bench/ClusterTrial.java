package io.sluice.bench;

import io.sluice.bench.Ledger.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
    private static final long ZOMBIE_MILLIS = 60_000;
    private static final long PAUSE_MILLIS = 3_000;
    private static final long CUT_MILLIS = 40_000;
    private static final long FLAP_MILLIS = 10_000;
    private static final int FLAPS = 2;
    private static final long EDIT_MILLIS = 1_500;
    private static final long OVERLOAD_MILLIS = 15_000;
    private static final int TAKE_OVERS = 20;
    /// Acknowledgements of what Kafka had taken may be under way when it stops.
    private static final long GRACE_MICROS = 1_000_000;
    /// Of the messages of one second, unacknowledged while all is well.
    private static final double OPEN = 0.5;

    private final Settings settings;
    private final ClusterRig rig;
    private final ClusterDraw draw;
    private final Random random;
    private final List<Fault> strikes = new ArrayList<>();
    private final List<Fault> standstills = new ArrayList<>();
    private final List<String> late = new ArrayList<>();
    private String victim = "";

    /// @param plan     of the fleet; its messages are as many as it takes
    /// @param patience how many times as long as the fault allows its recovery may take
    record Settings(int number, long seed, ClusterFault fault, Plan plan, long residentMibMax, int patience) {}

    ClusterTrial(Settings settings, ClusterRig rig) {
        this.settings = settings;
        this.rig = rig;
        this.draw = ClusterDraw.of(settings.seed(), rig.nodes());
        this.random = new Random(~settings.seed());
    }

    /// @throws IllegalStateException when the cluster cannot be repaired, or not be read at all
    ClusterResult run() {
        var plan = settings.plan();
        try (var reader = Reader.open(rig.kafka().bootstrapServers(), ClusterRig.TOPIC, ClusterRig.PARTITIONS, plan);
                var fleet = new Fleet(plan, rig.servers(), freezes() ? PATIENCE : Duration.ZERO)) {
            fleet.connect(CONNECT_LIMIT);
            fleet.publish();
            pause(draw.calmMillis());
            strike(fleet);
            var settled = settle(fleet);
            var ended = rig.repair();
            var whole = settle(fleet) && settled;
            fleet.stop();
            var drained = fleet.drain(DRAIN_LIMIT) && emptyQueue();
            if (settings.fault().excusesRepeats()) {
                strikes.forEach(fleet.ledger()::fault);
            }
            reader.catchUp(DRAIN_LIMIT);
            fleet.finish();
            reader.finish();
            var expected =
                    new Verdict.Expected(plan, Plan.CLIENT_ID, Plan.CLIENT_ID, settings.fault() != ClusterFault.EDIT);
            return judge(fleet, Verdict.of(fleet.ledger(), reader.seen(), expected), drained && whole, ended);
        }
    }

    private boolean emptyQueue() {
        var empty = rig.emptyQueue(SETTLE_LIMIT);
        if (!empty) {
            late.add("the queue: not empty within %d s".formatted(SETTLE_LIMIT.toSeconds()));
        }
        return empty;
    }

    private boolean freezes() {
        return settings.fault() == ClusterFault.PAUSE_OWNER || settings.fault() == ClusterFault.ZOMBIE_OWNER;
    }

    private void strike(Fleet fleet) {
        switch (settings.fault()) {
            case KILL_OWNER -> kill(rig.owner(random));
            case KILL_INGRESS -> {
                var spread = fleet.spread();
                kill(rig.most(node -> spread[node], random));
            }
            case KILL_ALL -> killAll();
            case ROLLING_RESTART -> restartInTurn();
            case PAUSE_OWNER -> freeze(PAUSE_MILLIS);
            case ZOMBIE_OWNER -> freeze(ZOMBIE_MILLIS);
            case PARTITION -> cutOff();
            case KILL_LEADER -> {
                var leader = rig.kafka().leader(ClusterRig.TOPIC, draw.partition());
                victim = "kafka-" + (leader + 1);
                blow(() -> rig.kafka().kill(leader));
            }
            case STOP_KAFKA -> {
                victim = "kafka";
                blow(() -> {
                    rig.kafka().pause();
                    standstill(draw.awayMillis());
                    rig.kafka().resume();
                });
            }
            case TOO_FEW_COPIES -> killAllBrokersButOne();
            case STORE_AWAY -> storeAway();
            case TAKE_OVER -> takeOver(fleet);
            case OVERLOAD -> overload();
            case EDIT -> edit(fleet);
            case DEAD_TARGET -> publishForNobody();
        }
    }

    private void kill(int node) {
        victim = name(node) + (draw.restartSoon() ? " soon" : " later");
        blow(() -> rig.kill(node));
        if (draw.restartSoon()) {
            rig.restart(node);
        }
    }

    private void killAll() {
        victim = "all";
        blow(() -> draw.order().forEach(rig::kill));
        draw.order().forEach(rig::restart);
    }

    private void restartInTurn() {
        victim = "all";
        for (var node : draw.order()) {
            blow(() -> {
                if (!rig.stop(node)) {
                    late.add(name(node) + " did not end by itself");
                }
            });
            rig.repair();
        }
    }

    private void freeze(long millis) {
        var node = rig.owner(random);
        victim = name(node);
        blow(() -> {
            rig.pause(node);
            pause(millis);
            rig.resume(node);
        });
    }

    private void cutOff() {
        var node = rig.owner(random);
        victim = "%s %s".formatted(name(node), draw.cut());
        blow(() -> {
            for (var turn = 0; turn < (draw.cut() == ClusterDraw.Cut.FLAPPING ? FLAPS : 1); turn++) {
                rig.cutOff(node, draw.cut() != ClusterDraw.Cut.ONE_WAY);
                pause(draw.cut() == ClusterDraw.Cut.FLAPPING ? FLAP_MILLIS : CUT_MILLIS);
                rig.heal();
                pause(draw.cut() == ClusterDraw.Cut.FLAPPING ? FLAP_MILLIS : 0);
            }
        });
    }

    private void killAllBrokersButOne() {
        victim = "kafka";
        var last = rig.kafka().leader(ClusterRig.TOPIC, draw.partition());
        blow(() -> {
            for (var broker = 0; broker < rig.kafka().size(); broker++) {
                if (broker != last) {
                    rig.kafka().kill(broker);
                }
            }
            standstill(draw.awayMillis());
            rig.kafka().repair();
            rig.kafka().awaitReady();
        });
    }

    /// Nothing can be safe in Kafka meanwhile.
    private void standstill(long millis) {
        var from = Micros.now();
        pause(millis);
        standstills.add(new Fault("standstill", from + GRACE_MICROS, Micros.now()));
    }

    private void storeAway() {
        victim = draw.killsStore() ? "postgresql killed" : "postgresql stopped";
        blow(() -> {
            if (draw.killsStore()) {
                rig.store().kill();
            } else {
                rig.store().freeze();
            }
            pause(draw.awayMillis());
            if (draw.killsStore()) {
                rig.store().resume();
            } else {
                rig.store().thaw();
            }
        });
    }

    private void takeOver(Fleet fleet) {
        victim = TAKE_OVERS + " devices";
        blow(() -> {
            for (var i = 0; i < TAKE_OVERS; i++) {
                fleet.takeOver(random.nextInt(settings.plan().devices()));
                pause(100);
            }
        });
    }

    private void overload() {
        victim = "all";
        var plan = Plan.of(Plan.newRun(), settings.plan().server())
                .devices(settings.plan().devices())
                .topic(ClusterRig.MQTT_TOPIC)
                .messages(Integer.MAX_VALUE);
        blow(() -> {
            try (var reader =
                            Reader.open(rig.kafka().bootstrapServers(), ClusterRig.TOPIC, ClusterRig.PARTITIONS, plan);
                    var fleet = new Fleet(plan, rig.servers(), Duration.ZERO)) {
                fleet.connect(CONNECT_LIMIT);
                fleet.publish();
                pause(OVERLOAD_MILLIS);
                fleet.stop();
                var drained = fleet.drain(DRAIN_LIMIT) && rig.emptyQueue(SETTLE_LIMIT);
                var verdict = reader.judge(fleet, DRAIN_LIMIT);
                if (!drained || !verdict.passed()) {
                    late.add("the overload: " + (drained ? "" : "not drained, ") + verdict.summary());
                }
            }
        });
    }

    /// Nothing of it can be acknowledged.
    private void publishForNobody() {
        victim = "all";
        var plan = Plan.of(Plan.newRun(), settings.plan().server())
                .devices(settings.plan().devices())
                .topic(ClusterRig.DEAD_MQTT_TOPIC)
                .messages(Integer.MAX_VALUE);
        rig.defineDead();
        blow(() -> {
            try (var fleet = new Fleet(plan, rig.servers(), Duration.ZERO)) {
                fleet.connect(CONNECT_LIMIT);
                fleet.publish();
                pause(OVERLOAD_MILLIS);
                fleet.stop();
                if (fleet.ledger().acknowledged() > 0) {
                    late.add("%d acknowledged for a Kafka that is not there"
                            .formatted(fleet.ledger().acknowledged()));
                }
                fleet.finish();
            }
        });
        rig.removeDead();
    }

    private void edit(Fleet fleet) {
        victim = "integration";
        for (var edit : draw.edits()) {
            blow(() -> edit.tell(rig));
            pause(EDIT_MILLIS);
            settle(fleet);
        }
        blow(rig::define);
        blow(() -> ClusterDraw.Edit.PRODUCER.tell(rig)); // last one that leaves subjects where they are
    }

    private void blow(Runnable blow) {
        var from = Micros.now();
        blow.run();
        strikes.add(new Fault(settings.fault().toString(), from, Micros.now()));
    }

    /// Waits until all is as it was: every device connected, and hardly anything open, for a second.
    private boolean settle(Fleet fleet) {
        var deadline = Micros.now() + SETTLE_LIMIT.toNanos() / 1_000;
        var since = Micros.now();
        var openMax = settings.plan().rate() * OPEN;
        while (Micros.now() - since < CALM_AFTER.toNanos() / 1_000) {
            var open = fleet.ledger().published() - fleet.ledger().acknowledged();
            if (fleet.connectedNow() < settings.plan().devices() || open > openMax) {
                since = Micros.now();
            }
            if (Micros.now() > deadline) {
                return false;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return true;
    }

    private static void pause(long millis) {
        var until = System.nanoTime() + millis * 1_000_000;
        for (var left = millis * 1_000_000; left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private ClusterResult judge(Fleet fleet, Verdict checked, boolean whole, Set<Integer> ended) {
        var ledger = fleet.ledger();
        var recoveries = new ArrayList<Long>();
        for (var strike : strikes) {
            var since = settings.fault().countsFromEnd() ? strike.until() : strike.from();
            var micros = Gaps.recovery(ledger, since);
            recoveries.add(micros.isPresent() ? micros.getAsLong() / 1_000 : ClusterResult.NEVER);
        }
        var result = new ClusterResult(
                settings,
                victim,
                (strikes.getFirst().from() - fleet.startedAt()) / 1_000,
                recoveries,
                Gaps.longest(ledger) / 1_000,
                ended.size(),
                rig.residentMib(),
                checked);
        if (!whole) {
            var open = (int) (ledger.published() - ledger.acknowledged());
            result = result.found(Defect.NOT_DRAINED, Math.max(1, open), "fleet: " + fleet.troubles());
        }
        for (var still : standstills) {
            var early = (int) Flow.between(ledger, still.from(), still.until());
            if (early > 0) {
                result = result.found(Defect.ACK_WHILE_STOPPED, early, "more than 1 s after it stopped");
            }
        }
        for (var node : rig.unbalanced()) {
            result = result.found(Defect.BOOKS, 1, node);
        }
        for (var what : late) {
            result = result.found(Defect.LATE, 1, what);
        }
        return result.judged();
    }

    private static String name(int node) {
        return "node-" + (node + 1);
    }
}
