package io.sluice.node;

import static io.sluice.node.RawDevice.PUBACK;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import io.sluice.node.api.HttpArrivals.Request;
import io.sluice.node.api.HttpHeader;
import io.sluice.node.api.HttpIngress.Safe;
import io.sluice.node.api.Replay.Outcome;
import io.sluice.node.store.DeadLetterQuery;
import io.sluice.node.store.DeadLetters;
import io.sluice.node.store.DeadLetters.Kept;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Dead letters go to their integration again, and stay until they are safe there.
@Tag("kafka")
class ReplayTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /// Parks what has no id.
    private static final String BROKEN = "{\"topic\": \"%s\", \"key\": \"$[id]\", \"tasks\": %d}";

    private static final String PROBE = "probe-";

    private static final String MENDED = "{\"topic\": \"%s\", \"tasks\": %d}";

    @TempDir
    private Path folder = Path.of("");

    @AfterEach
    void letKafkaGoOn() {
        OtherKafka.resume();
    }

    @Test
    void theyReachTheirIntegrationAloneInTheOrderInWhichTheyWereParked() {
        var topic = TestKafka.newTopic("replay", 1, Map.of());
        var other = TestKafka.newTopic("replay-other", 1, Map.of());
        try (var node = start(TestKafka.bootstrapServers(), "")) {
            node.define("other", MENDED.formatted(other, 1));
            node.define("one", BROKEN.formatted(topic, 1));
            node.awaitTasks("one", 1);
            node.awaitTasks("other", 1);
            publish(node, 250);
            assertThat(letters(node)).hasSize(250);

            assertThat(replayed(node)).as("nothing is mended yet").isEqualTo(new Outcome(0, 250, 0, ""));
            assertThat(letters(node)).hasSize(250).allMatch(kept -> kept.times() == 2);

            node.define("one", MENDED.formatted(topic, 1));
            awaitMended(node);
            var letters = letters(node).size();
            assertThat(replayed(node)).isEqualTo(new Outcome(letters, 0, 0, ""));

            assertThat(letters(node)).isEmpty();
            assertThat(values(topic))
                    .containsExactlyElementsOf(
                            IntStream.range(0, 250).mapToObj(i -> "v-" + i).toList());
            assertThat(values(other)).as("who else wants the topic").hasSize(250);
            booksBalance(node);
        }
    }

    /// The task may still follow its old plan when the replay comes: then it is parked again.
    private static void awaitReplayOfOne(OneNode node) {
        await("replayed by the new plan")
                .atMost(LIMIT)
                .until(() -> replayed(node).equals(new Outcome(1, 0, 0, "")));
    }

    @Test
    void onlyTheChosenOnesGoAndOneThatFailsAgainStaysOnce() {
        var topic = TestKafka.newTopic("replay-some", 1, Map.of());
        try (var node = start(TestKafka.bootstrapServers(), "")) {
            node.define("one", BROKEN.formatted(topic, 2));
            node.awaitTasks("one", 2);
            publish(node, 6);
            var ids = letters(node).stream().map(Kept::id).toList();
            node.define("one", "{\"topic\": \"%s\", \"key\": \"$[id]\", \"tasks\": 2}".formatted(topic));

            var outcome = replayed(node, DeadLetterQuery.of("one").only(ids.subList(1, 3)));

            assertThat(outcome).isEqualTo(new Outcome(0, 2, 0, ""));
            assertThat(letters(node)).extracting(Kept::id).containsExactlyElementsOf(ids);
            assertThat(letters(node)).extracting(Kept::times).containsExactly(1, 2, 2, 1, 1, 1);
            booksBalance(node);
        }
    }

    @Test
    void anEventComesBackAsTheEventItWas() {
        var topic = TestKafka.newTopic("replay-event", 1, Map.of());
        try (var node = start(TestKafka.bootstrapServers(), "")) {
            node.define("one", BROKEN.formatted(topic, 1).replace("{", "{\"filters\": [\"events/#\"], "));
            node.awaitTasks("one", 1);
            var headers = List.of(
                    new HttpHeader("ce-specversion", "1.0"),
                    new HttpHeader("ce-id", "A"),
                    new HttpHeader("ce-source", "/s"),
                    new HttpHeader("ce-type", "t"),
                    new HttpHeader("ce-subject", "valve-9"),
                    new HttpHeader("ce-site", "north"));
            var publishing = node.node().publishing();
            var events = publishing.arrivals().events(new Request("ann", "text/plain", headers, new byte[] {'x'}, 1));
            assertThat(publishing
                            .ingress()
                            .publish(events)
                            .toCompletableFuture()
                            .join())
                    .isEqualTo(new Safe(1));

            node.define("one", MENDED.formatted(topic, 1).replace("{", "{\"filters\": [\"events/#\"], "));
            awaitReplayOfOne(node);

            var record = TestKafka.readAll(topic).getFirst();
            assertThat(new String(record.key(), UTF_8)).isEqualTo("valve-9");
            assertThat(List.of("ce_id", "ce_source", "ce_type", "ce_subject", "ce_site", "content-type"))
                    .extracting(
                            name -> new String(record.headers().lastHeader(name).value(), UTF_8))
                    .containsExactly("A", "/s", "t", "valve-9", "north", "text/plain");
        }
    }

    @Test
    void theyStayWhileTheirIntegrationIsGone() {
        var topic = TestKafka.newTopic("replay-gone", 1, Map.of());
        try (var node = start(TestKafka.bootstrapServers(), "sluice.task.drain-timeout = 1s")) {
            node.define("one", BROKEN.formatted(topic, 1));
            node.awaitTasks("one", 1);
            publish(node, 3);
            node.remove("one");

            var reason = "integration [one] does not run: it is removed or disabled";
            await("it is gone").atMost(LIMIT).until(() -> replayed(node).equals(new Outcome(0, 0, 3, reason)));

            var before = letters(node);
            assertThat(replayed(node).left()).isEqualTo(3);
            assertThat(before).hasSize(3);
            assertThat(letters(node))
                    .as("not even tried")
                    .extracting(Kept::times)
                    .isEqualTo(times(before));
        }
    }

    @Test
    void theyStayWhileKafkaIsAwayAndGoWhenItIsBack() {
        try (var node = start(OtherKafka.bootstrapServers(), "sluice.api.replay.timeout = 1s")) {
            var topic = "replay-away";
            node.define("one", BROKEN.formatted(topic, 1));
            node.awaitTasks("one", 1);
            publish(node, 3);
            node.define("one", MENDED.formatted(topic, 1));
            awaitMended(node);
            var letters = letters(node).size();
            OtherKafka.pause();

            assertThat(replayed(node))
                    .isEqualTo(new Outcome(
                            0,
                            0,
                            letters,
                            "integration [one] did not have them safe within 1 s; they are still on their way"));
            assertThat(letters(node)).hasSize(letters);
            assertThat(replayed(node))
                    .isEqualTo(new Outcome(0, 0, letters, "another replay of integration [one] is under way"));

            OtherKafka.resume();
            await("what was on its way is taken away once it is safe")
                    .atMost(LIMIT)
                    .until(() -> letters(node).isEmpty());
            await("and the next may begin")
                    .atMost(LIMIT)
                    .until(() -> replayed(node).reason().isEmpty());
            booksBalance(node);
        }
    }

    /// What is not wanted any more is discarded by its task, but whoever asked for a replay did not say so.
    @Test
    void theyStayWhenTheirIntegrationGoesWithoutHavingDeliveredThem() {
        var hocon = """
                sluice { task.drain-timeout = 1s, brokers.away.bootstrap-servers = "127.0.0.1:1" }
                """;
        var topic = TestKafka.newTopic("replay-discard", 1, Map.of());
        try (var node = start(TestKafka.bootstrapServers(), hocon)) {
            node.define("one", BROKEN.formatted(topic, 1));
            node.awaitTasks("one", 1);
            publish(node, 3);
            node.define("one", MENDED.formatted(topic, 1).replace("{", "{\"broker\": \"away\", "));
            await("its task tries in vain")
                    .atMost(LIMIT)
                    .until(() -> node.node().tasks().stream()
                            .noneMatch(task -> task.phase().equals("running")));
            var outcome = replay(node, DeadLetterQuery.of("one"));
            await("it is under way")
                    .atMost(LIMIT)
                    .until(() -> node.count("sluice.received.messages", "ingress", "replay") == 3);

            node.remove("one");

            assertThat(outcome.orTimeout(60, TimeUnit.SECONDS).join())
                    .isEqualTo(new Outcome(
                            0, 0, 3, "integration [one] was removed or disabled meanwhile; a replay may repeat some"));
            assertThat(letters(node)).hasSize(3);
        }
    }

    private OneNode start(String kafka, String hocon) {
        return OneNode.start(folder, kafka, hocon);
    }

    /// Of one device, each acknowledged, and thus parked.
    private static void publish(OneNode node, int messages) {
        publish(node, messages, "v-");
    }

    private static void publish(OneNode node, int messages, String value) {
        try (var device = RawDevice.connect(node.mqtt(), "d")) {
            for (int i = 0; i < messages; i++) {
                device.publish(1, i + 1, false, "tbmq/a", value + i);
            }
            await("all are parked").atMost(LIMIT).until(() -> device.heard(PUBACK, messages));
        }
    }

    /// Until what comes is delivered; before that it is parked.
    private static void awaitMended(OneNode node) {
        await("it follows its new plan").atMost(LIMIT).until(() -> {
            publish(node, 1, PROBE);
            return node.count("sluice.integration.ended.messages", "end", "delivered", "integration", "one") > 0;
        });
    }

    private static List<String> values(String topic) {
        return TestKafka.readAll(topic).stream()
                .map(record -> new String(record.value(), UTF_8))
                .filter(value -> !value.startsWith(PROBE))
                .toList();
    }

    private static List<Integer> times(List<Kept> letters) {
        return letters.stream().map(Kept::times).toList();
    }

    private static List<Kept> letters(OneNode node) {
        return node.node()
                .store()
                .deadLetters()
                .find(DeadLetterQuery.of("one"), DeadLetters.Order.OLDEST_FIRST, 1_000)
                .letters();
    }

    private static Outcome replayed(OneNode node) {
        return replayed(node, DeadLetterQuery.of("one"));
    }

    private static Outcome replayed(OneNode node, DeadLetterQuery query) {
        return replay(node, query)
                .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private static CompletableFuture<Outcome> replay(OneNode node, DeadLetterQuery query) {
        return node.node().publishing().replay().replay(query).toCompletableFuture();
    }

    /// Each ingress gave what it received to an integration, a device's to each that wants it.
    private static void booksBalance(OneNode node) {
        await("nothing is in flight").atMost(LIMIT).until(() -> node.gauge("sluice.in.flight.messages") == 0);
        assertThat(node.count("sluice.routed.messages")).isEqualTo(node.count("sluice.integration.ended.messages"));
        assertThat(node.count("sluice.routed.messages", "integration", "one"))
                .isEqualTo(node.count("sluice.received.messages"));
    }
}
