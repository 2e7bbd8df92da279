package io.sluice.node.handover;

import io.sluice.node.event.Arrival;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The intake of one event loop: gathers what one turn of the loop offers into one batch per task.
public final class LoopIntake implements Intake {
    private static final int BATCH_ARRIVALS_MAX = 2_000;
    private static final long BATCH_WEIGHT_MAX = 512 * 1024;

    /// On its way to another node a batch is at most this and one arrival.
    static final int TRAVELLING_MAX = 2 * 1024 * 1024;

    private final Executor loop;
    private final Function<String, List<Destination>> routes;
    private final List<Gathering> gathered = new ArrayList<>();
    private final IdentityHashMap<Door, Set<Publisher>> held = new IdentityHashMap<>();
    private @Nullable Gathering[] byDoor = new Gathering[8];
    private boolean endOfTurnAsked;

    /// @param loop   runs a task on the event loop, after what it is doing now
    /// @param routes the integrations that want a topic
    public LoopIntake(Executor loop, Function<String, List<Destination>> routes) {
        this.loop = loop;
        this.routes = routes;
    }

    /// A task over its bound holds a publisher of this loop, so while none is held there is room.
    @Override
    public boolean hasRoom(Arrival arrival) {
        if (held.isEmpty()) {
            return true;
        }
        var destinations = routes.apply(arrival.topic());
        for (int i = 0; i < destinations.size(); i++) {
            if (destinations.get(i).isOverloaded(arrival)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int offer(Arrival arrival, Publisher publisher, long sequence) {
        var destinations = routes.apply(arrival.topic());
        for (int i = 0; i < destinations.size(); i++) {
            gather(destinations.get(i), arrival, publisher, sequence);
        }
        return destinations.size();
    }

    /// Hands on one arrival to one integration, whether or not that wants its topic. Behind all that was offered
    /// before, and with it.
    public void offer(Destination destination, Arrival arrival, Publisher publisher, long sequence) {
        gather(destination, arrival, publisher, sequence);
    }

    private void gather(Destination destination, Arrival arrival, Publisher publisher, long sequence) {
        var subject = destination.subject(arrival);
        var door = destination.door(subject);
        var weight = arrival.weight();
        if (door.hold(weight)) {
            holdBack(door, publisher);
        }
        var gathering = gathering(door, destination);
        gathering.add(arrival, subject, publisher, sequence, weight);
        if (gathering.isFull()) {
            handOver(gathering);
        }
    }

    private Gathering gathering(Door door, Destination destination) {
        var ordinal = door.ordinal();
        if (ordinal >= byDoor.length) {
            byDoor = java.util.Arrays.copyOf(byDoor, Math.max(ordinal + 1, 2 * byDoor.length));
        }
        var gathering = byDoor[ordinal];
        if (gathering == null) {
            gathering = new Gathering(door, destination);
            byDoor[ordinal] = gathering;
            gathered.add(gathering);
            askForEndOfTurn();
        }
        return gathering;
    }

    private void askForEndOfTurn() {
        if (!endOfTurnAsked) {
            endOfTurnAsked = true;
            loop.execute(this::onEndOfTurn);
        }
    }

    private void onEndOfTurn() {
        endOfTurnAsked = false;
        while (!gathered.isEmpty()) {
            handOver(gathered.getLast());
        }
    }

    private void handOver(Gathering gathering) {
        gathered.remove(gathering);
        byDoor[gathering.door.ordinal()] = null;
        gathering.destination.routed(gathering.arrivals.size(), gathering.payloadBytes);
        gathering.door.offer(
                new Batch(gathering.arrivals, gathering.subjects, gathering.weight, () -> settled(gathering)));
    }

    /// Any thread.
    private void settled(Gathering gathering) {
        onLoop(
                () -> {
                    gathering.tellPublishers();
                    close(gathering);
                },
                () -> close(gathering));
    }

    /// A loop that has ended has no publisher left to tell, but what it handed on must still find its end.
    private void onLoop(Runnable task, Runnable ifEnded) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException _) {
            ifEnded.run();
        }
    }

    private static void close(Gathering gathering) {
        gathering.destination.ended(gathering.arrivals.size());
        gathering.door.letGo(gathering.weight);
    }

    private void holdBack(Door door, Publisher publisher) {
        var publishers = held.get(door);
        if (publishers == null) {
            publishers = Collections.newSetFromMap(new IdentityHashMap<>());
            held.put(door, publishers);
            door.whenRoom(() -> onLoop(() -> letIn(door), () -> {}));
        }
        if (publishers.add(publisher)) {
            publisher.hold();
        }
    }

    private void letIn(Door door) {
        var publishers = held.remove(door);
        if (publishers != null) {
            publishers.forEach(Publisher::release);
        }
    }

    /// What this turn of the loop has for one task.
    private static final class Gathering {
        private final Door door;
        private final Destination destination;
        private final List<Arrival> arrivals = new ArrayList<>();
        private final List<String> subjects = new ArrayList<>();
        private final List<Publisher> publishers = new ArrayList<>();
        private long[] sequences = new long[16];
        private long weight;
        private long payloadBytes;
        private int travelling;

        private Gathering(Door door, Destination destination) {
            this.door = door;
            this.destination = destination;
        }

        private void add(Arrival arrival, String subject, Publisher publisher, long sequence, int bytes) {
            var index = arrivals.size();
            if (index == sequences.length) {
                sequences = java.util.Arrays.copyOf(sequences, 2 * index);
            }
            arrivals.add(arrival);
            subjects.add(subject);
            publishers.add(publisher);
            sequences[index] = sequence;
            weight += bytes;
            payloadBytes += arrival.payload().length;
            travelling += WireForm.bytesMax(arrival, subject);
        }

        private boolean isFull() {
            return arrivals.size() >= BATCH_ARRIVALS_MAX || weight >= BATCH_WEIGHT_MAX || travelling >= TRAVELLING_MAX;
        }

        private void tellPublishers() {
            for (int i = 0; i < publishers.size(); i++) {
                publishers.get(i).safe(sequences[i]);
            }
            for (int i = 0; i < publishers.size(); i++) {
                if (i == 0 || !publishers.get(i).equals(publishers.get(i - 1))) {
                    publishers.get(i).settled();
                }
            }
        }
    }
}
