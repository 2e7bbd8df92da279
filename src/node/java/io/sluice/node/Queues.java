package io.sluice.node;

import io.sluice.node.broker.BrokerSettings;
import io.sluice.node.handover.QueueTo;
import io.sluice.node.integration.IntegrationSettings;
import io.sluice.node.observe.EventLog;
import io.sluice.node.observe.IntegrationEvent;
import io.sluice.node.observe.Meters;
import io.sluice.node.queue.Clearance;
import io.sluice.node.queue.QueuePlace;
import io.sluice.node.queue.QueueReaders;
import io.sluice.node.queue.QueueSettings;
import io.sluice.node.queue.QueueTopic;
import io.sluice.node.store.QueuePlaces;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The queues of the integrations, on the brokers of this node. Any thread.
final class Queues {
    /// What a node of the queues needs besides.
    ///
    /// @param blocking threads that may block
    record Tools(QueuePlaces places, History history, Meters meters, EventLog events, Executor blocking) {}

    private static final Logger log = LoggerFactory.getLogger(Queues.class);
    private static final String REFUSED = "refused by the queue";

    private final QueueSettings settings;
    private final Duration pause;
    private final Map<String, BrokerSettings> brokers;
    private final Tools tools;
    private final ConcurrentMap<String, IntegrationSettings> newest = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, String> troubles = new ConcurrentHashMap<>();

    Queues(NodeSettings settings, Tools tools) {
        this.settings = settings.queue();
        this.pause = settings.task().backoffMin();
        this.brokers = settings.brokers();
        this.tools = tools;
    }

    /// Where an integration's messages are queued now.
    Optional<QueuePlace> place(IntegrationSettings integration) {
        return integration.queue().isKafka()
                ? Optional.of(new QueuePlace(integration.queue().broker(), settings.topic(integration.name())))
                : Optional.empty();
    }

    /// All that an integration has, or had and that may hold something. Blocks.
    ///
    /// @param lanes newest that have begun
    List<QueueReaders.Source> sources(IntegrationSettings integration, long lanes) {
        var current = place(integration);
        var found = new LinkedHashMap<QueuePlace, QueueReaders.Source>();
        for (var row : tools.places().of(integration.name())) {
            var place = place(row);
            var isForerunner = !current.equals(Optional.of(place)) && row.lanes() >= lanes;
            found.put(place, new QueueReaders.Source(topic(integration.name(), place), isForerunner));
        }
        current.ifPresent(place ->
                found.computeIfAbsent(place, _ -> new QueueReaders.Source(topic(integration.name(), place), false)));
        return List.copyOf(found.values());
    }

    private static QueuePlace place(QueuePlaces.Row row) {
        return new QueuePlace(row.broker(), row.topic());
    }

    QueueTopic topic(QueuePlaces.Row row) {
        return topic(row.integration(), place(row));
    }

    private QueueTopic topic(String integration, QueuePlace place) {
        return new QueueTopic(integration, place, () -> broker(place).clientProperties(), settings);
    }

    private BrokerSettings broker(QueuePlace place) {
        var broker = brokers.get(place.broker());
        if (broker == null) {
            throw new IllegalStateException(
                    "broker [%s] is not configured any more, but may have messages in topic [%s]; configure it"
                            .formatted(place.broker(), place.topic()));
        }
        return broker;
    }

    /// An integration is so from now on: its topic follows.
    void know(IntegrationSettings integration) {
        var before = newest.put(integration.name(), integration);
        if (before != null
                && integration.queue().isKafka()
                && before.queue().isKafka()
                && !before.queue().equals(integration.queue())) {
            tools.blocking().execute(() -> {
                try {
                    ensure(integration);
                } catch (RuntimeException e) {
                    log.warn("queue of integration [{}] could not be changed: {}", integration.name(), e.getMessage());
                    tools.events()
                            .error(
                                    integration.name(),
                                    IntegrationEvent.NO_TASK,
                                    "queue",
                                    "could not be changed: " + e.getMessage());
                }
            });
        }
    }

    private QueueTopic ensure(IntegrationSettings integration) {
        var place = place(integration).orElseThrow();
        var topic = topic(integration.name(), place);
        topic.ensure(
                integration.tasks(),
                new QueueTopic.Limits(
                        integration.queue().retention(), integration.queue().sizeMax()));
        return topic;
    }

    /// Where the messages of an integration with a queue go.
    QueueTo target(IntegrationSettings integration) {
        var name = integration.name();
        var place = place(integration).orElseThrow();
        return new QueueTo(
                place.topic(),
                lanes -> {
                    begin(new QueuePlaces.Row(name, place.broker(), place.topic(), lanes, integration.distribution()));
                    var latest = newest.getOrDefault(name, integration);
                    var keepsTasks =
                            latest.queue().isSamePlace(integration.queue()) && latest.tasks() == integration.tasks();
                    return ensure(keepsTasks ? latest : integration)
                            .producer(integration.compression().name().toLowerCase(Locale.ROOT));
                },
                (task, arrival, subject, error) -> {
                    tools.history().park(name, task, arrival, subject, REFUSED, error);
                    tools.meters().parked(name, REFUSED).increment();
                },
                problem -> tell(name, place, problem),
                pause);
    }

    /// The lanes of an integration that stands in the configuration are always the same. If it has changed there, what
    /// is queued cannot be told from what comes, so that goes first.
    private void begin(QueuePlaces.Row row) {
        for (var before : tools.places().of(row.integration())) {
            var canTell = before.lanes() < row.lanes()
                    || (before.lanes() == row.lanes() && before.distribution().equals(row.distribution()));
            if (place(before).equals(place(row)) && !canTell) {
                checkEmpty(before);
            }
        }
        tools.places().keep(row);
    }

    private void checkEmpty(QueuePlaces.Row row) {
        try (var meter = topic(row).meter()) {
            var left = meter.parts().stream().mapToLong(Clearance.Part::lag).sum();
            if (left > 0) {
                throw new IllegalStateException(
                        "%d messages follow what the configuration said before; more is taken once they are delivered"
                                .formatted(left));
            }
        }
    }

    private void tell(String integration, QueuePlace place, String problem) {
        var before = troubles.put(integration, problem);
        if (problem.isEmpty() || problem.equals(before)) {
            return;
        }
        log.warn("queue of integration [{}], {}, cannot be written: {}", integration, place, problem);
        tools.events()
                .error(
                        integration,
                        IntegrationEvent.NO_TASK,
                        "queue",
                        "%s cannot be written: %s".formatted(place, problem));
    }

    /// Why a queue cannot be written; empty if it can.
    String trouble(String integration) {
        return troubles.getOrDefault(integration, "not opened yet");
    }

    /// An integration is gone.
    void forget(String integration) {
        newest.remove(integration);
        troubles.remove(integration);
    }
}
