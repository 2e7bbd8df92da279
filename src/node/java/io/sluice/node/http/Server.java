package io.sluice.node.http;

import io.sluice.node.access.Denied;
import io.sluice.node.access.Gate;
import io.sluice.node.catalog.AuditLog;
import io.sluice.node.observe.HttpPort;
import io.sluice.node.settings.CannotStart;
import io.sluice.node.store.StoreFailed;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.stream.SystemMaterializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.duration.FiniteDuration;

/// The REST API's server: each request on a virtual thread of its own, a bounded number at a time.
public final class Server {
    private static final Logger log = LoggerFactory.getLogger(Server.class);

    /// A connection is not idle while a handler may still answer.
    private static final Duration IDLE_MARGIN = Duration.ofMinutes(1);

    private static final Duration AWAY_PAUSE = Duration.ofSeconds(2);

    private final ServerBinding binding;
    private final ExecutorService threads;

    private Server(ServerBinding binding, ExecutorService threads) {
        this.binding = binding;
        this.threads = threads;
    }

    /// Serves from now on. Blocks until the port is open.
    ///
    /// @param answerLimit above every wait of a handler
    /// @param handlers    by operation; exactly those of the contract
    /// @throws CannotStart if the address cannot be listened on
    public static Server start(
            ActorSystem<?> system,
            HttpSettings settings,
            Duration answerLimit,
            Contract contract,
            Map<String, Handler> handlers,
            Gate gate) {
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        var bodies = new Bodies(settings, SystemMaterializer.get(system).materializer());
        var desk = new Desk(contract, handlers, gate, bodies, settings);
        var port = new HttpPort("api", settings.host(), settings.port(), settings.tls());
        var binding = port.open(
                system,
                defaults -> settings(defaults, settings, answerLimit),
                request -> CompletableFuture.supplyAsync(() -> respond(desk, request), threads));
        return new Server(binding, threads);
    }

    /// The address it got.
    public InetSocketAddress address() {
        return binding.localAddress();
    }

    /// Answers those under way, then closes the port.
    public CompletionStage<?> stop(Duration atMost) {
        return binding.terminate(atMost).thenRun(threads::shutdown);
    }

    private static ServerSettings settings(ServerSettings defaults, HttpSettings settings, Duration answerLimit) {
        return defaults.withMaxConnections(settings.connectionsMax())
                .withRemoteAddressAttribute(true)
                .withServerHeader(Optional.empty())
                .withTimeouts(defaults.getTimeouts()
                        .withIdleTimeout(seconds(answerLimit.plus(IDLE_MARGIN)))
                        .withRequestTimeout(seconds(answerLimit)));
    }

    private static FiniteDuration seconds(Duration duration) {
        return FiniteDuration.create(duration.toSeconds(), TimeUnit.SECONDS);
    }

    private static HttpResponse respond(Desk desk, HttpRequest request) {
        return response(answer(desk, request));
    }

    private static Answer answer(Desk desk, HttpRequest request) {
        try {
            return desk.answer(request);
        } catch (Problem problem) {
            return problem.answer();
        } catch (Desk.OtherMethod other) {
            return other.answer();
        } catch (Denied denied) {
            return problem(denied).answer().header("WWW-Authenticate", "Bearer");
        } catch (StoreFailed | AuditLog.Away e) {
            log.warn("a request was refused, the store is away: {}", e.getMessage());
            return Problem.later(
                            ErrorCode.STORE_AWAY,
                            "the store is away; part of it may have been done: read it again",
                            AWAY_PAUSE)
                    .answer();
        } catch (RuntimeException | StackOverflowError e) {
            var id = UUID.randomUUID().toString();
            log.error(
                    "request [{}] failed: {} {}",
                    id,
                    request.method().value(),
                    request.getUri().path(),
                    e);
            return Problem.of(ErrorCode.INTERNAL, "see [%s] in the node's log".formatted(id))
                    .answer();
        }
    }

    private static Problem problem(Denied denied) {
        var code = switch (denied.reason()) {
            case NOBODY, NOT_GOOD -> ErrorCode.UNAUTHORIZED;
            case WRONG_PASSWORD -> ErrorCode.WRONG_PASSWORD;
            case FORGED -> ErrorCode.CSRF;
            case LOCKED_OUT -> ErrorCode.LOCKED_OUT;
            case BUSY -> ErrorCode.BUSY;
        };
        var detail = String.valueOf(denied.getMessage());
        return switch (code) {
            case LOCKED_OUT -> Problem.later(code, detail, denied.retryAfter().orElse(AWAY_PAUSE));
            case BUSY -> Problem.later(code, detail, AWAY_PAUSE);
            default -> Problem.of(code, detail);
        };
    }

    static HttpResponse response(Answer answer) {
        var response = HttpResponse.create().withStatus(answer.status());
        if (answer.stream().isPresent()) {
            response = response.withEntity(HttpEntities.createChunked(
                    ContentTypes.parse(answer.contentType()), answer.stream().get()));
        } else if (!answer.contentType().isEmpty()) {
            response = response.withEntity(ContentTypes.parse(answer.contentType()), answer.body());
        }
        for (var header : answer.headers()) {
            response = response.addHeader(RawHeader.create(header.name(), header.value()));
        }
        if (answer.headers().stream().noneMatch(header -> header.name().equals("Cache-Control"))) {
            response = response.addHeader(RawHeader.create("Cache-Control", "no-store"));
        }
        return response.addHeader(RawHeader.create("X-Content-Type-Options", "nosniff"))
                .addHeader(RawHeader.create("Referrer-Policy", "no-referrer"));
    }
}
