package io.sluice.node;

import io.sluice.node.broker.BrokerSettings;
import io.sluice.node.broker.Check;
import io.sluice.node.handover.QueueTo;
import io.sluice.node.integration.IntegrationSettings;
import io.sluice.node.integration.Plans;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import org.apache.kafka.clients.producer.Producer;
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

    /// What is to be looked at before an integration's messages can be queued.
    Optional<Check.Queue> toCheck(IntegrationSettings integration) {
        return place(integration)
                .map(place -> new Check.Queue(
                        broker(place),
                        new Check.Topic.Own(place.topic(), integration.tasks(), settings.replicationFactor())));
    }

    /// All that an integration has, or had and that may hold something. Blocks.
    ///
    /// @param version of its definition. It is 0 where the configuration has it: its lanes are always the same, and
    ///                what was begun earlier goes first
    List<QueueReaders.Source> sources(IntegrationSettings integration, long version) {
        var rows = tools.places().of(integration.name());
        return forerunners(rows, place(integration), version).entrySet().stream()
                .map(place -> new QueueReaders.Source(topic(integration.name(), place.getKey()), place.getValue()))
                .toList();
    }

    /// Of how many others each place is a forerunner.
    ///
    /// @param rows    in the order of their turns
    /// @param current where messages are queued now, empty if nowhere
    static Map<QueuePlace, Integer> forerunners(
            List<QueuePlaces.Row> rows, Optional<QueuePlace> current, long version) {
        var places = new ArrayList<>(rows.stream().map(Queues::place).toList());
        current.filter(place -> !places.contains(place)).ifPresent(places::add);
        var found = new LinkedHashMap<QueuePlace, Integer>();
        for (int i = 0; i < places.size(); i++) {
            found.put(places.get(i), version == 0 ? places.size() - 1 - i : 0);
        }
        return found;
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
                new QueueTo.Opener() {
                    @Override
                    public Producer<byte[], byte[]> open(long lanes) {
                        var row = new QueuePlaces.Row(
                                name, place.broker(), place.topic(), lanes, integration.distribution(), 0);
                        var returns = checkOrder(row);
                        var latest = newest.getOrDefault(name, integration);
                        var keepsTasks = latest.queue().isSamePlace(integration.queue())
                                && latest.tasks() == integration.tasks();
                        var topic = ensure(keepsTasks ? latest : integration);
                        tools.places().keep(row); // before the first record, and not before the topic is there
                        if (returns) {
                            tools.places().renew(row);
                        }
                        return topic.producer(integration.compression().name().toLowerCase(Locale.ROOT));
                    }

                    @Override
                    public boolean lacksPartitions() {
                        return topic(name, place).lacks(integration.tasks());
                    }
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
    ///
    /// @return whether messages come here again after they went elsewhere, of which nothing is left
    private boolean checkOrder(QueuePlaces.Row row) {
        var returns = false;
        var isBefore = false;
        for (var other : tools.places().of(row.integration())) {
            var isHere = place(other).equals(place(row));
            if (isHere && row.lanes() > 0 && other.lanes() > row.lanes()) {
                throw new IllegalStateException("distribution %d is written by now, this node is left with %d"
                        .formatted(other.lanes(), row.lanes()));
            }
            var canTell = other.lanes() < row.lanes()
                    || (other.lanes() == row.lanes() && other.distribution().equals(row.distribution()));
            if (isHere && !canTell) {
                checkEmpty(other);
            }
            if (isBefore && row.lanes() == 0) {
                checkEmpty(other);
                returns = true;
            }
            isBefore |= isHere;
        }
        return returns;
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

    /// The topic of a queue that had to be emptied is not there.
    void tellGone(QueuePlaces.Row row) {
        var message = "%s is not there any more; what was in it is lost".formatted(place(row));
        log.error("queue of integration [{}]: {}", row.integration(), message);
        tools.events().error(row.integration(), IntegrationEvent.NO_TASK, "queue-gone", message);
    }

    /// Why a queue cannot be written; empty if it can.
    String trouble(String integration) {
        return troubles.getOrDefault(integration, "not opened yet");
    }

    /// What stays when an integration ends, since nobody said that it may be dropped.
    Optional<String> left(IntegrationSettings integration, Plans plans) {
        var left = plans.queuedParts(integration.name()).values().stream()
                .mapToLong(Long::longValue)
                .sum();
        if (left == 0) {
            return Optional.empty();
        }
        var message = "%d messages stay in %s, which is not deleted; they are delivered if it runs again"
                .formatted(left, place(integration).map(QueuePlace::toString).orElse("its former queue"));
        log.warn("integration [{}] ends: {}", integration.name(), message);
        return Optional.of(message);
    }

    /// An integration is gone.
    void forget(String integration) {
        newest.remove(integration);
        troubles.remove(integration);
    }
}
