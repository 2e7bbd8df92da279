package io.sluice.node.api;

import io.sluice.node.access.Gate;
import io.sluice.node.catalog.AuditLog;
import io.sluice.node.http.Contract;
import io.sluice.node.http.Handler;
import io.sluice.node.http.Server;
import io.sluice.node.integration.Tasks;
import io.sluice.node.live.LiveView;
import io.sluice.node.observe.Meters;
import io.sluice.node.observe.Readiness;
import io.sluice.node.observe.TaskStatus;
import io.sluice.node.secret.Secret;
import io.sluice.node.settings.CannotStart;
import io.sluice.node.store.Store;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;

/// The REST API of a node.
public final class Api {
    private final Server server;
    private final Tails tails;
    private final Optional<Secret> adminPassword;

    /// What the operations are about.
    ///
    /// @param status of this node's tasks; may block
    public record Parts(
            ActorSystem<?> system,
            Catalogue catalogue,
            Configured configured,
            Store store,
            Tasks tasks,
            Supplier<List<TaskStatus>> status,
            Readiness readiness,
            Messages messages) {}

    /// How messages come in, again if they could not be delivered, and are watched.
    ///
    /// @param blocking may be kept
    public record Messages(
            HttpArrivals arrivals,
            HttpIngress ingress,
            Replay replay,
            LiveView live,
            Meters meters,
            Executor blocking) {}

    private Api(Server server, Tails tails, Optional<Secret> adminPassword) {
        this.server = server;
        this.tails = tails;
        this.adminPassword = adminPassword;
    }

    /// Serves from now on, and makes the first user if there is none, or lets one in again that lost the password.
    /// Blocks until the port is open.
    ///
    /// @throws CannotStart if the address cannot be listened on
    public static Api start(ApiSettings settings, Parts parts) {
        var clock = Clock.systemUTC();
        var gate = new Gate(parts.catalogue()::state, parts.store().sessions(), settings.access(), clock);
        var adminPassword = FirstAdmin.ensure(parts.catalogue(), gate, settings.access());
        var messages = parts.messages();
        var tails = new Tails(settings.tail(), messages.live(), messages.meters(), messages.blocking());
        var handlers = handlers(parts, gate, clock, settings.http().tls().isPresent());
        handlers.putAll(new TailCalls(tails, gate).handlers());
        var server =
                Server.start(parts.system(), settings.http(), settings.answerLimit(), Contract.read(), handlers, gate);
        return new Api(server, tails, adminPassword);
    }

    private static Map<String, Handler> handlers(Parts parts, Gate gate, Clock clock, boolean tls) {
        var catalogue = parts.catalogue();
        var integrations = new IntegrationCalls(catalogue, parts.configured(), parts.status(), parts.tasks()::restart);
        var all = new HashMap<String, Handler>();
        all.putAll(new SessionCalls(gate, catalogue, tls).handlers());
        all.putAll(new UserCalls(gate, catalogue, clock).handlers());
        all.putAll(new StatusCalls(parts.system(), parts.readiness(), parts.status(), catalogue).handlers());
        all.putAll(integrations.handlers());
        all.putAll(new AuditCalls(catalogue, new AuditLog(parts.system())).handlers());
        all.putAll(new TrialCalls(integrations, parts.configured()).handlers());
        all.putAll(new HistoryCalls(parts.store(), integrations, clock).handlers());
        all.putAll(new DeadLetterCalls(
                        parts.store().deadLetters(), parts.messages().replay(), integrations)
                .handlers());
        all.putAll(
                new PublishCalls(parts.messages().arrivals(), parts.messages().ingress(), clock).handlers());
        return all;
    }

    /// The address it got.
    public InetSocketAddress address() {
        return server.address();
    }

    /// The password of `admin`, if it was made up just now.
    public Optional<Secret> adminPassword() {
        return adminPassword;
    }

    /// Ends what is shown live, answers those under way, then closes the port.
    public CompletionStage<?> stop(Duration atMost) {
        tails.close();
        return server.stop(atMost);
    }
}
