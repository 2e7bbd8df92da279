package io.sluice.bench;

import io.sluice.bench.Ledger.Fault;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// Faults in which other devices than those of the trial publish, too: what they do, and what must become of it. Each
/// returns what was struck.
final class SecondFleet {
    private static final Duration CONNECT_LIMIT = Duration.ofMinutes(1);
    private static final Duration DRAIN_LIMIT = Duration.ofMinutes(1);
    private static final Duration EMPTY_LIMIT = Duration.ofMinutes(2);
    private static final long OVERLOAD_MILLIS = 15_000;
    private static final long OUTSIDE_MILLIS = 2_000;
    private static final int LARGE_BYTES = 30_000;
    private static final int LARGE_RATE = 20;
    private static final String GONE = "gone";
    private static final int GONE_RATE = 100;

    private final ClusterTrial.Settings settings;
    private final ClusterRig rig;
    private final ClusterDraw draw;
    private final Consumer<Runnable> blow;
    private final List<String> amiss;

    /// @param blow  does what strikes, and notes when
    /// @param amiss gets what did not go as it should
    SecondFleet(
            ClusterTrial.Settings settings,
            ClusterRig rig,
            ClusterDraw draw,
            Consumer<Runnable> blow,
            List<String> amiss) {
        this.settings = settings;
        this.rig = rig;
        this.draw = draw;
        this.blow = blow;
        this.amiss = amiss;
    }

    /// Every one of them is acknowledged, and none of them is in Kafka: they are parked.
    String publishTooLarge() {
        var plan = second(ClusterRig.MQTT_TOPIC).rate(LARGE_RATE).size(LARGE_BYTES);
        rig.kafka().limit(ClusterRig.TOPIC, LARGE_BYTES - 1);
        try (var reader = Reader.open(rig.kafka().bootstrapServers(), ClusterRig.TOPIC, ClusterRig.PARTITIONS, plan);
                var fleet = new Fleet(plan, rig.servers(), Duration.ZERO)) {
            blow.accept(() -> {
                fleet.connect(CONNECT_LIMIT);
                fleet.publish();
                ClusterStrike.pause(draw.awayMillis());
                fleet.stop();
            });
            var drained = fleet.drain(DRAIN_LIMIT) && rig.emptyQueue(EMPTY_LIMIT);
            var verdict = reader.judge(fleet, DRAIN_LIMIT);
            if (!drained || verdict.inKafka() > 0 || verdict.acknowledged() < verdict.published()) {
                amiss.add("too large: %d published, %d acknowledged, %d in Kafka"
                        .formatted(verdict.published(), verdict.acknowledged(), verdict.inKafka()));
            }
        } finally {
            rig.kafka().unlimit(ClusterRig.TOPIC);
        }
        return "topic";
    }

    /// The topic of another integration is deleted while devices publish to it, and made again. What was in it is gone;
    /// nothing else may be, and nobody may be stuck.
    String publishWithoutTopic() {
        rig.kafka().ensure(GONE, ClusterRig.PARTITIONS);
        rig.define(GONE, """
                {"filters": ["gone/#"], "topic": "gone", "tasks": 2}""");
        var before = second("gone/{run}/{device}").rate(GONE_RATE);
        try (var fleet = new Fleet(before, rig.servers(), Duration.ZERO)) {
            fleet.connect(CONNECT_LIMIT);
            fleet.publish();
            ClusterStrike.pause(OUTSIDE_MILLIS);
            blow.accept(() -> {
                rig.kafka().delete(GONE);
                ClusterStrike.pause(draw.awayMillis());
                rig.kafka().ensure(GONE, ClusterRig.PARTITIONS);
            });
            fleet.stop();
            if (!fleet.drain(DRAIN_LIMIT)) {
                amiss.add("topic gone: %d of %d acknowledged when it was there again"
                        .formatted(fleet.ledger().acknowledged(), fleet.ledger().published()));
            }
        }
        var after = second("gone/{run}/{device}").rate(GONE_RATE);
        try (var reader = Reader.open(rig.kafka().bootstrapServers(), GONE, ClusterRig.PARTITIONS, after);
                var fleet = new Fleet(after, rig.servers(), Duration.ZERO)) {
            fleet.connect(CONNECT_LIMIT);
            fleet.publish();
            ClusterStrike.pause(OUTSIDE_MILLIS);
            fleet.stop();
            var drained = fleet.drain(DRAIN_LIMIT);
            var verdict = reader.judge(fleet, DRAIN_LIMIT);
            if (!drained || !verdict.passed()) {
                amiss.add("topic made again: " + (drained ? "" : "not drained, ") + verdict.summary());
            }
        }
        return "topic"; // the integration stays, and with it what the nodes have counted
    }

    /// Whatever the broker has acknowledged has to come to Kafka.
    String publishToOutside() {
        var outside = rig.outside();
        outside.awaitReader();
        var plan = outside.plan();
        try (var reader = Reader.open(rig.kafka().bootstrapServers(), ClusterRig.TOPIC, ClusterRig.PARTITIONS, plan);
                var fleet = new Fleet(plan)) {
            fleet.connect(CONNECT_LIMIT);
            fleet.publish();
            ClusterStrike.pause(OUTSIDE_MILLIS);
            var from = Micros.now();
            blow.accept(() -> strike(outside, fleet));
            var until = Micros.now();
            ClusterStrike.pause(OUTSIDE_MILLIS);
            fleet.stop();
            var drained = fleet.drain(DRAIN_LIMIT)
                    && Fleet.await(
                            EMPTY_LIMIT,
                            () -> reader.seen().distinct() >= fleet.ledger().acknowledged());
            // what the broker has acknowledged may wait for us
            fleet.ledger().fault(new Fault("outside", from - OUTSIDE_MILLIS * 1_000, until));
            reader.catchUp(DRAIN_LIMIT);
            fleet.finish();
            reader.finish();
            var verdict = Verdict.of(fleet.ledger(), reader.seen(), new Verdict.Expected(plan, "", ""));
            if (!drained || !verdict.passed()) {
                amiss.add("by the mqtt broker: " + (drained ? "" : "not drained, ") + verdict.summary());
                amiss.addAll(verdict.examples());
            }
        }
        return "mqtt broker: " + draw.outside();
    }

    private void strike(OutsideBroker outside, Fleet fleet) {
        switch (draw.outside()) {
            case READER_KILLED -> {
                var node = outside.reader();
                rig.kill(node);
                if (draw.restartSoon()) {
                    rig.restart(node);
                }
            }
            case RESTARTED -> outside.restart();
            case KILLED -> {
                rig.kafka().pause();
                ClusterStrike.pause(OUTSIDE_MILLIS);
                fleet.stop();
                if (!fleet.drain(DRAIN_LIMIT)) {
                    amiss.add("the mqtt broker took nothing any more");
                }
                outside.killSaved();
                rig.kafka().resume();
            }
            case SESSION_TAKEN -> outside.takeSession(draw.awayMillis());
        }
    }

    String overload() {
        var plan = second(ClusterRig.MQTT_TOPIC);
        blow.accept(() -> {
            try (var reader =
                            Reader.open(rig.kafka().bootstrapServers(), ClusterRig.TOPIC, ClusterRig.PARTITIONS, plan);
                    var fleet = new Fleet(plan, rig.servers(), Duration.ZERO)) {
                fleet.connect(CONNECT_LIMIT);
                fleet.publish();
                ClusterStrike.pause(OVERLOAD_MILLIS);
                fleet.stop();
                var drained = fleet.drain(DRAIN_LIMIT) && rig.emptyQueue(EMPTY_LIMIT);
                var verdict = reader.judge(fleet, DRAIN_LIMIT);
                if (!drained || !verdict.passed()) {
                    amiss.add("the overload: " + (drained ? "" : "not drained, ") + verdict.summary());
                }
            }
        });
        return "all";
    }

    /// Nothing of it can be acknowledged.
    String publishForNobody() {
        var plan = second("dead/{run}/{device}");
        rig.define(ClusterRig.DEAD, """
                {"filters": ["dead/#"], "topic": "dead", "broker": "dead"}""");
        blow.accept(() -> {
            try (var fleet = new Fleet(plan, rig.servers(), Duration.ZERO)) {
                fleet.connect(CONNECT_LIMIT);
                fleet.publish();
                ClusterStrike.pause(OVERLOAD_MILLIS);
                fleet.stop();
                if (fleet.ledger().acknowledged() > 0) {
                    amiss.add("%d acknowledged for a Kafka that is not there"
                            .formatted(fleet.ledger().acknowledged()));
                }
                fleet.finish();
            }
        });
        rig.remove(ClusterRig.DEAD);
        return "all";
    }

    /// A second fleet, of a topic that is published flat out until somebody stops it.
    private Plan second(String topic) {
        return Plan.of(Plan.newRun(), settings.plan().server())
                .devices(settings.plan().devices())
                .topic(topic)
                .messages(Integer.MAX_VALUE);
    }
}
