package io.sluice.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bench.Fleet;
import io.sluice.bench.Plan;
import io.sluice.bench.Reader;
import io.sluice.bench.Verdict;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/// A fleet that publishes without end while something happens to its node, and is judged when that is over.
final class Load implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int PARTITIONS = 3;

    private final Reader reader;
    private final Fleet fleet;

    private Load(Reader reader, Fleet fleet) {
        this.reader = reader;
        this.fleet = fleet;
    }

    /// Publishes when this returns.
    static Load on(ANode node, UnaryOperator<Plan> settings) {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), node.mqttPort());
        var plan = settings.apply(Plan.of(Plan.newRun(), address)).messages(Integer.MAX_VALUE);
        var load = new Load(Reader.open(node.kafka(), ANode.TOPIC, PARTITIONS, plan), new Fleet(plan));
        load.fleet.connect(PATIENCE);
        load.fleet.publish();
        return load;
    }

    Fleet fleet() {
        return fleet;
    }

    void awaitAcknowledged(long more) {
        var goal = fleet.ledger().acknowledged() + more;
        Awaitility.await().atMost(PATIENCE).until(() -> fleet.ledger().acknowledged() >= goal);
    }

    /// Publishes no more, waits until all is acknowledged, and expects that nothing is lost or out of order.
    Verdict expectPass() {
        fleet.stop();
        assertThat(fleet.drain(PATIENCE)).as("drained").isTrue();
        var verdict = reader.judge(fleet, PATIENCE);
        assertThat(verdict.summary()).as("%s", verdict.examples()).isEqualTo("pass");
        return verdict;
    }

    @Override
    public void close() {
        fleet.close();
        reader.close();
    }
}
