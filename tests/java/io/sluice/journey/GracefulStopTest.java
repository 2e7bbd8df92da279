package io.sluice.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node is told to stop under load and started again, twice: its devices notice, its records do not.
@Tag("kafka")
class GracefulStopTest {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
    private static final int DEVICES = 20;
    private static final long RATE = 1_000;

    @Test
    void losesAndRepeatsNothing(@TempDir Path folder) {
        try (var node = ANode.ready(folder);
                var load =
                        Load.on(node, plan -> plan.devices(DEVICES).mqtt5(true).rate(RATE))) {
            stopAndRestart(node, load, 1);
            stopAndRestart(node, load, 2);
            load.awaitAcknowledged(RATE);

            var verdict = load.expectPass();

            assertThat(verdict.inKafka()).isEqualTo(load.fleet().ledger().published());
            assertThat(verdict.repeats()).isZero();
        }
    }

    private static void stopAndRestart(ANode node, Load load, int time) {
        load.awaitAcknowledged(RATE);
        await("all are there").until(() -> load.fleet().connectedNow() == DEVICES);
        var before = System.nanoTime();
        assertThat(node.process().stop()).as("ended by itself").isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(STOP_LIMIT);

        await().untilAsserted(() -> assertThat(load.fleet().troubles())
                .containsEntry("DISCONNECT by the server, reason 0x8B", (long) DEVICES * time));
        assertThat(ANode.errors(node.log())).isEmpty();
        node.process().restart();
        node.awaitReady();
    }
}
