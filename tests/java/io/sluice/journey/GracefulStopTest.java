package io.sluice.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bench.Fleet;
import io.sluice.bench.Plan;
import io.sluice.bench.Reader;
import io.sluice.bench.Verdict;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node is told to stop under load and started again, twice: its devices notice, its records do not.
@Tag("kafka")
class GracefulStopTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
    private static final int DEVICES = 20;
    private static final long RATE = 1_000;

    @Test
    void losesAndRepeatsNothing(@TempDir Path folder) {
        try (var node = ANode.ready(folder)) {
            var plan = Plan.of(Plan.newRun(), new InetSocketAddress(InetAddress.getLoopbackAddress(), node.mqttPort()))
                    .devices(DEVICES)
                    .mqtt5(true)
                    .rate(RATE)
                    .messages(Integer.MAX_VALUE);
            try (var reader = Reader.open(node.kafka(), ANode.TOPIC, 3, plan);
                    var fleet = new Fleet(plan)) {
                fleet.connect(PATIENCE);
                fleet.publish();
                stopAndRestart(node, fleet, 1);
                stopAndRestart(node, fleet, 2);
                awaitAcknowledged(fleet, RATE);
                fleet.stop();
                assertThat(fleet.drain(PATIENCE)).as("drained").isTrue();
                reader.catchUp(PATIENCE);
                fleet.finish();
                reader.finish();

                var verdict = Verdict.of(fleet.ledger(), reader.seen(), Verdict.Expected.of(plan));
                assertThat(verdict.summary()).as("%s", verdict.examples()).isEqualTo("pass");
                assertThat(verdict.inKafka()).isEqualTo(fleet.ledger().published());
                assertThat(verdict.repeats()).isZero();
            }
        }
    }

    private static void stopAndRestart(ANode node, Fleet fleet, int time) {
        awaitAcknowledged(fleet, RATE);
        var before = System.nanoTime();
        assertThat(node.process().stop()).as("ended by itself").isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(STOP_LIMIT);

        assertThat(fleet.troubles()).containsEntry("DISCONNECT by the server, reason 0x8B", (long) DEVICES * time);
        assertThat(node.log()).doesNotContain("ERROR");
        node.process().restart();
        node.awaitReady();
    }

    private static void awaitAcknowledged(Fleet fleet, long more) {
        var goal = fleet.ledger().acknowledged() + more;
        Awaitility.await().atMost(PATIENCE).until(() -> fleet.ledger().acknowledged() >= goal);
    }
}
