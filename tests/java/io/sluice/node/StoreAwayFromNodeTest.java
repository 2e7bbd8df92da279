package io.sluice.node;

import static io.sluice.node.RawDevice.PUBACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import io.sluice.node.catalog.Catalog;
import io.sluice.node.catalog.Change;
import io.sluice.node.catalog.Key;
import io.sluice.node.catalog.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node whose data base is away: devices do not notice, changes are not taken, and all goes on by itself.
@Tag("kafka")
@SuppressWarnings("NullAway.Init")
class StoreAwayFromNodeTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration ASK_LIMIT = Duration.ofSeconds(3);

    @TempDir
    private Path folder;

    private PostgresServer server;

    @BeforeEach
    void start() {
        server = PostgresServer.start("");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void publishingGoesOnAndChangesWait() {
        var before = TestKafka.newTopic("before-away", 1, Map.of());
        var after = TestKafka.newTopic("after-away", 1, Map.of());
        try (var node = OneNode.start(folder, TestKafka.bootstrapServers(), store());
                var device = RawDevice.connect(node.mqtt(), "d")) {
            node.define("one", definition(before, 2));
            node.awaitTasks("one", 2);
            publish(device, 1, 10);

            server.crash();
            assertThat(node.ask(put(definition(after, 3)), ASK_LIMIT).toCompletableFuture())
                    .failsWithin(ASK_LIMIT.multipliedBy(2))
                    .withThrowableThat()
                    .withCauseInstanceOf(TimeoutException.class);
            publish(device, 11, 100);
            assertThat(node.node().isReady()).isTrue();
            server.resume();

            await("a change is taken again").atMost(LIMIT).until(() -> isTaken(node, put(definition(after, 3))));
            node.awaitTasks("one", 3);
            publish(device, 101, 110);
        }
        assertThat(TestKafka.readAll(before)).hasSize(100);
        assertThat(TestKafka.readAll(after)).hasSize(10);
    }

    private static boolean isTaken(OneNode node, Change change) {
        try {
            return node.ask(change, ASK_LIMIT).toCompletableFuture().join() instanceof Catalog.Made;
        } catch (CompletionException _) {
            return false;
        }
    }

    private static Change put(String definition) {
        return new Change.Put(new Key(Kind.INTEGRATION, "one"), definition, new Change.Anything());
    }

    private static String definition(String topic, int tasks) {
        return "{\"topic\": \"%s\", \"tasks\": %d}".formatted(topic, tasks);
    }

    private static void publish(RawDevice device, int from, int to) {
        IntStream.rangeClosed(from, to).forEach(id -> {
            device.publish(1, id, false, "tbmq/d", "message " + id);
            await("PUBACK " + id)
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> device.heard(PUBACK, id));
        });
    }

    private String store() {
        return """
                sluice.store {
                  type = postgresql
                  postgresql {
                    hosts = ["%s"]
                    database = %s
                    user = %s
                    password = "%s"
                    tls = disable
                  }
                }
                """.formatted(server.host(), server.database(), PostgresServer.USER, PostgresServer.PASSWORD);
    }
}
