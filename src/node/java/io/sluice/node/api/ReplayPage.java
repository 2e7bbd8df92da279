package io.sluice.node.api;

import io.netty.util.concurrent.EventExecutor;
import io.sluice.node.event.Arrival;
import io.sluice.node.handover.Destination;
import io.sluice.node.handover.Intake;
import io.sluice.node.handover.LoopIntake;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Some dead letters on their way to their integration, and to no other.
final class ReplayPage implements Intake.Publisher {
    enum Attempt {
        HANDED_OVER,
        NO_ROOM,
        INTEGRATION_GONE
    }

    enum End {
        /// Delivered, or among the dead letters again.
        SAFE,
        /// Some may have been discarded, for the integration is gone.
        UNKNOWN
    }

    private final EventExecutor loop;
    private final List<Arrival> arrivals;
    private final Supplier<Optional<Destination>> destinations;
    private final Consumer<Arrival> received;
    private final CompletableFuture<End> end = new CompletableFuture<>();
    private Optional<Destination> destination = Optional.empty();
    private int missing;

    /// @param loop         of the replays, which routes
    /// @param destinations where they go now; empty if the integration is gone
    /// @param received     told of each that is handed over
    ReplayPage(
            EventExecutor loop,
            List<Arrival> arrivals,
            Supplier<Optional<Destination>> destinations,
            Consumer<Arrival> received) {
        this.loop = loop;
        this.arrivals = List.copyOf(arrivals);
        this.destinations = destinations;
        this.received = received;
    }

    /// Hands all of them over, in their order, or none. Asks for the destination in the turn in which
    /// it hands over, so that no change of the integration comes in between.
    CompletableFuture<Attempt> attempt() {
        return CompletableFuture.supplyAsync(this::handOver, loop);
    }

    /// When each has its end.
    CompletableFuture<End> end() {
        return end;
    }

    private Attempt handOver() {
        destination = destinations.get();
        if (destination.isEmpty()) {
            return Attempt.INTEGRATION_GONE;
        }
        var only = destination.get();
        if (arrivals.stream().anyMatch(only::isFull)) {
            return Attempt.NO_ROOM;
        }
        var intake = new LoopIntake(loop, _ -> List.of(only));
        for (int i = 0; i < arrivals.size(); i++) {
            received.accept(arrivals.get(i));
            missing += intake.offer(arrivals.get(i), this, i);
        }
        return Attempt.HANDED_OVER;
    }

    @Override
    public void safe(long sequence) {
        missing--;
    }

    @Override
    public void settled() {
        if (missing == 0) {
            end.complete(destination.filter(Destination::isDiscarding).isPresent() ? End.UNKNOWN : End.SAFE);
        }
    }

    @Override
    public void hold() {}

    @Override
    public void release() {}
}
