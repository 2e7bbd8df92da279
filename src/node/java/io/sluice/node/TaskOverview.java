package io.sluice.node;

import io.sluice.node.cluster.Circle;
import io.sluice.node.integration.Plans;
import io.sluice.node.integration.TaskBoard;
import io.sluice.node.integration.TaskPhase;
import io.sluice.node.observe.TaskStatus;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// How all tasks of the cluster are, as far as this node knows: its own at once, those of others as they last said.
/// Any thread.
final class TaskOverview {
    /// A task that moves is nowhere for a moment: so long it counts as where it was last.
    private static final Duration MOVING = Duration.ofSeconds(10);

    private static final int PROBLEM_MAX = 300;

    private record TaskName(String integration, int task) {
        private static TaskName of(TaskStatus status) {
            return new TaskName(status.integration(), status.task());
        }
    }

    private final TaskBoard board;
    private final Plans plans;
    private volatile String node = "";
    private final ConcurrentMap<TaskName, Long> lastElsewhere = new ConcurrentHashMap<>();
    private volatile Map<TaskName, TaskStatus> elsewhere = Map.of();

    TaskOverview(TaskBoard board, Plans plans) {
        this.board = board;
        this.plans = plans;
    }

    /// This node has a name from now on.
    void named(String name) {
        node = name;
    }

    /// What the other nodes say now.
    void know(Circle<Neighbours.Word> circle) {
        var now = System.nanoTime();
        elsewhere.keySet().forEach(name -> lastElsewhere.put(name, now));
        elsewhere = circle.words().values().stream()
                .flatMap(Optional::stream)
                .flatMap(word -> word.tasks().stream())
                .filter(TaskOverview::lives)
                .collect(Collectors.toUnmodifiableMap(TaskName::of, status -> status, TaskOverview::newer));
        lastElsewhere.values().removeIf(seen -> now - seen > MOVING.toNanos());
    }

    /// Those of this node.
    List<TaskStatus> own() {
        var now = System.currentTimeMillis();
        return board.notes().stream()
                .map(note -> new TaskStatus(
                        node,
                        note.integration(),
                        note.task(),
                        note.phase().toString(),
                        note.heldBatches(),
                        note.lagSeconds(now),
                        note.epoch(),
                        plans.queued(note.integration(), note.task()),
                        note.problem().length() > PROBLEM_MAX
                                ? note.problem().substring(0, PROBLEM_MAX) + "…"
                                : note.problem()))
                .toList();
    }

    /// Those of all nodes, by integration and task; of one that has moved only where it is now.
    List<TaskStatus> all() {
        var others = elsewhere;
        return Stream.concat(
                        own().stream().filter(status -> lives(status) || !others.containsKey(TaskName.of(status))),
                        others.values().stream())
                .sorted(Comparator.comparing(TaskStatus::integration)
                        .thenComparingInt(TaskStatus::task)
                        .thenComparing(TaskStatus::node))
                .toList();
    }

    /// What a task does instead of running, if it is this node's to say: it lives here, or nowhere. Empty otherwise.
    String whyNotRunning(String integration, int task) {
        var name = new TaskName(integration, task);
        var seen = lastElsewhere.get(name);
        var livesElsewhere =
                elsewhere.containsKey(name) || (seen != null && System.nanoTime() - seen <= MOVING.toNanos());
        return livesElsewhere && !board.lives(integration, task) ? "" : board.whyNotRunning(integration, task);
    }

    private static boolean lives(TaskStatus status) {
        return !status.phase().equals(TaskPhase.STOPPED.toString());
    }

    private static TaskStatus newer(TaskStatus one, TaskStatus other) {
        return one.epoch() >= other.epoch() ? one : other;
    }
}
