package io.sluice.node;

import io.sluice.node.broker.BrokerSettings;
import io.sluice.node.broker.KafkaCheck;
import io.sluice.node.event.Arrival;
import io.sluice.node.format.Formatter;
import io.sluice.node.format.Unformattable;
import io.sluice.node.handover.Destination;
import io.sluice.node.handover.Doors;
import io.sluice.node.integration.IntegrationSettings;
import io.sluice.node.integration.TaskPlan;
import io.sluice.node.integration.TaskTools;
import io.sluice.node.integration.Tasks;
import io.sluice.node.observe.Meters;
import io.sluice.node.route.Route;
import io.sluice.node.route.Routes;
import io.sluice.node.route.TopicFilter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.jspecify.annotations.Nullable;

/// The way of an event on this node: routes → doors → tasks → Kafka.
///
/// @param reconciler keeps tasks running; stopped before they are
record Ingest(Routes<Destination> routes, Map<String, TaskPlan> plans, ActorRef<Tasks.Tick> reconciler) {

    /// Opens it for every enabled integration.
    ///
    /// @param context of the node's guardian, whose children the senders are
    static Ingest open(
            ActorContext<?> context, NodeSettings settings, String nodeName, TaskTools tools, Meters meters) {
        var plans = new TreeMap<String, TaskPlan>();
        var enabled = settings.integrations().stream()
                .filter(IntegrationSettings::enabled)
                .toList();
        for (var integration : enabled) {
            var broker = Objects.requireNonNull(settings.brokers().get(integration.broker()));
            for (int task = 0; task < integration.tasks(); task++) {
                var plan = plan(integration, task, broker, nodeName);
                plans.put(plan.toString(), plan);
            }
        }
        var tasks = Tasks.join(context.getSystem(), plans, settings.task(), tools);
        var reconciler = context.spawn(tasks.reconciling(settings.task().reconcileInterval()), "reconciler");

        var doors = new Doors(context, settings.handover(), meters);
        var routes = new ArrayList<Route<Destination>>();
        for (var integration : enabled) {
            var destination = doors.open(
                    integration.name(),
                    integration.tasks(),
                    subjects(() -> Formatter.of(integration.format(), nodeName)),
                    task -> tasks.router(integration.name(), task));
            for (var filter : integration.filters()) {
                routes.add(new Route<>(TopicFilter.parse(filter), destination));
            }
        }
        return new Ingest(Routes.of(routes), plans, reconciler);
    }

    private static TaskPlan plan(IntegrationSettings integration, int task, BrokerSettings broker, String nodeName) {
        var formatter = Formatter.of(integration.format(), nodeName);
        var topic = formatter.fixedTopic().orElse(null);
        Supplier<Map<String, Object>> properties = () -> integration.producerProperties(broker, task);
        return new TaskPlan(
                integration.name(),
                task,
                properties,
                topic,
                integration.linger().isEmpty(),
                formatter::record,
                cause -> explain(broker.name(), properties, topic, cause));
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

    /// An arrival without a subject goes to the first task, which finds out why and parks it. A formatter serves one
    /// thread, so each event loop has its own.
    private static Function<Arrival, String> subjects(Supplier<Formatter> formatters) {
        var ofThread = ThreadLocal.withInitial(formatters);
        return arrival -> {
            try {
                return ofThread.get().subject(arrival);
            } catch (Unformattable | RuntimeException _) {
                return "";
            }
        };
    }
}
