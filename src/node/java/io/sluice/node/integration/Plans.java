package io.sluice.node.integration;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// What this node knows of every integration's tasks. Any thread.
public final class Plans {
    private record Planned(
            int tasks, boolean retired, IntFunction<TaskPlan> maker, ConcurrentMap<Integer, TaskPlan> made) {
        private TaskPlan plan(int task) {
            return made.computeIfAbsent(task, maker::apply);
        }
    }

    private final ConcurrentMap<String, SortedMap<Integer, Long>> queued = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Long> lanes = new ConcurrentHashMap<>();
    private final ConcurrentSkipListMap<String, Planned> integrations = new ConcurrentSkipListMap<>();

    /// From now on an integration has so many tasks, and these plans.
    ///
    /// @param maker makes the plan of a task, asked once for each; also for one beyond `tasks`, to which a
    ///              sender may still hand over what it was given before
    public void put(String integration, int tasks, IntFunction<TaskPlan> maker) {
        integrations.put(integration, new Planned(tasks, false, maker, new ConcurrentHashMap<>()));
    }

    /// What followed older distributions of subjects over tasks has its end.
    public void begun(String integration, long newest) {
        lanes.put(integration, newest);
    }

    /// None of its tasks needs to be alive any more; those that are serve on.
    public void retire(String integration) {
        integrations.computeIfPresent(integration, (_, old) -> new Planned(0, true, old.maker, old.made));
    }

    /// The integration is gone.
    public void remove(String integration) {
        integrations.remove(integration);
        lanes.remove(integration);
        queued.remove(integration);
    }

    /// So many messages are in each task's part of the queue; tasks left out have none. Those that have some are to
    /// be alive, also beyond the number of tasks.
    public void queued(String integration, SortedMap<Integer, Long> messages) {
        if (messages.isEmpty()) {
            queued.remove(integration);
        } else {
            queued.put(integration, messages);
        }
    }

    /// Messages in a task's part of the queue, as last seen.
    public long queued(String integration, int task) {
        return queuedParts(integration).getOrDefault(task, 0L);
    }

    /// The same of all tasks that have some.
    public SortedMap<Integer, Long> queuedParts(String integration) {
        return queued.getOrDefault(integration, Collections.emptySortedMap());
    }

    /// Integrations there are.
    public Set<String> integrations() {
        return Set.copyOf(integrations.keySet());
    }

    /// The newest distribution of subjects over tasks whose forerunners have their end on this node.
    public long lanes(String integration) {
        return lanes.getOrDefault(integration, 0L);
    }

    public Optional<TaskPlan> find(String integration, int task) {
        return Optional.ofNullable(integrations.get(integration)).map(planned -> planned.plan(task));
    }

    /// The plan of some task that is to be alive.
    Optional<TaskPlan> any() {
        return integrations.values().stream()
                .filter(planned -> planned.tasks > 0)
                .findFirst()
                .map(planned -> planned.plan(0));
    }

    boolean isWanted(String integration, int task) {
        var planned = integrations.get(integration);
        return planned != null && !planned.retired && (task < planned.tasks || queued(integration, task) > 0);
    }

    private boolean isRetired(String integration) {
        var planned = integrations.get(integration);
        return planned == null || planned.retired;
    }

    /// Ids of all tasks that are to be alive.
    List<String> wanted() {
        return integrations.entrySet().stream()
                .flatMap(entry -> IntStream.range(0, Math.max(entry.getValue().tasks, partsOf(entry.getKey())))
                        .filter(task -> isWanted(entry.getKey(), task))
                        .mapToObj(task -> Tasks.id(entry.getKey(), task)))
                .toList();
    }

    private int partsOf(String integration) {
        var parts = queued.get(integration);
        return parts == null ? 0 : parts.lastKey() + 1;
    }

    Orders orders(String integration, int task) {
        return new Orders() {
            @Override
            public Optional<TaskPlan> plan() {
                return find(integration, task);
            }

            @Override
            public long lanes() {
                return Plans.this.lanes(integration);
            }

            @Override
            public boolean isRetired() {
                return Plans.this.isRetired(integration);
            }

            @Override
            public boolean isWanted() {
                return Plans.this.isWanted(integration, task);
            }
        };
    }
}
