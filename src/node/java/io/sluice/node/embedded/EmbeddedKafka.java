package io.sluice.node.embedded;

import io.sluice.node.settings.CannotStart;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running Kafka, broker and controller in one, inside this process.
///
/// Records survive a restart and a kill of the process. Those of the last seconds may be lost when the machine
/// loses its power, for a broker without replicas leaves writing to the operating system.
public final class EmbeddedKafka implements AutoCloseable {
    static final String KEY_HOST = "sluice.embedded-kafka.host";
    static final String KEY_PORT = "sluice.embedded-kafka.port";
    static final String KEY_CONTROLLER_PORT = "sluice.embedded-kafka.controller-port";
    static final String KEY_START_TIMEOUT = "sluice.embedded-kafka.start-timeout";
    static final String KEY_DATA_DIR = "sluice.data-dir";

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);

    private final KafkaRaftServer server;
    private final DataFolder folder;
    private final String bootstrapServers;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedKafka(KafkaRaftServer server, DataFolder folder, String bootstrapServers) {
        this.server = server;
        this.folder = folder;
        this.bootstrapServers = bootstrapServers;
    }

    /// Starts and returns once a client can produce. Blocks.
    ///
    /// @throws CannotStart on a taken port, an unusable data folder, or when the start timeout has passed; threads
    ///     of Kafka may remain then, so the caller should end the process
    public static EmbeddedKafka start(EmbeddedKafkaSettings settings) {
        var started = System.nanoTime();
        var port = Ports.free(settings.host(), settings.port(), KEY_PORT);
        var controllerPort = Ports.free(settings.host(), settings.controllerPort(), KEY_CONTROLLER_PORT);
        var folder = DataFolder.open(
                settings.dataDir().toAbsolutePath().normalize().resolve("kafka"), DataFolder.FREE_BYTES_MIN);
        try {
            var server = start(settings, folder, port, controllerPort);
            var kafka = new EmbeddedKafka(server, folder, BrokerProperties.bracketed(settings.host()) + ":" + port);
            LOG.info(
                    "kafka serves [{}], data in [{}], started in {} ms",
                    kafka.bootstrapServers,
                    folder.path(),
                    (System.nanoTime() - started) / 1_000_000);
            return kafka;
        } catch (CannotStart e) {
            folder.close();
            throw e;
        }
    }

    /// What a client connects to, `host:port`.
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /// Stops cleanly, or gives up after 30 s. Blocks; safe to repeat.
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            shutDown(server);
            LastWords.closed();
            folder.close();
        }
    }

    private static KafkaRaftServer start(
            EmbeddedKafkaSettings settings, DataFolder folder, int port, int controllerPort) {
        var ready = new CompletableFuture<KafkaRaftServer>();
        var starter = Thread.ofPlatform().name("embedded-kafka-start").daemon().unstarted(() -> {
            try {
                var properties = BrokerProperties.of(settings, folder.path(), port, controllerPort);
                var server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
                server.startup();
                ready.complete(server);
            } catch (Throwable e) {
                ready.completeExceptionally(e);
            }
        });
        var lastWords = LastWords.starting(starter, ready);
        starter.start();
        try {
            var server = ready.get(settings.startTimeout().toMillis(), TimeUnit.MILLISECONDS);
            lastWords.started();
            return server;
        } catch (InterruptedException e) {
            lastWords.failed();
            Thread.currentThread().interrupt();
            throw new CannotStart("embedded kafka: expected to serve clients, was interrupted", e);
        } catch (TimeoutException e) {
            lastWords.failed();
            throw new CannotStart(
                    "embedded kafka: expected to serve clients within %d s, was still starting; see its own lines above, or raise %s"
                            .formatted(settings.startTimeout().toSeconds(), KEY_START_TIMEOUT),
                    e);
        } catch (ExecutionException e) {
            lastWords.failed();
            throw DataFolder.corrupt(folder.path(), why(e));
        }
    }

    private static String why(ExecutionException failure) {
        return switch (failure.getCause()) {
            case LastWords.Died died -> String.valueOf(died.getMessage());
            case Throwable cause -> cause.getClass().getSimpleName() + ", " + cause.getMessage();
            case null -> failure.toString();
        };
    }

    private static void shutDown(KafkaRaftServer server) {
        var stopper = Thread.ofPlatform().name("embedded-kafka-stop").daemon().start(server::shutdown);
        try {
            if (!stopper.join(CLOSE_TIMEOUT)) {
                LOG.warn(
                        "kafka did not stop within {} s; its records are safe, its next start takes longer",
                        CLOSE_TIMEOUT.toSeconds());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
