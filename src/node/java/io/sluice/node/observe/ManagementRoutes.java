package io.sluice.node.observe;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.sharding.ClusterSharding;
import org.apache.pekko.http.javadsl.HttpsConnectionContext;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.management.javadsl.ManagementRouteProviderSettings;
import org.apache.pekko.management.javadsl.PekkoManagement;

/// The paths we add to Pekko management's own. Each answer is made on a thread that may block, because a gauge or a
/// supplier may take its time.
///
/// `/ready` and `/alive` replace Pekko's, which answer 500 and name a class. `/cluster/shards` is there because Pekko
/// leaves it out of its read-only routes.
final class ManagementRoutes extends AllDirectives {
    private static final ContentType TEXT = ContentTypes.TEXT_PLAIN_UTF8;
    private static final ContentType PROMETHEUS = ContentTypes.parse("text/plain; version=0.0.4; charset=utf-8");

    private final ActorSystem<?> system;
    private final Readiness readiness;
    private final PrometheusMeterRegistry registry;
    private final Supplier<List<TaskStatus>> tasks;
    private final Executor blocking;
    private final Optional<HttpsConnectionContext> https;
    private final ObjectMapper json = new ObjectMapper();

    ManagementRoutes(
            ActorSystem<?> system,
            Readiness readiness,
            PrometheusMeterRegistry registry,
            Supplier<List<TaskStatus>> tasks,
            Executor blocking,
            Optional<HttpsConnectionContext> https) {
        this.system = system;
        this.readiness = readiness;
        this.registry = registry;
        this.tasks = tasks;
        this.blocking = blocking;
        this.https = https;
    }

    Route all() {
        return concat(
                get(() -> concat(
                        answer("alive", () -> ok(TEXT, "alive\n")),
                        answer("ready", this::ready),
                        answer("metrics", () -> ok(PROMETHEUS, registry.scrape())),
                        answer("tasks", () -> json(tasks.get())),
                        answer("loglevel", () -> json(LogLevels.all())),
                        pathPrefix("cluster", () -> answer("shards", this::shards)))),
                PekkoManagement.get(system).getRoutes(this::withOurs));
    }

    /// With TLS here, nodes that look for each other ask by `https`.
    private ManagementRouteProviderSettings withOurs(ManagementRouteProviderSettings settings) {
        var readOnly = settings.withReadOnly(true);
        return https.map(readOnly::withHttpsConnectionContext).orElse(readOnly);
    }

    private Route answer(String path, Supplier<HttpResponse> response) {
        return path(path, () -> completeWithFuture(CompletableFuture.supplyAsync(response, blocking)));
    }

    private HttpResponse ready() {
        var missing = readiness.missing();
        return missing.isEmpty()
                ? ok(TEXT, "ready\n")
                : ok(TEXT, String.join("\n", missing) + "\n").withStatus(StatusCodes.SERVICE_UNAVAILABLE);
    }

    private HttpResponse shards() {
        var types = ClusterSharding.get(system.classicSystem()).getShardTypeNames();
        return json(Map.of("entityTypeKeys", new TreeSet<>(types)));
    }

    private HttpResponse json(Object value) {
        try {
            return ok(ContentTypes.APPLICATION_JSON, json.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HttpResponse ok(ContentType type, String body) {
        return HttpResponse.create().withEntity(HttpEntities.create(type, body.getBytes(UTF_8)));
    }
}
