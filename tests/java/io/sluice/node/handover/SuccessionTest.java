package io.sluice.node.handover;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.handover.Succession.Effect.Begin;
import io.sluice.node.handover.Succession.Effect.Close;
import io.sluice.node.handover.Succession.Effect.Discard;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// One destination after the other.
class SuccessionTest {
    private final Succession<String> succession = new Succession<>(_ -> true);
    private final Set<String> done = new HashSet<>();

    @Test
    void theFirstBeginsAtOnceAndTheNextWhenTheFormerIsDone() {
        assertThat(succession.follow("a")).containsExactly(new Begin<>("a"));
        assertThat(succession.follow("b")).isEmpty();
        assertThat(succession.current()).isEqualTo("b");
        assertThat(succession.look(0, done::contains)).isEmpty();
        assertThat(succession.isLeaving()).isTrue();

        done.add("a");

        assertThat(succession.look(0, done::contains)).containsExactly(new Close<>("a"), new Begin<>("b"));
        assertThat(succession.isLeaving()).isFalse();
    }

    @Test
    void oneThatHasNotBegunYetIsNotPassedThoughItIsDone() {
        succession.follow("a");
        succession.follow("b");
        succession.follow("c");
        done.add("b");

        assertThat(succession.look(0, done::contains)).isEmpty();

        done.add("a");

        assertThat(succession.look(0, done::contains))
                .containsExactly(new Close<>("a"), new Begin<>("b"), new Close<>("b"), new Begin<>("c"));
    }

    @Test
    void whatEndsIsDiscardedOnceTheTimeIsUp() {
        succession.follow("a");
        succession.follow("b");
        succession.end(100);

        assertThat(succession.current()).isNull();
        assertThat(succession.look(99, done::contains)).isEmpty();
        assertThat(succession.look(100, done::contains)).containsExactly(new Discard<>("a"), new Discard<>("b"));
        assertThat(succession.look(101, done::contains)).isEmpty();

        done.addAll(List.of("a", "b"));

        assertThat(succession.look(102, done::contains))
                .containsExactly(new Close<>("a"), new Begin<>("b"), new Close<>("b"));
        assertThat(succession.isLeaving()).isFalse();
    }

    @Test
    void whatGoesOnIsNotDiscarded() {
        succession.follow("a");
        succession.end(100);
        assertThat(succession.follow("b")).isEmpty();

        assertThat(succession.look(200, done::contains)).isEmpty();
        assertThat(succession.current()).isEqualTo("b");
    }

    /// Messages of one connection through destinations with different numbers of tasks, each task as slow as it
    /// likes.
    @Test
    void aSubjectIsNeverOvertaken() {
        for (long seed = 0; seed < 3_000; seed++) {
            var lossy = seed % 3 == 0;
            new Run(seed, lossy).go();
        }
    }

    private static final class Way {
        private final List<Deque<int[]>> tasks = new ArrayList<>();
        private boolean begun;
        private boolean left;

        private Way(int tasks) {
            for (int task = 0; task < tasks; task++) {
                this.tasks.add(new ArrayDeque<>());
            }
        }

        private boolean isDone() {
            return left && tasks.stream().allMatch(Deque::isEmpty);
        }
    }

    private static final class Run {
        private static final int SUBJECTS = 5;

        private final Random random;
        private final String seed;
        private final boolean ends;
        private final Succession<Way> succession = new Succession<>(_ -> true);
        private final List<Way> ways = new ArrayList<>();
        private final int[] offered = new int[SUBJECTS];
        private final int[] arrived = new int[SUBJECTS];
        private int discarded;
        private long now;

        private Run(long seed, boolean ends) {
            this.random = new Random(seed);
            this.seed = "seed " + seed;
            this.ends = ends;
        }

        private void go() {
            for (int step = 0; step < 200; step++) {
                now++;
                step();
            }
            for (int rest = 0; rest < 2_000 && ways.size() > (succession.current() == null ? 0 : 1); rest++) {
                now++;
                ways.forEach(this::leaveOrDeliver);
                run(succession.look(now, Way::isDone));
            }
            var last = succession.current();
            while (last != null && !last.isDone() && last.tasks.stream().anyMatch(task -> !task.isEmpty())) {
                deliver(last);
            }
            assertThat(ways.stream().filter(way -> way != last)).as(seed).isEmpty();
            var sent = 0;
            var came = 0;
            for (int subject = 0; subject < SUBJECTS; subject++) {
                sent += offered[subject];
                came += arrived[subject];
            }
            if (!ends) {
                assertThat(came).as(seed).isEqualTo(sent);
            }
            assertThat(discarded).as(seed).isLessThanOrEqualTo(ends ? sent : 0);
        }

        private void step() {
            switch (random.nextInt(ends ? 12 : 11)) {
                case 0 -> {
                    var way = new Way(1 + random.nextInt(4));
                    ways.add(way);
                    run(succession.follow(way));
                }
                case 1, 2 -> run(succession.look(now, Way::isDone));
                case 3, 4, 5, 6 -> offer();
                case 11 -> succession.end(now + random.nextInt(40));
                default -> {
                    if (!ways.isEmpty()) {
                        leaveOrDeliver(ways.get(random.nextInt(ways.size())));
                    }
                }
            }
        }

        private void offer() {
            var current = succession.current();
            if (current != null) {
                var subject = random.nextInt(SUBJECTS);
                current.tasks.get(subject % current.tasks.size()).add(new int[] {subject, ++offered[subject]});
            }
        }

        private void leaveOrDeliver(Way way) {
            if (way != succession.current() && random.nextBoolean()) {
                way.left = true;
            } else {
                deliver(way);
            }
        }

        private void deliver(Way way) {
            var message =
                    way.begun ? way.tasks.get(random.nextInt(way.tasks.size())).poll() : null;
            if (message != null) {
                assertThat(message[1]).as(seed + ", subject " + message[0]).isGreaterThan(arrived[message[0]]);
                arrived[message[0]] = ends ? message[1] : arrived[message[0]] + 1;
                if (!ends) {
                    assertThat(message[1]).as(seed + ", subject " + message[0]).isEqualTo(arrived[message[0]]);
                }
            }
        }

        private void run(List<Succession.Effect<Way>> effects) {
            for (var effect : effects) {
                switch (effect) {
                    case Begin<Way>(var way) -> way.begun = true;
                    case Discard<Way>(var way) ->
                        way.tasks.forEach(task -> {
                            discarded += task.size();
                            task.clear();
                        });
                    case Close<Way>(var way) -> {
                        assertThat(way.isDone()).as(seed).isTrue();
                        ways.remove(way);
                    }
                }
            }
        }
    }
}
