package io.sluice.bench;

import io.sluice.bench.Ledger.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/// Does to a cluster what its trial's fault says, and notes when.
final class ClusterStrike {
    private static final long ZOMBIE_MILLIS = 60_000;
    private static final long PAUSE_MILLIS = 3_000;
    private static final long CUT_MILLIS = 40_000;
    private static final long FLAP_MILLIS = 10_000;
    private static final int FLAPS = 2;
    private static final long EDIT_MILLIS = 1_500;
    private static final int TAKE_OVERS = 20;
    /// Acknowledgements of what Kafka had taken may be under way when it stops.
    private static final long GRACE_MICROS = 1_000_000;

    private final ClusterTrial.Settings settings;
    private final ClusterRig rig;
    private final ClusterDraw draw;
    private final Random random;
    private final SecondFleet second;
    private final List<Fault> blows = new ArrayList<>();
    private final List<Fault> standstills = new ArrayList<>();
    private final List<String> amiss = new ArrayList<>();
    private String victim = "";
    private int[] places = {};

    ClusterStrike(ClusterTrial.Settings settings, ClusterRig rig) {
        this.settings = settings;
        this.rig = rig;
        this.draw = ClusterDraw.of(settings.seed(), rig.nodes());
        this.random = new Random(~settings.seed());
        this.second = new SecondFleet(settings, rig, draw, this::blow, amiss);
    }

    /// What was struck.
    String victim() {
        return victim;
    }

    List<Fault> blows() {
        return List.copyOf(blows);
    }

    /// When nothing could be safe in Kafka.
    List<Fault> standstills() {
        return List.copyOf(standstills);
    }

    /// Which node each device was at when another one was killed.
    int[] places() {
        return places.clone();
    }

    /// What did not go as it should meanwhile.
    List<String> amiss() {
        return List.copyOf(amiss);
    }

    /// Whether a node that is struck answers nothing and closes nothing.
    boolean freezes() {
        return settings.fault() == ClusterFault.PAUSE_OWNER || settings.fault() == ClusterFault.ZOMBIE_OWNER;
    }

    /// Strikes when the fleet has been at it for a moment, and returns when what the fault does is done.
    void against(Fleet fleet) {
        pause(draw.calmMillis());
        switch (settings.fault()) {
            case KILL_OWNER -> kill(rig.owner(random), fleet);
            case KILL_INGRESS -> {
                var spread = fleet.spread();
                kill(rig.most(node -> spread[node], random), fleet);
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
            case BAD_NETWORK -> spoilNetwork();
            case TOO_FEW_COPIES -> killAllBrokersButOne();
            case TOO_LARGE -> victim = second.publishTooLarge();
            case TOPIC_GONE -> victim = second.publishWithoutTopic();
            case STORE_AWAY -> storeAway();
            case OUTSIDE_BROKER -> victim = second.publishToOutside();
            case TAKE_OVER -> takeOver(fleet);
            case OVERLOAD -> victim = second.overload();
            case EDIT -> edit(fleet);
            case DEAD_TARGET -> victim = second.publishForNobody();
        }
    }

    private void kill(int node, Fleet fleet) {
        places = fleet.places();
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
                    amiss.add(name(node) + " did not end by itself");
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

    private void spoilNetwork() {
        victim = "%s to %s".formatted(draw.ailment(), draw.way());
        var ways = rig.ways(draw.way(), draw.partition());
        var isStill = draw.way() == ClusterDraw.Way.KAFKA
                && (draw.ailment() == Relay.Ailment.SILENT || draw.ailment() == Relay.Ailment.RESETTING);
        blow(() -> {
            ways.forEach(way -> way.ail(draw.ailment()));
            if (isStill) {
                standstill(draw.awayMillis());
            } else {
                pause(draw.awayMillis());
            }
            ways.forEach(Relay::recover);
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

    private void edit(Fleet fleet) {
        victim = "integration";
        for (var edit : draw.edits()) {
            blow(() -> edit.tell(rig));
            pause(EDIT_MILLIS);
            ClusterTrial.settle(fleet, settings.plan());
        }
        blow(rig::define);
        blow(() -> ClusterDraw.Edit.PRODUCER.tell(rig)); // last one that leaves subjects where they are
    }

    private void blow(Runnable blow) {
        var from = Micros.now();
        blow.run();
        blows.add(new Fault(settings.fault().toString(), from, Micros.now()));
    }

    static void pause(long millis) {
        var until = System.nanoTime() + millis * 1_000_000;
        for (var left = millis * 1_000_000; left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static String name(int node) {
        return "node-" + (node + 1);
    }
}
