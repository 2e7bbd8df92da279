package io.sluice.node.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.Properties;
import io.sluice.node.handover.Intake;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A line sends outcomes on into two integrations that stand still, are full, are removed and come back. Whatever
/// happens, what counts as safe is there, and comes in order.
class OnwardSimulationTest {
    private static final int PARCELS = 60;

    /// Time, and what is to run.
    private static final class World implements Onward.Loop {
        private record Task(long at, long number, Runnable run) {}

        private final Random random;
        private final PriorityQueue<Task> tasks = new PriorityQueue<>((one, other) ->
                one.at != other.at ? Long.compare(one.at, other.at) : Long.compare(one.number, other.number));
        private final Map<String, Integration> integrations = new HashMap<>();
        private long now;
        private long numbers;

        private World(long seed) {
            random = new Random(seed);
        }

        @Override
        public void execute(Runnable task) {
            later(task, Duration.ZERO);
        }

        @Override
        public void later(Runnable task, Duration delay) {
            tasks.add(new Task(now + delay.toNanos(), ++numbers, task));
        }

        @Override
        public long nanos() {
            return now;
        }

        private void run(Duration time) {
            var until = now + time.toNanos();
            while (!tasks.isEmpty() && tasks.peek().at <= until) {
                var next = tasks.remove();
                now = next.at;
                next.run.run();
            }
            now = until;
        }

        private Optional<Onward.Target> target(String name) {
            return Optional.ofNullable(integrations.get(name)).map(integration -> integration.current);
        }
    }

    private record Offered(String id, Intake.Publisher publisher, long sequence) {}

    /// What it has in Kafka, each as it first came, and the destinations that lead there: one after the other.
    private static final class Integration {
        private final World world;
        private final List<String> kafka = new ArrayList<>();
        private final Set<String> there = new HashSet<>();
        private final Deque<Way> ways = new ArrayDeque<>();
        private Way current;
        private boolean full;

        private Integration(World world) {
            this.world = world;
            this.current = follow();
        }

        private Way follow() {
            current = new Way();
            ways.add(current);
            return current;
        }

        private final class Way implements Onward.Target {
            private final Deque<Offered> offered = new ArrayDeque<>();
            private boolean discarding;

            @Override
            public boolean isFull(Arrival arrival) {
                return full;
            }

            @Override
            public void offer(Arrival arrival, Intake.Publisher publisher, long sequence) {
                offered.add(new Offered(arrival.id(), publisher, sequence));
            }

            @Override
            public boolean isDiscarding() {
                return discarding;
            }
        }

        /// A batch of the oldest destination gets its end.
        private void deliver() {
            while (ways.size() > 1 && ways.peek().offered.isEmpty()) {
                ways.remove();
            }
            var way = ways.element();
            var batch = new ArrayList<Offered>();
            for (int n = world.random.nextInt(1, 6); n > 0 && !way.offered.isEmpty(); n--) {
                batch.add(way.offered.remove());
            }
            if (!way.discarding) {
                batch.stream().filter(each -> there.add(each.id)).forEach(each -> kafka.add(each.id));
            }
            world.execute(() -> {
                batch.forEach(each -> each.publisher.safe(each.sequence));
                batch.forEach(each -> each.publisher.settled());
            });
        }

        private boolean isIdle() {
            return ways.stream().allMatch(way -> way.offered.isEmpty());
        }
    }

    private static Outcome outcome(String target, String id) {
        return new Outcome(target, new Arrival(id, "a", new byte[0], 1, false, false, "d", "", "", 0, Properties.NONE));
    }

    @ParameterizedTest(name = "seeds from {0}")
    @ValueSource(longs = {1, 100_001})
    void whatIsSafeIsThereAndInOrder(long first) {
        for (long seed = first; seed < first + 1_000; seed++) {
            simulate(seed);
        }
    }

    private static void simulate(long seed) {
        var world = new World(seed);
        var names = List.of("b", "c");
        names.forEach(name -> world.integrations.put(name, new Integration(world)));
        var away = new HashMap<String, Integration>();
        var onward = new Onward(new Next("b", "c"), world, world::target, () -> false, _ -> {});
        var sent = new ArrayList<List<Outcome>>();
        var safe = new ArrayList<CompletionStage<Void>>();
        var judged = new BitSet();
        for (int step = 0; step < 10_000 && !isDone(sent, safe); step++) {
            var random = world.random;
            var name = names.get(random.nextInt(2));
            var isQuiet = sent.size() == PARCELS;
            switch (random.nextInt(8)) {
                case 0, 1 -> {
                    if (!isQuiet) {
                        var parcel = parcel(random, sent.size());
                        sent.add(parcel);
                        safe.add(onward.send(parcel));
                    }
                }
                case 2 -> {
                    var there = world.integrations.get(name);
                    if (world.target(name).isPresent() && there != null) {
                        there.full = !isQuiet && random.nextBoolean();
                    }
                }
                case 3 -> {
                    var there = world.integrations.get(name);
                    if (random.nextInt(4) == 0 && there != null) {
                        there.follow(); // changed
                    } else if (!isQuiet && there != null) {
                        world.integrations.remove(name);
                        away.put(name, there);
                    }
                }
                case 4 -> {
                    var gone = away.get(name);
                    if (gone != null && random.nextBoolean()) {
                        gone.ways.forEach(way -> way.discarding = true);
                    } else if (gone != null) {
                        away.remove(name);
                        gone.follow();
                        world.integrations.put(name, gone);
                    }
                }
                case 5, 6 -> {
                    var integration = integration(name, world, away);
                    integration.deliver();
                }
                default -> world.run(Duration.ofMillis(random.nextInt(50)));
            }
            for (int i = judged.nextClearBit(0); i < sent.size(); i = judged.nextClearBit(i + 1)) {
                if (isSafe(safe.get(i))) {
                    judged.set(i);
                    assertThat(sent.get(i))
                            .as("what is safe is there, seed %d", seed)
                            .allMatch(outcome -> integration(outcome.target(), world, away)
                                    .there
                                    .contains(outcome.arrival().id()));
                }
            }
        }
        for (var name : names) {
            assertThat(integration(name, world, away).kafka)
                    .as("in order in %s, seed %d", name, seed)
                    .isSorted();
        }
        assertThat(isDone(sent, safe)).as("all is safe, seed %d", seed).isTrue();
    }

    private static List<Outcome> parcel(Random random, int number) {
        var parcel = new ArrayList<Outcome>();
        for (int n = random.nextInt(4); n >= 0; n--) {
            parcel.add(outcome(random.nextInt(3) == 0 ? "c" : "b", "%05d-%d".formatted(number, 9 - n)));
        }
        return parcel;
    }

    private static boolean isDone(List<List<Outcome>> sent, List<CompletionStage<Void>> safe) {
        return sent.size() == PARCELS && safe.stream().allMatch(OnwardSimulationTest::isSafe);
    }

    private static boolean isSafe(CompletionStage<Void> safe) {
        return safe.toCompletableFuture().isDone();
    }

    private static Integration integration(String name, World world, Map<String, Integration> away) {
        return Objects.requireNonNull(world.integrations.getOrDefault(name, away.get(name)));
    }

    @Test
    void nothingGoesAnyMoreOnceTheLineHasEnded() {
        var world = new World(1);
        var b = new Integration(world);
        var over = new boolean[1];
        var onward = new Onward(new Next("b", ""), world, world::target, () -> over[0], _ -> {});
        var waiting = onward.send(List.of(outcome("b", "1")));
        world.run(Duration.ofSeconds(1));

        over[0] = true;
        world.integrations.put("b", b);
        world.run(Duration.ofSeconds(1));

        assertThat(waiting.toCompletableFuture()).isCompletedExceptionally();
        assertThat(b.isIdle()).isTrue();
        assertThat(world.tasks).isEmpty();
    }

    @Test
    void itSaysOnceWhatItWaitsFor() {
        var world = new World(1);
        var told = new ArrayList<String>();
        var onward = new Onward(new Next("b", ""), world, world::target, () -> false, told::add);
        onward.send(List.of(outcome("b", "1")));
        world.run(Duration.ofSeconds(10));
        var b = new Integration(world);
        b.full = true;
        world.integrations.put("b", b);
        world.run(Duration.ofSeconds(10));
        b.full = false;
        world.run(Duration.ofSeconds(10));
        b.deliver();
        world.run(Duration.ofSeconds(10));

        assertThat(told)
                .containsExactly(
                        "waits for integration [b], which is removed or disabled",
                        "waits for integration [b], which has no room",
                        "waits until integration [b] has what was sent on safe");
    }
}
