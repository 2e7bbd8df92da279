package io.sluice.node.handover;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.sluice.node.event.Arrival;
import io.sluice.node.observe.Tally;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.kafka.common.utils.Utils;
import org.apache.pekko.actor.typed.ActorRef;

/// An integration as an ingress sees it: the subject of an arrival, and the door to the task that owns the subject.
public final class Destination {
    private final String integration;
    private final long lanes;
    private final Function<Arrival, String> subjects;
    private final List<Door> doors;
    private final Counter routed;
    private final Tally tally;
    private final DistributionSummary batchSize;
    private final AtomicLong inFlight = new AtomicLong();
    private final BooleanSupplier wayFull;
    private volatile boolean left;
    private volatile boolean discarding;

    /// @param lanes    which distribution of subjects over tasks this is
    /// @param subjects the subject of an arrival; empty if it has none, then the task decides what becomes of
    ///                 it
    /// @param doors    one per task, in the order of the tasks
    /// @param wayFull  whether all destinations of the integration hold so much that nothing may be added
    Destination(
            String integration,
            long lanes,
            Function<Arrival, String> subjects,
            List<Door> doors,
            Counter routed,
            Tally tally,
            DistributionSummary batchSize,
            BooleanSupplier wayFull) {
        this.integration = integration;
        this.lanes = lanes;
        this.subjects = subjects;
        this.doors = List.copyOf(doors);
        this.routed = routed;
        this.tally = tally;
        this.batchSize = batchSize;
        this.wayFull = wayFull;
    }

    public String integration() {
        return integration;
    }

    long lanes() {
        return lanes;
    }

    /// Doors to the tasks, in the order of the tasks.
    public List<Door> doors() {
        return doors;
    }

    /// Arrivals routed here that have not reached their end.
    public long inFlight() {
        return inFlight.get();
    }

    /// Nothing is routed here any more, and every event loop knows.
    public void leave() {
        left = true;
    }

    /// Nothing comes any more, and all that came has its end.
    boolean isDone() {
        return left && inFlight.get() == 0;
    }

    /// Bytes held for a task.
    long heldBytes(int task) {
        return task < doors.size() ? doors.get(task).heldBytes() : 0;
    }

    long heldBytes() {
        return doors.stream().mapToLong(Door::heldBytes).sum();
    }

    /// Each once.
    List<ActorRef<Sender.Command>> senders() {
        return doors.stream().map(Door::sender).distinct().toList();
    }

    void tell(Sender.Command command) {
        senders().forEach(sender -> sender.tell(command));
    }

    void routed(int arrivals, long bytes) {
        inFlight.addAndGet(arrivals);
        routed.increment(arrivals);
        tally.routed(arrivals, bytes);
        batchSize.record(arrivals);
    }

    void ended(int arrivals) {
        inFlight.addAndGet(-arrivals);
    }

    /// Whether the task that owns the arrival's subject takes nothing more.
    boolean isOverloaded(Arrival arrival) {
        if (wayFull.getAsBoolean()) {
            return true;
        }
        for (int i = 0; i < doors.size(); i++) {
            if (doors.get(i).isOverloaded()) {
                return door(subject(arrival)).isOverloaded();
            }
        }
        return false;
    }

    /// Whether the task that owns the arrival's subject holds as much as its publishers may fill. For
    /// those who cannot be held back: they are to come again later.
    public boolean isFull(Arrival arrival) {
        if (wayFull.getAsBoolean()) {
            return true;
        }
        for (int i = 0; i < doors.size(); i++) {
            if (doors.get(i).isFull()) {
                return door(subject(arrival)).isFull();
            }
        }
        return false;
    }

    /// Ends what is left.
    void discard() {
        discarding = true;
        tell(Sender.Discard.INSTANCE);
    }

    /// Whether what is left may end here without having been delivered. What was settled before is
    /// delivered or parked.
    public boolean isDiscarding() {
        return discarding;
    }

    String subject(Arrival arrival) {
        return subjects.apply(arrival);
    }

    Door door(String subject) {
        return doors.size() == 1 ? doors.getFirst() : doors.get(task(subject, doors.size()));
    }

    /// The task that owns a subject: `murmur2(subject) mod tasks`, the hash that Kafka's own partitioner uses.
    public static int task(String subject, int tasks) {
        return Utils.toPositive(Utils.murmur2(subject.getBytes(StandardCharsets.UTF_8))) % tasks;
    }
}
