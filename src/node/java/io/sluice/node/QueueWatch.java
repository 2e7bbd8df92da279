package io.sluice.node;

import io.sluice.node.integration.Plans;
import io.sluice.node.integration.TaskBoard;
import io.sluice.node.observe.Beat;
import io.sluice.node.observe.Meters;
import io.sluice.node.queue.Clearance;
import io.sluice.node.queue.QueueTopic;
import io.sluice.node.store.QueuePlaces;
import io.sluice.node.store.StoreFailed;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks again and again what waits in the queues, so that a task lives as long as its part has something, also one
/// that is beyond the number of tasks by now; and forgets queues that are used no more once they are empty. One thread
/// at a time; blocks.
final class QueueWatch implements Runnable, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(QueueWatch.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final Queues queues;
    private final QueuePlaces places;
    private final Plans plans;
    private final TaskBoard board;
    private final Meters meters;
    private final Map<QueuePlaces.Row, QueueTopic.Meter> open = new HashMap<>();
    private final Map<QueuePlaces.Row, Map<Integer, Long>> lastSeen = new HashMap<>();
    private final Beat beat;

    private QueueWatch(Queues queues, QueuePlaces places, Plans plans, TaskBoard board, Meters meters) {
        this.queues = queues;
        this.places = places;
        this.plans = plans;
        this.board = board;
        this.meters = meters;
        this.beat = Beat.start("queue-watch", LOOK_EVERY, this, this::closeAll);
    }

    static QueueWatch start(Queues queues, QueuePlaces places, Plans plans, TaskBoard board, Meters meters) {
        return new QueueWatch(queues, places, plans, board, meters);
    }

    @Override
    public void run() {
        try {
            var rows = places.all();
            var integrations = plans.integrations();
            open.keySet().stream().filter(row -> !rows.contains(row)).toList().forEach(this::closeMeter);
            var lags = new HashMap<String, TreeMap<Integer, Long>>();
            for (var row : rows) {
                if (integrations.contains(row.integration())) {
                    look(row, lags.computeIfAbsent(row.integration(), _ -> new TreeMap<>()));
                }
            }
            for (var integration : integrations) {
                var found = lags.getOrDefault(integration, new TreeMap<>());
                found.keySet().forEach(task -> measure(integration, task));
                plans.queued(integration, found);
            }
            lastSeen.keySet().retainAll(rows);
        } catch (StoreFailed e) {
            log.debug("what waits in the queues is not known now", e);
        }
    }

    /// What cannot be reached is as it was.
    private void look(QueuePlaces.Row row, Map<Integer, Long> lags) {
        try {
            var parts =
                    open.computeIfAbsent(row, _ -> queues.topic(row).meter()).parts();
            lastSeen.put(row, lags(parts));
            if (plans.lanes(row.integration()) > row.lanes() && lags(parts).isEmpty()) {
                forget(row);
            }
        } catch (RuntimeException e) {
            log.debug("queue [{}] cannot be looked at", row, e);
            closeMeter(row);
        }
        lastSeen.getOrDefault(row, Map.of()).forEach((task, lag) -> lags.merge(task, lag, Long::sum));
    }

    private static Map<Integer, Long> lags(List<Clearance.Part> parts) {
        return parts.stream()
                .filter(part -> part.lag() > 0)
                .collect(Collectors.toMap(Clearance.Part::partition, Clearance.Part::lag));
    }

    /// Only after a look with a client that cannot remember fewer partitions than there are.
    private void forget(QueuePlaces.Row row) {
        var parts = queues.topic(row).parts(Map.of());
        if (!lags(parts).isEmpty()) {
            return;
        }
        places.forget(row);
        if (parts.isEmpty()) {
            queues.tellGone(row);
        } else {
            log.info(
                    "queue of integration [{}], topic [{}] on broker [{}], is empty; nothing older is in it",
                    row.integration(),
                    row.topic(),
                    row.broker());
        }
    }

    /// Also what was forgotten in the meantime.
    private void measure(String integration, int task) {
        meters.queueLag(integration, task, () -> board.lives(integration, task) ? plans.queued(integration, task) : 0);
    }

    private void closeMeter(QueuePlaces.Row row) {
        var meter = open.remove(row);
        if (meter != null) {
            meter.close();
        }
    }

    private void closeAll() {
        Set.copyOf(open.keySet()).forEach(this::closeMeter);
    }

    @Override
    public void close() {
        beat.close(CLOSE_LIMIT);
    }
}
