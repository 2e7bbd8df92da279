package io.sluice.node.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.sluice.node.event.End;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/// Every metric of the ingest path: its name, unit and labels stand here and nowhere else. Look meters up
/// once and keep them; a look-up per message is too slow.
///
/// The books balance: for each integration `routed = delivered + queued + parked + discarded + in flight`, and for
/// each ingress `received = routed at least once + refused + discarded`.
public final class Meters {
    private final MeterRegistry registry;
    private final Tallies tallies = new Tallies();

    public Meters(MeterRegistry registry) {
        this.registry = registry;
    }

    /// Messages that came to an ingress (`mqtt`, `http`, `replay`, `chain`, `broker:<name>`), repeats included. Unit:
    /// messages.
    public Counter received(String ingress, int qos) {
        return registry.counter("sluice.received.messages", "ingress", ingress, "qos", Integer.toString(qos));
    }

    /// Payload bytes of the received messages. Unit: bytes.
    public Counter receivedBytes(String ingress) {
        return registry.counter("sluice.received.bytes", "ingress", ingress);
    }

    /// Messages an ingress ended itself, before any integration: refused (`not-authorized`, `too-large`, …), discarded
    /// (`no-route`, `overload`) or recognised as a repeat it had already taken (`repeat`). Unit: messages.
    public Counter endedAtIngress(String ingress, End end, String reason) {
        return registry.counter(
                "sluice.ingress.ended.messages", "ingress", ingress, "end", name(end), "reason", reason);
    }

    /// Connection attempts by outcome: `accepted`, or the name of the refusal.
    public Counter connects(String ingress, String outcome) {
        return registry.counter("sluice.connects", "ingress", ingress, "outcome", outcome);
    }

    /// Connections open now.
    public void connections(String ingress, Supplier<Number> open) {
        gauge("sluice.connections", "Connections open now", open, "ingress", ingress);
    }

    /// 1 while this node is connected to an MQTT broker that exists already and subscribed there, else 0.
    public void brokerConnected(String broker, Supplier<Number> connected) {
        gauge("sluice.mqtt.broker.connected", "1 while this node is connected to it", connected, "broker", broker);
    }

    /// Times an MQTT broker had lost our session, and what it had kept for us.
    public Counter brokerSessionsLost(String broker) {
        return registry.counter("sluice.mqtt.broker.sessions.lost", "broker", broker);
    }

    /// Connections that are not read because a task or a window is full.
    public void connectionsHeld(String ingress, Supplier<Number> held) {
        gauge("sluice.connections.held", "Connections not read because a bound is reached", held, "ingress", ingress);
    }

    /// Memory for what was read and cannot be parsed yet, of `strangers`, who are not logged in, or of
    /// `clients`. Unit: bytes.
    public void unreadBytes(String ingress, String of, Supplier<Number> bytes) {
        gauge("sluice.unread.bytes", "Memory for what was read and not parsed", bytes, "ingress", ingress, "of", of);
    }

    /// Time from reading a PUBLISH to writing its PUBACK or PUBREC.
    public Timer ackLatency(String ingress) {
        return Timer.builder("sluice.ack.latency")
                .description("From reading a message to acknowledging it")
                .tag("ingress", ingress)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(60))
                .register(registry);
    }

    /// Messages shown to live subscribers: `sent`, or `dropped` because one did not keep up. Unit: messages.
    public Counter tailed(String ingress, String outcome) {
        return registry.counter("sluice.tail.messages", "ingress", ingress, "outcome", outcome);
    }

    /// Who watches by an ingress of this node now.
    public void tailViewers(String ingress, Supplier<Number> open) {
        gauge("sluice.tail.viewers", "Streams of live messages open now", open, "ingress", ingress);
    }

    /// Messages for another node that watches what this one receives: `sent`, or `dropped` because there was no room.
    /// Unit: messages.
    public Counter tailHanded(String outcome) {
        return registry.counter("sluice.tail.handed.messages", "outcome", outcome);
    }

    /// Messages handed towards an integration. Unit: messages.
    public Counter routed(String integration) {
        return registry.counter("sluice.routed.messages", "integration", integration);
    }

    /// Messages that reached their end in an integration, each counted once by the node that received it;
    /// `discarded`: the integration was removed or disabled, and its Kafka did not take the rest in time.
    /// Unit: messages.
    public Counter ended(String integration, End end) {
        return registry.counter("sluice.integration.ended.messages", "integration", integration, "end", name(end));
    }

    /// Messages that left an integration's queue: `delivered`, `parked` among the dead letters, or `discarded`, since
    /// the queue's own limits removed them unread. Counted by the node whose task did it, a repeat after a fault
    /// again; for the books they ended when they were queued, see [#ended(String, End)]. Unit: messages.
    public Counter leftQueue(String integration, End end) {
        return registry.counter("sluice.queue.left.messages", "integration", integration, "end", name(end));
    }

    /// Messages in a task's part of the queue that are not known to be delivered; told by the node where the task is.
    public void queueLag(String integration, int task, Supplier<Number> messages) {
        gauge(
                "sluice.queue.lag.messages",
                "Messages in the queue",
                messages,
                "integration",
                integration,
                "task",
                Integer.toString(task));
    }

    /// Messages of an integration that have not reached their end.
    public void inFlight(String integration, Supplier<Number> messages) {
        gauge("sluice.in.flight.messages", "Messages without an end yet", messages, "integration", integration);
    }

    /// Bytes a task's senders hold on this node.
    public void heldBytes(String integration, int task, Supplier<Number> bytes) {
        gauge(
                "sluice.handover.held.bytes",
                "Bytes held for a task on this node",
                bytes,
                "integration",
                integration,
                "task",
                Integer.toString(task));
    }

    /// Messages in one batch as it was handed over.
    public DistributionSummary batchSize(String integration) {
        return registry.summary("sluice.handover.batch.messages", "integration", integration);
    }

    /// Batches sent again because an answer did not come or the task was new.
    public Counter resends(String integration) {
        return registry.counter("sluice.handover.resent.batches", "integration", integration);
    }

    /// Age of the oldest message a task has not finished, its lag in time. Unit: seconds.
    public void lag(String integration, int task, Supplier<Number> seconds) {
        gauge(
                "sluice.task.lag.seconds",
                "Age of the oldest unfinished message",
                seconds,
                "integration",
                integration,
                "task",
                Integer.toString(task));
    }

    /// 1 for the phase a task is in, 0 for every other phase.
    public void phase(String integration, int task, String phase, Supplier<Number> isIn) {
        gauge(
                "sluice.task.phase",
                "1 for the phase the task is in",
                isIn,
                "integration",
                integration,
                "task",
                Integer.toString(task),
                "phase",
                phase);
    }

    /// Dead letters by reason, counted by the node whose task kept them, as often as it did: one that is kept again
    /// after a fault counts again. What adds up is [#ended(String, End)]. Unit: messages.
    public Counter parked(String integration, String reason) {
        return registry.counter("sluice.task.parked.messages", "integration", integration, "reason", reason);
    }

    /// Times a task's stream into Kafka failed and was built anew.
    public Counter failures(String integration) {
        return registry.counter("sluice.task.failures", "integration", integration);
    }

    /// Events of integrations that could not be written, because too many waited.
    public Counter eventsDropped() {
        return registry.counter("sluice.events.dropped");
    }

    /// Minutes of statistics that could not be written, because too many waited.
    public Counter statisticsDropped() {
        return registry.counter("sluice.statistics.dropped");
    }

    /// What the statistics of each integration are taken from.
    public Tallies tallies() {
        return tallies;
    }

    /// Takes away all that is told of an integration: it is gone.
    public void forget(String integration) {
        tallies.forget(integration);
        remove(Tags.of("integration", integration));
    }

    /// Takes away all that is told of one task of an integration.
    public void forget(String integration, int task) {
        remove(Tags.of("integration", integration, "task", Integer.toString(task)));
    }

    private void remove(Tags tags) {
        var all = tags.stream().toList();
        registry.getMeters().stream()
                .filter(meter -> meter.getId().getTags().containsAll(all))
                .forEach(registry::remove);
    }

    private void gauge(String name, String description, Supplier<Number> value, String... tags) {
        Gauge.builder(name, value).description(description).tags(tags).register(registry);
    }

    private static String name(End end) {
        return end.name().toLowerCase(Locale.ROOT);
    }
}
