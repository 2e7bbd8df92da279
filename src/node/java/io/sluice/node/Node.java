package io.sluice.node;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.node.embedded.EmbeddedKafka;
import io.sluice.node.handover.LoopIntake;
import io.sluice.node.integration.TaskBoard;
import io.sluice.node.integration.TaskTools;
import io.sluice.node.mqtt.MqttListener;
import io.sluice.node.observe.Meters;
import io.sluice.node.settings.CannotStart;
import io.sluice.node.settings.Configuration;
import io.sluice.node.settings.InvalidSettings;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;

public final class Node {
    private Node() {}

    public static void main(String[] args) {
        try {
            var arguments = Arguments.parse(List.of(args));
            var config = new Configuration(arguments.configs(), arguments.definitions(), System.getenv()).resolve();
            var settings = NodeSettings.from(config);
            if (settings.embeddedKafka().isPresent()) {
                var kafka = EmbeddedKafka.start(settings.embeddedKafka().get());
                settings = settings.withEmbedded(kafka.bootstrapServers());
            }
            var s = settings;
            var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            var meters = new Meters(registry);
            var board = new TaskBoard();
            var blocking = Executors.newVirtualThreadPerTaskExecutor();
            var epochs = new AtomicLong(System.currentTimeMillis());
            var tools = new TaskTools(
                    blocking,
                    (integration, task) -> epochs.incrementAndGet(),
                    plan -> (arrival, subject, reason, error) -> System.err.println("DEAD " + arrival + reason + error),
                    integration -> meters.failures(integration).increment(),
                    board);
            var opened = new CompletableFuture<Ingest>();
            var system = ActorSystem.<Void>create(
                    Behaviors.setup(context -> {
                        var cluster = Cluster.get(context.getSystem());
                        cluster.manager().tell(Join.create(cluster.selfMember().address()));
                        opened.complete(Ingest.open(context, s, "node-1", tools, meters));
                        return Behaviors.empty();
                    }),
                    "sluice",
                    Configuration.forActors(config));
            var ingest = opened.get();
            var listener = MqttListener.start(s.mqtt(), loop -> new LoopIntake(loop, ingest.routes()::match), meters);
            System.out.println("up " + listener.addresses() + " " + system.name());
            if (arguments.pidFile().isPresent()) {
                java.nio.file.Files.writeString(
                        arguments.pidFile().get(),
                        Long.toString(ProcessHandle.current().pid()));
            }
        } catch (InvalidSettings | CannotStart | IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(1);
        }
    }
}
