package io.sluice.node.integration;

import io.sluice.node.event.Arrival;
import io.sluice.node.handover.Destination;
import io.sluice.node.handover.Intake;
import io.sluice.node.handover.LoopIntake;
import io.sluice.node.observe.Meters;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/// Where the tasks of a node send on what became of their messages: an ingress like any other, whose messages go to
/// one integration each, whatever its filters say.
public final class Chain {
    private static final String INGRESS = "chain";

    private final Onward.Loop loop;
    private final Function<String, Optional<Onward.Target>> targets;

    /// @param loop         of the chain alone, which routes
    /// @param destinations where an integration is reached now; empty if it is removed or disabled
    public Chain(ScheduledExecutorService loop, Function<String, Optional<Destination>> destinations, Meters meters) {
        var intake = new LoopIntake(loop, _ -> List.of());
        this(of(loop), name -> destinations.apply(name).map(destination -> new Into(destination, intake, meters)));
    }

    Chain(Onward.Loop loop, Function<String, Optional<Onward.Target>> targets) {
        this.loop = loop;
        this.targets = targets;
    }

    /// The way of a new line's outcomes; empty if its integration is the last.
    ///
    /// @param isOver  whether the line has ended
    /// @param trouble told what it waits for
    Optional<Onward> open(TaskPlan plan, BooleanSupplier isOver, Consumer<String> trouble) {
        return plan.next().isNowhere()
                ? Optional.empty()
                : Optional.of(new Onward(plan.next(), loop, targets, isOver, trouble));
    }

    private record Into(Destination destination, LoopIntake intake, Meters meters) implements Onward.Target {
        @Override
        public boolean isFull(Arrival arrival) {
            return destination.isFull(arrival);
        }

        @Override
        public void offer(Arrival arrival, Intake.Publisher publisher, long sequence) {
            meters.received(INGRESS, arrival.qos()).increment();
            meters.receivedBytes(INGRESS).increment(arrival.payload().length);
            intake.offer(destination, arrival, publisher, sequence);
        }

        @Override
        public boolean isDiscarding() {
            return destination.isDiscarding();
        }
    }

    private static Onward.Loop of(ScheduledExecutorService loop) {
        return new Onward.Loop() {
            @Override
            public void execute(Runnable task) {
                loop.execute(task);
            }

            @Override
            public void later(Runnable task, Duration delay) {
                var _ = loop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            }

            @Override
            public long nanos() {
                return System.nanoTime();
            }
        };
    }
}
