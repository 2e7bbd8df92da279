package io.sluice.node.observe;

import io.sluice.node.settings.CannotStart;
import io.sluice.node.settings.ServerTls;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.ConnectionContext;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.HttpsConnectionContext;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.japi.function.Function;

/// A port on which a node answers HTTP.
///
/// @param name of the section below `sluice` that says where, e.g. `api`
/// @param port 0: any free one
/// @param tls  empty: none
public record HttpPort(String name, String host, int port, Optional<ServerTls> tls) {
    private static final Duration START_LIMIT = Duration.ofSeconds(10);

    /// Opens it. Blocks until it is open.
    ///
    /// @param changes to the server's settings
    /// @throws CannotStart if the address cannot be listened on, or the certificate cannot be used
    public ServerBinding open(
            ActorSystem<?> system,
            UnaryOperator<ServerSettings> changes,
            Function<HttpRequest, CompletionStage<HttpResponse>> answering) {
        var plain = Http.get(system)
                .newServerAt(host, port)
                .withSettings(changes.apply(ServerSettings.create(system.classicSystem())));
        try {
            return https().map(plain::enableHttps)
                    .orElse(plain)
                    .bind(answering)
                    .toCompletableFuture()
                    .orTimeout(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new CannotStart(
                    "%s: expected to listen on %s:%d, was %s; stop what listens there or set another sluice.%s.port"
                            .formatted(name, host, port, rootMessage(e), name),
                    e);
        }
    }

    /// What it speaks TLS with; empty: it does not.
    ///
    /// @throws CannotStart if the certificate cannot be used
    Optional<HttpsConnectionContext> https() {
        return tls.map(this::context);
    }

    private HttpsConnectionContext context(ServerTls files) {
        var context = files.context("sluice." + name + ".tls");
        return ConnectionContext.httpsServer(() -> {
            var engine = context.createSSLEngine();
            engine.setUseClientMode(false);
            engine.setEnabledProtocols(ServerTls.PROTOCOLS.toArray(String[]::new));
            return engine;
        });
    }

    private static String rootMessage(Throwable failure) {
        var cause = failure.getCause();
        return cause == null ? String.valueOf(failure.getMessage()) : rootMessage(cause);
    }
}
