package io.sluice.node.mqtt;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.sluice.node.event.End;
import io.sluice.node.live.Subscription;
import io.sluice.node.observe.Meters;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// The listener's meters, looked up once.
final class Counts {
    private static final String INGRESS = "mqtt";

    private final Meters meters;
    private final List<Counter> receivedByQos;
    private final Counter receivedBytes;
    private final Map<Reason, Counter> refused = new EnumMap<>(Reason.class);
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger held = new AtomicInteger();
    final Counter withoutRoute;
    final Counter overload;
    final Counter repeats;
    final Subscription.Counts tailed;
    final Timer ackLatency;

    Counts(Meters meters, Unread unread) {
        this.meters = meters;
        receivedByQos = List.of(meters.received(INGRESS, 0), meters.received(INGRESS, 1), meters.received(INGRESS, 2));
        receivedBytes = meters.receivedBytes(INGRESS);
        withoutRoute = meters.endedAtIngress(INGRESS, End.DISCARDED, "no-route");
        overload = meters.endedAtIngress(INGRESS, End.DISCARDED, "overload");
        repeats = meters.endedAtIngress(INGRESS, End.DISCARDED, "repeat");
        tailed = new Subscription.Counts(meters.tailed(INGRESS, "sent"), meters.tailed(INGRESS, "dropped"));
        ackLatency = meters.ackLatency(INGRESS);
        meters.connections(INGRESS, open::get);
        meters.connectionsHeld(INGRESS, held::get);
        meters.unreadBytes(INGRESS, "strangers", unread.strangers::bytes);
        meters.unreadBytes(INGRESS, "clients", unread.clients::bytes);
    }

    void received(int qos, int bytes) {
        receivedByQos.get(qos).increment();
        receivedBytes.increment(bytes);
    }

    /// A received message that is not taken.
    synchronized void refused(Reason reason) {
        refused.computeIfAbsent(reason, r -> meters.endedAtIngress(INGRESS, End.REFUSED, r.label()))
                .increment();
    }

    void connect(String outcome) {
        meters.connects(INGRESS, outcome).increment();
    }

    void opened() {
        open.incrementAndGet();
    }

    void closed() {
        open.decrementAndGet();
    }

    void held(boolean now) {
        held.addAndGet(now ? 1 : -1);
    }
}
