package io.sluice.node.bridge;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.sluice.node.event.End;
import io.sluice.node.observe.Meters;
import java.util.List;

/// The meters of one broker on this node, looked up once.
final class BridgeCounts {
    private final Meters meters;
    private final String ingress;
    private final List<Counter> receivedByQos;
    private final Counter receivedBytes;
    final Counter withoutRoute;
    final Counter overload;
    final Counter busy;
    final Counter sessionsLost;
    final Timer ackLatency;
    private volatile boolean connected;
    private volatile boolean held;

    BridgeCounts(Meters meters, String broker) {
        this.meters = meters;
        ingress = "broker:" + broker;
        receivedByQos = List.of(meters.received(ingress, 0), meters.received(ingress, 1), meters.received(ingress, 2));
        receivedBytes = meters.receivedBytes(ingress);
        withoutRoute = meters.endedAtIngress(ingress, End.DISCARDED, "no-route");
        overload = meters.endedAtIngress(ingress, End.DISCARDED, "overload");
        busy = meters.endedAtIngress(ingress, End.REFUSED, "server-busy");
        sessionsLost = meters.brokerSessionsLost(broker);
        ackLatency = meters.ackLatency(ingress);
        meters.brokerConnected(broker, () -> connected ? 1 : 0);
        meters.connectionsHeld(ingress, () -> held ? 1 : 0);
    }

    void received(int qos, int bytes) {
        receivedByQos.get(qos).increment();
        receivedBytes.increment(bytes);
    }

    void connect(String outcome) {
        meters.connects(ingress, outcome).increment();
    }

    void connected(boolean now) {
        connected = now;
    }

    void held(boolean now) {
        held = now;
    }
}
