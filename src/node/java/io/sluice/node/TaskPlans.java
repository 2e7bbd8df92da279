package io.sluice.node;

import io.sluice.node.broker.BrokerSettings;
import io.sluice.node.broker.Check;
import io.sluice.node.broker.KafkaCheck;
import io.sluice.node.event.Arrival;
import io.sluice.node.format.Formatter;
import io.sluice.node.format.Unformattable;
import io.sluice.node.integration.IntegrationSettings;
import io.sluice.node.integration.Preview;
import io.sluice.node.integration.TaskPlan;
import io.sluice.node.queue.QueueReaders;
import io.sluice.node.route.Route;
import io.sluice.node.route.Routes;
import io.sluice.node.route.TopicFilter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Makes of an integration's settings what its tasks and its doors need.
///
/// @param nodeName of this node, for what patterns may name
/// @param queues   gives what an integration has for queues, by the version of its definition; may block
record TaskPlans(
        Map<String, BrokerSettings> brokers,
        String nodeName,
        BiFunction<IntegrationSettings, Long, List<QueueReaders.Source>> queues) {

    /// @param version of the definition, 0 where the configuration has it
    TaskPlan plan(IntegrationSettings integration, long version, int task) {
        var broker = Objects.requireNonNull(brokers.get(integration.broker()));
        var topic = Formatter.of(integration.format(), nodeName).fixedTopic().orElse(null);
        Supplier<Map<String, Object>> properties = () -> integration.producerProperties(broker, task);
        return new TaskPlan(
                integration.name(),
                task,
                properties,
                topic,
                integration.linger().isEmpty(),
                () -> Formatter.of(integration.format(), nodeName)::record,
                integration.next(),
                cause -> explain(broker.name(), properties, topic, cause),
                () -> queues.apply(integration, version));
    }

    /// Walks the way of an integration's records to its Kafka, and to that of its queue. Blocks, see [Check].
    List<Check.Step> check(IntegrationSettings integration, Optional<Check.Queue> queue, Check.Limits limits) {
        var broker = Objects.requireNonNull(brokers.get(integration.broker()));
        var topic = Formatter.of(integration.format(), nodeName)
                .fixedTopic()
                .<Check.Topic>map(Check.Topic.Fixed::new)
                .orElseGet(() -> new Check.Topic.Pattern(integration.format().topic()));
        var target = new Check.Target(topic, () -> integration.producerProperties(broker, 0));
        return queue.isPresent() ? Check.run(broker, target, queue.get(), limits) : Check.run(broker, target, limits);
    }

    /// What an integration would make of an arrival, whether it runs or not.
    Preview preview(IntegrationSettings integration, Arrival arrival) {
        var routes = Routes.of(integration.filters().stream()
                .map(filter -> new Route<>(TopicFilter.parse(filter), integration.name()))
                .toList());
        return Preview.of(
                !routes.match(arrival.topic()).isEmpty(),
                integration.tasks(),
                subjects(integration),
                plan(integration, 0, 0).recorders().get(),
                arrival);
    }

    /// The subject of an arrival. One without a subject goes to the first task, which finds out why and
    /// parks it. A formatter serves one thread, so each event loop has its own.
    Function<Arrival, String> subjects(IntegrationSettings integration) {
        var ofThread = ThreadLocal.withInitial(() -> Formatter.of(integration.format(), nodeName));
        return arrival -> {
            try {
                return ofThread.get().subject(arrival);
            } catch (Unformattable | RuntimeException _) {
                return "";
            }
        };
    }

    /// A certificate that cannot be read keeps us from asking, and is the better reason.
    private static String explain(
            String broker, Supplier<Map<String, Object>> properties, @Nullable String topic, Throwable cause) {
        try {
            return KafkaCheck.explain(broker, properties.get(), topic, cause);
        } catch (UncheckedIOException e) {
            return "broker [%s]: %s".formatted(broker, e.getMessage());
        }
    }
}
