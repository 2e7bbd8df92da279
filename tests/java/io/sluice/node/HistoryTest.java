package io.sluice.node;

import static io.sluice.node.RawDevice.PUBACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import io.sluice.node.observe.IntegrationEvent;
import io.sluice.node.observe.IntegrationEvent.Kind;
import io.sluice.node.observe.IntegrationEvent.OfMessage;
import io.sluice.node.observe.Sums;
import io.sluice.node.store.Events;
import io.sluice.node.store.Events.Query;
import io.sluice.node.store.Store;
import io.sluice.node.store.StoreSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a node remembers of its integrations.
@Tag("kafka")
@SuppressWarnings("NullAway.Init")
class HistoryTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @AfterEach
    void calmDown() {
        OtherKafka.resume();
    }

    @Test
    void aTaskThatFailsAndRecoversLeavesEvents() {
        var servers = OtherKafka.bootstrapServers();
        OtherKafka.pause();
        try (var node = OneNode.start(folder, servers, """
                sluice.task.start-timeout = 500ms
                sluice.integrations.one { tasks = 1, other-properties { request.timeout.ms = 3000 } }
                """)) {
            await("it has failed").atMost(LIMIT).until(() -> words(node).contains("ERROR failed"));
            OtherKafka.resume();
            node.awaitReady();
            await("it runs").atMost(LIMIT).until(() -> words(node).getLast().equals("LIFECYCLE started"));

            assertThat(words(node)).startsWith("LIFECYCLE started", "ERROR failed", "LIFECYCLE backing-off");
            assertThat(found(node, Kind.ERROR)).allSatisfy(event -> {
                assertThat(event.integration()).isEqualTo("one");
                assertThat(event.task()).isZero();
                assertThat(event.node()).startsWith("sluice@127.0.0.1:");
                assertThat(event.message()).contains("broker [default]");
            });
        }

        assertThat(wordsAfter()).endsWith("LIFECYCLE draining", "LIFECYCLE stopped");
    }

    @Test
    void anIntegrationThatComesChangesAndGoesLeavesEvents() {
        try (var node = OneNode.start(folder, TestKafka.bootstrapServers(), "sluice.task.drain-timeout = 200ms")) {
            node.define("one", definition(1));
            node.awaitTasks("one", 1);
            node.define("one", definition(2));
            node.awaitTasks("one", 2);
            node.remove("one");

            await("it is gone").atMost(LIMIT).until(() -> words(node).contains("LIFECYCLE ended"));
            assertThat(found(node, Kind.LIFECYCLE).stream()
                            .filter(event -> event.task() == IntegrationEvent.NO_TASK)
                            .map(IntegrationEvent::what))
                    .containsExactly("started", "changed", "ending", "ended");
        }
    }

    @Test
    void aDeadLetterLeavesAnEventThatNamesIt() {
        try (var node = OneNode.start(folder, TestKafka.bootstrapServers(), picky())
                        .awaitReady();
                var device = RawDevice.connect(node.mqtt(), "device-7")) {
            device.publish(1, 1, false, "picky/a", "canary-4711, not JSON");
            await("it is acknowledged").atMost(LIMIT).until(() -> device.heard(PUBACK, 1));

            await("it is told")
                    .atMost(LIMIT)
                    .until(() -> !found(node, Kind.ERROR).isEmpty());
            assertThat(found(node, Kind.ERROR)).singleElement().satisfies(event -> {
                assertThat(event.what()).isEqualTo("parked");
                assertThat(event.message()).startsWith("unformattable: key ").doesNotContain("canary");
                assertThat(event.about()).hasValueSatisfying(about -> {
                    assertThat(about.arrivalId()).startsWith("device-7:1:");
                    assertThat(about).isEqualTo(new OfMessage("picky/a", "device-7", "device-7", about.arrivalId()));
                });
            });
        }
    }

    @Test
    void theStatisticsAddUpToWhatWasPublished() {
        var before = Instant.now();
        try (var node = OneNode.start(folder, TestKafka.bootstrapServers(), picky())
                        .awaitReady();
                var device = RawDevice.connect(node.mqtt(), "device-7")) {
            IntStream.rangeClosed(1, 300)
                    .forEach(id -> device.publish(
                            1, id, false, "picky/a", id % 100 == 0 ? "no JSON" : "{\"id\": %4d}".formatted(id)));
            await("all are acknowledged").atMost(LIMIT).until(() -> device.heard(PUBACK, 300));
            node.node().history().statistics().writeNow();

            var points = node.node()
                    .store()
                    .statistics()
                    .series("picky", before, Instant.now().plusSeconds(1), Duration.ofMinutes(1));
            var latest = points.stream()
                    .filter(point -> point.latencyMicrosMax() > 0)
                    .toList()
                    .getLast();

            assertThat(points.stream().map(point -> point.sums()).reduce(Sums.NONE, Sums::plus))
                    .isEqualTo(new Sums(300, 297 * 12 + 3 * 7, 297, 0, 3, 0, 0, 0));
            assertThat(List.of(
                            1L,
                            latest.latencyMicrosP50(),
                            latest.latencyMicrosP95(),
                            latest.latencyMicrosP99(),
                            latest.latencyMicrosMax(),
                            LIMIT.toNanos() / 1_000))
                    .isSorted();
        }
    }

    @Test
    void theLastMinuteIsWrittenWhenTheNodeStops() {
        var before = Instant.now();
        try (var node = OneNode.start(folder, TestKafka.bootstrapServers(), picky())
                        .awaitReady();
                var device = RawDevice.connect(node.mqtt(), "device-7")) {
            device.publish(1, 1, false, "picky/a", "{\"id\": 1}");
            await("it is acknowledged").atMost(LIMIT).until(() -> device.heard(PUBACK, 1));
        }

        try (var store = store()) {
            var totals = store.statistics().totals("picky", before.minusSeconds(60), Instant.now());
            assertThat(totals.sums()).isEqualTo(new Sums(1, 9, 1, 0, 0, 0, 0, 0));
        }
    }

    private static String picky() {
        return "sluice.integrations.picky { filters = [\"picky/#\"], topic = \"%s\", tasks = 2, key = \"$[id]\" }"
                .formatted(TestKafka.newTopic("picky", 1, Map.of()));
    }

    private static String definition(int tasks) {
        return "{\"topic\": \"%s\", \"tasks\": %d}".formatted(TestKafka.newTopic("comes", 1, Map.of()), tasks);
    }

    private static List<IntegrationEvent> found(OneNode node, Kind kind) {
        return oldestFirst(node.node().store().events(), Query.newest(1_000).of(kind));
    }

    private static List<String> words(OneNode node) {
        return words(node.node().store().events());
    }

    private List<String> wordsAfter() {
        try (var store = store()) {
            return words(store.events());
        }
    }

    private static List<String> words(Events events) {
        return oldestFirst(events, Query.newest(1_000)).stream()
                .map(event -> event.kind() + " " + event.what())
                .toList();
    }

    private static List<IntegrationEvent> oldestFirst(Events events, Query query) {
        return events.find(query).reversed().stream().map(Events.Kept::event).toList();
    }

    private Store store() {
        return Store.open(new StoreSettings(folder.resolve("data").resolve("store"), 1_000));
    }
}
