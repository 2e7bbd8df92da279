package io.sluice.node.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Subjects move between tasks, with a queue and without, while tasks die and commit late: first deliveries of each
/// subject stay in order and none is missing.
class ClearanceSimulationTest {
    private static final int SEEDS = 2_000;
    private static final int SUBJECTS = 6;
    private static final int PARTS_MAX = 5;

    private interface Rule {
        long clear(long known, List<Clearance.Part> parts);
    }

    private record Message(int subject, int number, long lanes) {}

    /// What a task has of its partition and of what was handed over to it.
    private static final class Task {
        private int given;
        private int settled;
        private int committed;
        private long admitted = -1;
        private final List<Message> handed = new ArrayList<>();
    }

    private static final class World {
        private final Random random;
        private final Rule rule;
        private final List<List<Message>> parts = new ArrayList<>();
        private final List<Task> tasks = new ArrayList<>();
        private final int[] sent = new int[SUBJECTS];
        private final Map<Integer, List<Integer>> delivered = new HashMap<>();
        private long lanes;
        private int count = 2;
        private boolean queued;

        private World(long seed, Rule rule) {
            this.random = new Random(seed);
            this.rule = rule;
            for (int i = 0; i < PARTS_MAX; i++) {
                parts.add(new ArrayList<>());
                tasks.add(new Task());
            }
        }

        private void step(boolean publishing) {
            var task = random.nextInt(PARTS_MAX);
            switch (random.nextInt(publishing ? 8 : 5)) {
                case 0 -> look(tasks.get(task));
                case 1, 2 -> ship(task);
                case 3 -> tasks.get(task).committed = tasks.get(task).settled;
                case 4 -> {
                    if (random.nextInt(8) == 0) {
                        die(task);
                    }
                }
                case 5, 6 -> publish();
                default -> {
                    if (random.nextInt(5) == 0) {
                        change();
                    }
                }
            }
        }

        /// As the lane rule lets it: all that was handed over has its end, the queue may be full.
        private void change() {
            if (tasks.stream().allMatch(task -> task.handed.isEmpty())) {
                lanes++;
                count = 1 + random.nextInt(PARTS_MAX);
                queued = random.nextInt(3) > 0;
            }
        }

        private void publish() {
            var subject = random.nextInt(SUBJECTS);
            var task = (subject * 7 + 3) % count;
            var message = new Message(subject, sent[subject]++, lanes);
            if (queued) {
                parts.get(task).add(message);
            } else {
                tasks.get(task).handed.add(message);
            }
        }

        private void look(Task task) {
            var known = lanes;
            var found = new ArrayList<Clearance.Part>();
            for (int i = 0; i < PARTS_MAX; i++) {
                var settled = tasks.get(i) == task ? task.settled : tasks.get(i).committed;
                var part = parts.get(i);
                found.add(new Clearance.Part(
                        i,
                        0,
                        settled,
                        part.size(),
                        settled < part.size()
                                ? OptionalLong.of(part.get(settled).lanes())
                                : OptionalLong.empty()));
            }
            task.admitted = Math.max(task.admitted, rule.clear(known, found));
        }

        /// Something that may be written is.
        private void ship(int number) {
            var task = tasks.get(number);
            var part = parts.get(number);
            if (task.given < part.size() && part.get(task.given).lanes() <= task.admitted) {
                deliver(part.get(task.given++));
                task.settled = task.given;
            } else if (!task.handed.isEmpty() && task.handed.getFirst().lanes() <= task.admitted) {
                deliver(task.handed.removeFirst());
            }
        }

        private void die(int number) {
            var task = tasks.get(number);
            task.given = task.committed;
            task.settled = task.committed;
            task.admitted = -1;
        }

        private void deliver(Message message) {
            delivered.computeIfAbsent(message.subject(), _ -> new ArrayList<>()).add(message.number());
        }

        private boolean isDone() {
            for (int i = 0; i < PARTS_MAX; i++) {
                if (tasks.get(i).settled < parts.get(i).size()
                        || !tasks.get(i).handed.isEmpty()) {
                    return false;
                }
            }
            return true;
        }

        /// Whether first deliveries are in order.
        private boolean run() {
            for (int i = 0; i < 600; i++) {
                step(true);
            }
            for (int i = 0; !isDone(); i++) {
                assertThat(i).as("steps until all is delivered").isLessThan(200_000);
                step(false);
            }
            for (int subject = 0; subject < SUBJECTS; subject++) {
                var seen = new HashSet<Integer>();
                var next = 0;
                for (var number : delivered.getOrDefault(subject, List.of())) {
                    if (seen.add(number) && number != next++) {
                        return false;
                    }
                }
                assertThat(next).as("delivered of subject " + subject).isEqualTo(sent[subject]);
            }
            return true;
        }
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 20);
    }

    @ParameterizedTest(name = "from seed {0}")
    @MethodSource("seeds")
    void keepsTheOrderThroughEveryChange(long hundred) {
        for (long seed = hundred * SEEDS / 20; seed < (hundred + 1) * SEEDS / 20; seed++) {
            assertThat(new World(seed, Clearance::of).run()).as("seed " + seed).isTrue();
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"no barrier", "own partition only"})
    void aWorseRuleIsFoundOut(String rule) {
        Rule worse = rule.equals("no barrier")
                ? (known, _) -> known
                : (known, parts) -> Clearance.of(known, parts.subList(0, 1));

        assertThat(LongStream.range(0, 200).anyMatch(seed -> !new World(seed, worse).run()))
                .as("a world in which a message is overtaken")
                .isTrue();
    }
}
