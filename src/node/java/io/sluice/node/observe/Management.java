package io.sluice.node.observe;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.node.settings.CannotStart;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.http.javadsl.ServerBinding;

/// The management endpoints, all read-only: `/alive`, `/ready`, `/metrics`, `/tasks`, `/loglevel`, `/cluster/members`,
/// `/cluster/shards`, `/bootstrap/seed-nodes`, and what else Pekko management finds on the class path.
///
/// `/ready` answers 200, or 503 with a line for each condition that is missing.
public final class Management {
    private final ServerBinding binding;
    private final ProcessMeters processMeters;
    private final ExecutorService blocking;

    private Management(ServerBinding binding, ProcessMeters processMeters, ExecutorService blocking) {
        this.binding = binding;
        this.processMeters = processMeters;
        this.blocking = blocking;
    }

    /// Serves from now on. Blocks until the port is open. Adds condition `cluster`, that this node is up in it, and the
    /// metrics of the process.
    ///
    /// @param tasks may block
    /// @throws CannotStart if the address cannot be listened on
    public static Management start(
            ActorSystem<?> system,
            ManagementSettings settings,
            Readiness readiness,
            PrometheusMeterRegistry registry,
            Supplier<List<TaskStatus>> tasks) {
        readiness.require("cluster", () -> missingInCluster(system));
        var blocking = Executors.newVirtualThreadPerTaskExecutor();
        var port = new HttpPort("management", settings.host(), settings.port(), settings.tls());
        var routes = new ManagementRoutes(system, readiness, registry, tasks, blocking, port.https());
        var binding = port.open(system, defaults -> defaults, routes.all().function(system));
        return new Management(binding, new ProcessMeters(registry), blocking);
    }

    /// The address it got.
    public InetSocketAddress address() {
        return binding.localAddress();
    }

    /// Answers those under way, then closes the port.
    public CompletionStage<?> stop(Duration atMost) {
        return binding.terminate(atMost).thenRun(() -> {
            processMeters.close();
            blocking.shutdown();
        });
    }

    private static String missingInCluster(ActorSystem<?> system) {
        var status = Cluster.get(system).selfMember().status();
        return status.equals(MemberStatus.up()) || status.equals(MemberStatus.weaklyUp())
                ? ""
                : "expected this node to be Up, was " + status;
    }
}
