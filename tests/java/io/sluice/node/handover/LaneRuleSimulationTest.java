package io.sluice.node.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.node.cluster.Circle;
import io.sluice.node.handover.LaneRule.Lanes;
import io.sluice.node.handover.LaneRule.Standing;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Nodes that come, go, learn of each other and of the catalog when they like, over a network that delays and loses:
/// never do two of them hand over by different distributions at the same time, and all come to the newest one.
class LaneRuleSimulationTest {
    private static final String NAME = "one";
    private static final int SEEDS = 4_000;

    /// Ways to build it wrong. Every one must be seen.
    enum Defect {
        NONE,
        ASKS_NOBODY,
        TAKES_SILENCE_FOR_CONSENT,
        LOOKS_NOT_HOW_FAR_THE_OTHER_IS,
        FORGETS_WHAT_THE_OTHER_BEGAN,
        TELLS_WHOM_IT_DID_NOT_RECKON_WITH,
        OPENS_BEFORE_IT_MAY_HAND_OVER
    }

    @Test
    void noTwoNodesFollowDifferentLanesAtTheSameTime() {
        for (long seed = 0; seed < SEEDS; seed++) {
            new World(seed, Defect.NONE).run();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void everyDefectIsSeen(Defect defect) {
        assertThatThrownBy(() -> {
                    for (long seed = 0; seed < SEEDS; seed++) {
                        new World(seed, defect).run();
                    }
                })
                .as("%s", defect)
                .isInstanceOf(AssertionError.class);
    }

    private static final class Place {
        private final long lanes;
        private int inFlight;
        private boolean begun;
        private boolean left;

        private Place(long lanes) {
            this.lanes = lanes;
        }

        private boolean isDone() {
            return left && inFlight == 0;
        }
    }

    private record Word(Standing standing, Set<String> knowing) {}

    private static final class Node {
        private final String id;
        private final Succession<Place> succession;
        private final List<Place> places = new ArrayList<>();
        private final Deque<Runnable> news = new ArrayDeque<>();
        private Circle<Standing> others = Circle.alone();
        private long applied = -1;
        private long begun = -1;
        private boolean open;
        private Word said = new Word(new Standing(-1, Map.of()), Set.of());

        private Node(String id, Defect defect) {
            this.id = id;
            this.open = defect == Defect.OPENS_BEFORE_IT_MAY_HAND_OVER;
            this.succession = new Succession<>(place -> mayBegin(place.lanes, defect));
        }

        private boolean mayBegin(long lanes, Defect defect) {
            var words = others.words().values();
            return switch (defect) {
                case ASKS_NOBODY -> true;
                case TAKES_SILENCE_FOR_CONSENT ->
                    LaneRule.mayBegin(
                            NAME,
                            lanes,
                            words.stream().filter(Optional::isPresent).toList());
                case LOOKS_NOT_HOW_FAR_THE_OTHER_IS ->
                    LaneRule.mayBegin(
                            NAME,
                            lanes,
                            words.stream()
                                    .map(word -> word.map(standing -> new Standing(Long.MAX_VALUE, standing.lanes())))
                                    .toList());
                case FORGETS_WHAT_THE_OTHER_BEGAN ->
                    LaneRule.mayBegin(
                            NAME,
                            lanes,
                            words.stream()
                                    .map(word -> word.map(Node::withoutBegun))
                                    .toList());
                case NONE, TELLS_WHOM_IT_DID_NOT_RECKON_WITH, OPENS_BEFORE_IT_MAY_HAND_OVER ->
                    LaneRule.mayBegin(NAME, lanes, words);
            };
        }

        private static Standing withoutBegun(Standing standing) {
            var lanes = new TreeMap<String, Lanes>();
            standing.lanes().forEach((name, each) -> lanes.put(name, new Lanes(each.oldest(), -1)));
            return new Standing(standing.applied(), lanes);
        }

        private void apply(long version, long lanes) {
            applied = version;
            if (places.isEmpty() || places.getLast().lanes != lanes) {
                var next = new Place(lanes);
                places.add(next);
                run(succession.follow(next));
            }
        }

        private void look() {
            run(succession.look(0, Place::isDone));
            var oldest = succession.oldest();
            var lanes = new Lanes(oldest == null ? -1 : oldest.lanes, begun);
            open |= applied > 0 && !succession.isWaiting();
            said = new Word(
                    new Standing(applied, Map.of(NAME, lanes)), others.words().keySet());
        }

        private void run(List<Succession.Effect<Place>> effects) {
            for (var effect : effects) {
                switch (effect) {
                    case Succession.Effect.Begin<Place>(var place) -> {
                        place.begun = true;
                        begun = place.lanes;
                    }
                    case Succession.Effect.Close<Place>(var place) -> places.remove(place);
                    case Succession.Effect.Discard<Place> _ -> {}
                }
            }
        }
    }

    private static final class World {
        private final Random random;
        private final String seed;
        private final Defect defect;
        private final TreeMap<String, Node> nodes = new TreeMap<>();
        private final TreeMap<Long, Long> lanesByVersion = new TreeMap<>();
        private long version = 1;
        private int joined;

        private World(long seed, Defect defect) {
            this.random = new Random(seed);
            this.seed = "seed " + seed;
            this.defect = defect;
            lanesByVersion.put(1L, 1L);
            join();
        }

        private void run() {
            for (int step = 0; step < 250; step++) {
                step();
                check();
            }
            for (int rest = 0; rest < 400; rest++) {
                nodes.values().forEach(this::comeToRest);
                check();
            }
            assertThat(nodes.values()).as(seed).allSatisfy(node -> {
                assertThat(node.places).as(node.id).hasSize(1);
                assertThat(node.places.getFirst().begun).as(node.id).isTrue();
                assertThat(node.begun).as(node.id).isEqualTo(lanes(version));
            });
        }

        private long lanes(long ofVersion) {
            return lanesByVersion.getOrDefault(ofVersion, 0L);
        }

        private void step() {
            switch (random.nextInt(14)) {
                case 0 -> change();
                case 1 -> {
                    if (nodes.size() < 4) {
                        join();
                    }
                }
                case 2 -> {
                    if (nodes.size() > 1 && random.nextInt(3) == 0) {
                        die(any());
                    }
                }
                case 3, 4 -> learn(any());
                case 5, 6, 7 -> say(any());
                case 8, 9 -> hear(any());
                default -> work(any());
            }
        }

        private void comeToRest(Node node) {
            learn(node);
            node.places.forEach(place -> {
                place.left |= place != node.succession.current();
                place.inFlight = place.begun ? 0 : place.inFlight;
            });
            node.look();
            say(node);
            hear(node);
            node.look();
        }

        private Node any() {
            return List.copyOf(nodes.values()).get(random.nextInt(nodes.size()));
        }

        private void change() {
            version++;
            lanesByVersion.put(version, random.nextBoolean() ? version : lanes(version - 1));
        }

        /// It knows who is there, and nothing of the catalog yet; the others learn of it when they do.
        private void join() {
            var node = new Node("n" + ++joined, defect);
            for (var other : nodes.values()) {
                node.others = node.others.with(other.id);
                other.news.add(() -> {
                    other.others = other.others.with(node.id);
                    other.look();
                });
            }
            nodes.put(node.id, node);
            node.look();
        }

        private void die(Node node) {
            nodes.remove(node.id);
            for (var other : nodes.values()) {
                other.news.add(() -> {
                    other.others = other.others.without(node.id);
                    other.look();
                });
            }
        }

        private void learn(Node node) {
            if (node.applied < version) {
                var from = Math.max(1, node.applied + 1);
                var next = from + random.nextLong(version - from + 1);
                node.apply(next, lanes(next));
            }
            node.look();
        }

        /// What is said arrives later, or never; a node that is not known there says it in vain.
        private void say(Node node) {
            var word = node.said;
            for (var other : nodes.values()) {
                var told = defect == Defect.TELLS_WHOM_IT_DID_NOT_RECKON_WITH
                        || word.knowing().contains(other.id);
                if (other != node && told && random.nextInt(4) > 0) {
                    other.news.add(() -> {
                        other.others = other.others.heard(node.id, word.standing());
                        other.look();
                    });
                }
            }
        }

        private void hear(Node node) {
            for (int count = random.nextInt(6); count >= 0 && !node.news.isEmpty(); count--) {
                node.news.remove().run();
            }
        }

        private void work(Node node) {
            if (node.places.isEmpty()) {
                return;
            }
            var place = node.places.get(random.nextInt(node.places.size()));
            if (place == node.succession.current() && node.open) {
                place.inFlight += random.nextInt(3);
            } else if (random.nextBoolean()) {
                place.left = true;
            }
            if (place.begun && place.inFlight > 0) {
                place.inFlight--;
            }
            node.look();
        }

        private void check() {
            var followed = new TreeSet<Long>();
            var by = new HashSet<String>();
            for (var node : nodes.values()) {
                for (var place : node.places) {
                    if (place.begun && !place.isDone()) {
                        followed.add(place.lanes);
                        by.add(node.id + " by " + place.lanes);
                    }
                }
            }
            assertThat(followed).as("%s: %s", seed, by).hasSizeLessThanOrEqualTo(1);
        }
    }
}
