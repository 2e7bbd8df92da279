package io.sluice.node;

import io.sluice.node.event.Arrival;
import io.sluice.node.integration.Parking;
import io.sluice.node.integration.TaskBoard;
import io.sluice.node.integration.TaskPlan;
import io.sluice.node.observe.Beat;
import io.sluice.node.observe.EventLog;
import io.sluice.node.observe.HistorySettings;
import io.sluice.node.observe.IntegrationEvent.OfMessage;
import io.sluice.node.observe.Meters;
import io.sluice.node.observe.StatisticsLog;
import io.sluice.node.store.DeadLetter;
import io.sluice.node.store.Store;
import io.sluice.node.store.StoreFailed;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is remembered of the integrations on this node: events, statistics and dead letters, kept in the store; events
/// and statistics for a while.
final class History {
    private static final Logger log = LoggerFactory.getLogger(History.class);
    private static final Duration TIDY_EVERY = Duration.ofMinutes(1);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

    private final Store store;
    private final HistorySettings settings;
    private final Meters meters;
    private final EventLog events;
    private final StatisticsLog statistics;
    private @Nullable Beat tidying;

    private History(Store store, HistorySettings settings, Meters meters, EventLog events, StatisticsLog statistics) {
        this.store = store;
        this.settings = settings;
        this.meters = meters;
        this.events = events;
        this.statistics = statistics;
    }

    static History of(Store store, HistorySettings settings, Meters meters, TaskBoard board) {
        var clock = Clock.systemUTC();
        return new History(
                store,
                settings,
                meters,
                new EventLog(store.events()::append, settings, meters.eventsDropped(), clock),
                new StatisticsLog(
                        store.statistics()::add,
                        meters.tallies(),
                        () -> tellLags(meters, board),
                        meters.statisticsDropped(),
                        clock));
    }

    private static void tellLags(Meters meters, TaskBoard board) {
        var now = System.currentTimeMillis();
        board.notes()
                .forEach(note -> meters.tallies().lag(note.integration(), Math.round(1_000 * note.lagSeconds(now))));
    }

    EventLog events() {
        return events;
    }

    StatisticsLog statistics() {
        return statistics;
    }

    /// Writes from now on.
    synchronized void start(String nodeName) {
        events.start(nodeName);
        statistics.start(nodeName);
        tidying = Beat.start("history-tidying", TIDY_EVERY, this::tidy, () -> {});
    }

    /// Writes what is left, in bounded time. The store is still to be open.
    synchronized void close() {
        statistics.close();
        events.close();
        if (tidying != null) {
            tidying.close(CLOSE_LIMIT);
        }
    }

    /// The box of one task.
    Parking.DeadLetterBox deadLetters(TaskPlan plan) {
        return (arrival, subject, reason, error) ->
                park(plan.integration(), plan.task(), arrival, subject, reason, error);
    }

    /// Keeps a dead letter. Durable on return.
    void park(String integration, int task, Arrival arrival, String subject, String reason, String error) {
        store.deadLetters().add(DeadLetter.of(integration, task, arrival, subject, reason, error, Instant.now()));
        events.error(
                integration,
                task,
                "parked",
                reason + ": " + error,
                new OfMessage(arrival.topic(), arrival.clientId(), subject, arrival.id()));
    }

    /// A task's stream into Kafka failed.
    void failed(String integration) {
        meters.failures(integration).increment();
        meters.tallies().failed(integration);
    }

    private void tidy() {
        var now = Instant.now();
        try {
            store.events().tidy(settings.eventsMax(), now.minus(settings.eventsRetention()));
            store.statistics().tidy(now.minus(settings.statisticsRetention()));
        } catch (StoreFailed e) {
            log.debug("what is too old stays until the next minute", e);
        }
    }
}
