package io.sluice.node.observe;

import ch.qos.logback.classic.LoggerContext;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.node.settings.CannotStart;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.management.cluster.javadsl.ClusterHttpManagementRoutes;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/// The management endpoints, all read-only: `/alive`, `/ready`, `/metrics`, `/tasks`, `/loglevel`, and Pekko's
/// own
/// `/cluster/members` and `/cluster/shards`.
public final class Management extends AllDirectives {
    private static final Duration START_LIMIT = Duration.ofSeconds(10);
    private static final ContentType.NonBinary PROMETHEUS = ContentTypes.TEXT_PLAIN_UTF8;

    private final Readiness readiness;
    private final PrometheusMeterRegistry registry;
    private final Supplier<List<TaskStatus>> tasks;
    private final ILoggerFactory loggers = LoggerFactory.getILoggerFactory();
    private final ObjectMapper json = new ObjectMapper();
    private final ServerBinding binding;

    private Management(
            ActorSystem<?> system,
            ManagementSettings settings,
            Readiness readiness,
            PrometheusMeterRegistry registry,
            Supplier<List<TaskStatus>> tasks) {
        this.readiness = readiness;
        this.registry = registry;
        this.tasks = tasks;
        this.binding = bind(system, settings);
    }

    /// Serves from now on. Blocks until the port is open.
    ///
    /// @throws CannotStart if the address cannot be listened on
    public static Management start(
            ActorSystem<?> system,
            ManagementSettings settings,
            Readiness readiness,
            PrometheusMeterRegistry registry,
            Supplier<List<TaskStatus>> tasks) {
        watchProcess(registry);
        return new Management(system, settings, readiness, registry, tasks);
    }

    /// The address it got.
    public InetSocketAddress address() {
        return binding.localAddress();
    }

    /// Answers those under way, then closes the port.
    public CompletionStage<?> stop(Duration atMost) {
        return binding.terminate(atMost);
    }

    private ServerBinding bind(ActorSystem<?> system, ManagementSettings settings) {
        try {
            return Http.get(system)
                    .newServerAt(settings.host(), settings.port())
                    .bind(routes(system))
                    .toCompletableFuture()
                    .orTimeout(START_LIMIT.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new CannotStart(
                    "management: expected to listen on %s:%d, was %s; stop what listens there or set another sluice.management.port"
                            .formatted(settings.host(), settings.port(), rootMessage(e)),
                    e);
        }
    }

    private Route routes(ActorSystem<?> system) {
        return concat(
                get(() -> concat(
                        path("alive", () -> complete("OK")),
                        path("ready", this::ready),
                        path("metrics", () -> complete(HttpEntities.create(PROMETHEUS, registry.scrape()))),
                        path("tasks", () -> json(tasks.get())),
                        path("loglevel", () -> json(logLevels())))),
                ClusterHttpManagementRoutes.readOnly(Cluster.get(system)));
    }

    private Route ready() {
        var missing = readiness.missing();
        return missing.isEmpty()
                ? complete("OK")
                : complete(HttpResponse.create()
                        .withStatus(StatusCodes.SERVICE_UNAVAILABLE)
                        .withEntity("waiting for " + String.join(", ", missing)));
    }

    private Route json(Object body) {
        try {
            return complete(HttpEntities.create(ContentTypes.APPLICATION_JSON, json.writeValueAsString(body)));
        } catch (JsonProcessingException e) {
            return failWith(e);
        }
    }

    private Map<String, String> logLevels() {
        var levels = new TreeMap<String, String>();
        if (loggers instanceof LoggerContext context) {
            context.getLoggerList()
                    .forEach(logger -> levels.put(
                            logger.getName(), logger.getEffectiveLevel().toString()));
        }
        return levels;
    }

    private static void watchProcess(PrometheusMeterRegistry registry) {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        var collections = new JvmGcMetrics();
        collections.bindTo(registry);
        Runtime.getRuntime().addShutdownHook(new Thread(collections::close));
    }

    private static String rootMessage(Throwable failure) {
        var root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
