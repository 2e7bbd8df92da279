package io.sluice.node.integration;

import io.sluice.node.event.Arrival;
import io.sluice.node.handover.Intake;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/// The way of one line's outcomes into the next integrations, in order, each safe before the line settles what it came
/// from.
///
/// ```
/// waiting   → under way   the next integrations are there and have room, and nothing is under way to forerunners of
///                         theirs, which a change replaced.
/// under way → safe        each next integration has its own safe.
/// under way → waiting     a next integration was removed or disabled meanwhile, and may have dropped some: all of it
///                         goes again, before what is newer.
/// ```
///
/// It holds what its line holds and no more, so the line's bounds are its own. It waits without a thread, and as long
/// as it takes: chains have no cycle, so the last of a chain waits for its Kafka alone.
///
/// All but [#send(List)] happens on one event loop.
public final class Onward {
    /// An integration as it takes outcomes now. Equal as long as its subjects go the same way.
    interface Target {
        /// Whether it holds as much as it may.
        boolean isFull(Arrival arrival);

        /// Takes one; the publisher is told on the loop.
        void offer(Arrival arrival, Intake.Publisher publisher, long sequence);

        /// Whether what it took may have been dropped.
        boolean isDiscarding();
    }

    /// The event loop.
    interface Loop {
        void execute(Runnable task);

        void later(Runnable task, Duration delay);

        long nanos();
    }

    static final Duration LOOK_EVERY = Duration.ofMillis(20);

    /// How long nothing may get on until the task says what it waits for.
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Next next;
    private final Loop loop;
    private final Function<String, Optional<Target>> targets;
    private final BooleanSupplier isOver;
    private final Consumer<String> trouble;
    private final TreeMap<Long, Parcel> waiting = new TreeMap<>();
    private final TreeMap<Long, Parcel> underWay = new TreeMap<>();
    private final Map<String, Target> used = new HashMap<>();
    private long parcels;
    private long gotOnAt;
    private String hindrance = "";
    private String told = "";
    private boolean looks;

    /// @param targets where an integration is reached now; empty if it is gone
    /// @param isOver  whether nobody waits for outcomes any more: then none goes, for another line will send it
    /// @param trouble told what it waits for, if that takes long
    Onward(
            Next next,
            Loop loop,
            Function<String, Optional<Target>> targets,
            BooleanSupplier isOver,
            Consumer<String> trouble) {
        this.next = next;
        this.loop = loop;
        this.targets = targets;
        this.isOver = isOver;
        this.trouble = trouble;
    }

    Next next() {
        return next;
    }

    /// Sends outcomes behind all that were sent before. One thread at a time.
    ///
    /// @return done once all are safe
    CompletionStage<Void> send(List<Outcome> outcomes) {
        if (outcomes.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        var parcel = new Parcel(outcomes);
        try {
            loop.execute(() -> take(parcel));
        } catch (RejectedExecutionException e) {
            parcel.safe.completeExceptionally(e);
        }
        return parcel.safe;
    }

    private void take(Parcel parcel) {
        if (isIdle()) {
            gotOn();
        }
        parcel.number = ++parcels;
        waiting.put(parcel.number, parcel);
        goOn();
    }

    private boolean isIdle() {
        return waiting.isEmpty() && underWay.isEmpty();
    }

    private void gotOn() {
        gotOnAt = loop.nanos();
        told = "";
    }

    private void goOn() {
        if (isOver.getAsBoolean()) {
            giveUp();
        }
        while (!waiting.isEmpty()) {
            var first = waiting.firstEntry().getValue();
            var ways = waysOf(first);
            if (ways.isEmpty()) {
                break;
            }
            if (underWay.isEmpty()) {
                gotOn();
            }
            waiting.remove(first.number);
            underWay.put(first.number, first);
            used.putAll(ways.get());
            first.offer(ways.get());
        }
        if (!looks && !isIdle()) {
            looks = true;
            loop.later(this::look, LOOK_EVERY);
        }
    }

    /// Where each outcome goes, if all of them may go now; otherwise the hindrance says why not.
    private Optional<Map<String, Target>> waysOf(Parcel parcel) {
        var ways = new HashMap<String, Target>();
        for (var outcome : parcel.outcomes) {
            var name = outcome.target();
            var way = ways.get(name);
            if (way == null) {
                var found = targets.apply(name);
                if (found.isEmpty()) {
                    return hindered("waits for integration [%s], which is removed or disabled".formatted(name));
                }
                way = found.get();
                if (!used.getOrDefault(name, way).equals(way)) {
                    return hindered("waits until integration [%s] has changed".formatted(name));
                }
                ways.put(name, way);
            }
            if (way.isFull(outcome.arrival())) {
                return hindered("waits for integration [%s], which has no room".formatted(name));
            }
        }
        return Optional.of(ways);
    }

    private Optional<Map<String, Target>> hindered(String why) {
        hindrance = why;
        return Optional.empty();
    }

    private void look() {
        looks = false;
        goOn();
        if (!isIdle() && loop.nanos() - gotOnAt >= PATIENCE.toNanos()) {
            var why = underWay.isEmpty()
                    ? hindrance
                    : "waits until integration %s has what was sent on safe".formatted(new HashSet<>(used.keySet()));
            if (!why.equals(told)) {
                told = why;
                trouble.accept(why);
            }
        }
    }

    private void ended(Parcel parcel) {
        if (!underWay.remove(parcel.number, parcel)) {
            return;
        }
        if (underWay.isEmpty()) {
            used.clear();
        }
        if (parcel.isDropped()) {
            waiting.put(parcel.number, parcel);
        } else {
            gotOn();
            parcel.safe.complete(null);
        }
        goOn();
    }

    private void giveUp() {
        var all = new TreeMap<>(waiting);
        all.putAll(underWay);
        waiting.clear();
        underWay.clear();
        used.clear();
        all.values()
                .forEach(parcel -> parcel.safe.completeExceptionally(
                        new IllegalStateException("nobody waits any more for outcomes that were to be sent on")));
    }

    /// Outcomes that go together.
    private final class Parcel implements Intake.Publisher {
        private final List<Outcome> outcomes;
        private final CompletableFuture<Void> safe = new CompletableFuture<>();
        private Set<Target> ways = Set.of();
        private long number;
        private int missing;

        private Parcel(List<Outcome> outcomes) {
            this.outcomes = List.copyOf(outcomes);
        }

        private void offer(Map<String, Target> byName) {
            ways = Set.copyOf(byName.values());
            missing = outcomes.size();
            for (int i = 0; i < outcomes.size(); i++) {
                var outcome = outcomes.get(i);
                Objects.requireNonNull(byName.get(outcome.target())).offer(outcome.arrival(), this, i);
            }
        }

        private boolean isDropped() {
            return ways.stream().anyMatch(Target::isDiscarding);
        }

        @Override
        public void safe(long sequence) {
            missing--;
        }

        @Override
        public void settled() {
            if (missing == 0) {
                ended(this);
            }
        }

        @Override
        public void hold() {}

        @Override
        public void release() {}
    }
}
