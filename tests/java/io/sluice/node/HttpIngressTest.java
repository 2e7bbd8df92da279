package io.sluice.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import io.sluice.node.api.HttpArrivals.Request;
import io.sluice.node.api.HttpHeader;
import io.sluice.node.api.HttpIngress.Busy;
import io.sluice.node.api.HttpIngress.NoRoute;
import io.sluice.node.api.HttpIngress.Outcome;
import io.sluice.node.api.HttpIngress.Safe;
import io.sluice.node.api.HttpIngress.TimedOut;
import io.sluice.node.event.Arrival;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Publishing over HTTP keeps the promises of MQTT.
@Tag("kafka")
class HttpIngressTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder = Path.of("");

    @AfterEach
    void letKafkaGoOn() {
        OtherKafka.resume();
    }

    @Test
    void aMessageIsInKafkaBeforeItsPublisherHearsSo() {
        var one = TestKafka.newTopic("http-one", 1, Map.of());
        var two = TestKafka.newTopic("http-two", 1, Map.of());
        try (var node = start(TestKafka.bootstrapServers(), """
                one { topic = "%s" }
                two { topic = "%s" }
                """.formatted(one, two))) {
            for (int i = 1; i <= 20; i++) {
                assertThat(said(node, message(node, "tbmq/a", "v-" + i, "d"))).isEqualTo(new Safe(2));
                if (i % 5 == 1) {
                    assertThat(TestKafka.readAll(one)).hasSize(i);
                    assertThat(TestKafka.readAll(two)).hasSize(i);
                }
            }
            assertThat(said(node, message(node, "elsewhere", "x", "d"))).isEqualTo(new NoRoute());

            assertThat(values(TestKafka.readAll(one)))
                    .as("one call after the other, in their order")
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, 20).mapToObj(i -> "v-" + i).toList());
            booksBalance(node);
            assertThat(ended(node, "no-route")).isEqualTo(1);
        }
    }

    @Test
    void eachSubjectKeepsItsOrderAmongManyAtOnce() {
        var topic = TestKafka.newTopic("http-order", 3, Map.of());
        try (var node = start(TestKafka.bootstrapServers(), "one { topic = \"%s\" }".formatted(topic))) {
            var talks = IntStream.range(0, 40)
                    .mapToObj(subject -> CompletableFuture.runAsync(() -> talk(node, subject)))
                    .toList();
            talks.forEach(CompletableFuture::join);

            var records = TestKafka.readAll(topic);
            assertThat(records).hasSize(40 * 10 * 3);
            for (int subject = 0; subject < 40; subject++) {
                var key = "d-" + subject;
                assertThat(records.stream()
                                .filter(record -> new String(record.key(), UTF_8).equals(key))
                                .map(record -> Integer.valueOf(new String(record.value(), UTF_8))))
                        .as(key)
                        .containsExactlyElementsOf(
                                IntStream.range(0, 30).boxed().toList());
            }
            booksBalance(node);
        }
    }

    /// Ten calls one after the other, of three messages each.
    private static void talk(OneNode node, int subject) {
        for (int call = 0; call < 10; call++) {
            var arrivals = new ArrayList<Arrival>();
            for (int i = 0; i < 3; i++) {
                arrivals.add(message(node, "tbmq/a", "" + (call * 3 + i), "d-" + subject));
            }
            assertThat(outcome(node, arrivals)).isEqualTo(new Safe(3));
        }
    }

    @Test
    void nobodyIsToldSafeWhileKafkaIsAwayAndNothingIsLostAfterwards() {
        try (var node = start(
                OtherKafka.bootstrapServers(),
                """
                away { topic = "http-away", filters = ["away/#", "both/#"] }
                here { broker = here, topic = "%s", filters = ["here/#", "both/#"] }
                """.formatted(TestKafka.newTopic("http-here", 1, Map.of())),
                """
                sluice.brokers.here.bootstrap-servers = "%s"
                sluice.api.ingress { in-flight-max = 5, timeout = 1s }
                """.formatted(TestKafka.bootstrapServers()))) {
            var before = TestKafka.readAll(OtherKafka.bootstrapServers(), "http-away")
                    .size();
            OtherKafka.pause();

            for (int i = 0; i < 4; i++) {
                assertThat(said(node, message(node, "away/a", "v-" + i, "d"))).isEqualTo(new TimedOut());
            }
            assertThat(outcome(node, List.of(message(node, "away/a", "x", "d"), message(node, "away/a", "y", "d"))))
                    .as("all or nothing")
                    .isInstanceOf(Busy.class);
            assertThat(said(node, message(node, "both/a", "v-4", "d")))
                    .as("safe in one of two")
                    .isEqualTo(new TimedOut());
            assertThat(said(node, message(node, "here/a", "v", "d")))
                    .as("who needs the living Kafka alone is not kept")
                    .isEqualTo(new Safe(1));
            assertThat(ended(node, "server-busy")).isEqualTo(2);

            OtherKafka.resume();
            await("all is delivered").atMost(LIMIT).until(() -> node.gauge("sluice.in.flight.messages") == 0);
            var records = TestKafka.readAll(OtherKafka.bootstrapServers(), "http-away");
            assertThat(values(records.subList(before, records.size())).stream().distinct())
                    .containsExactly("v-0", "v-1", "v-2", "v-3", "v-4");
            assertThat(said(node, message(node, "away/a", "last", "d")))
                    .as("its room is free again")
                    .isEqualTo(new Safe(1));
            booksBalance(node);
        }
    }

    @Test
    void aTaskThatHoldsTooMuchTakesNothingMore() {
        try (var node = start(OtherKafka.bootstrapServers(), "one { topic = \"http-full\", tasks = 1 }", """
                sluice.handover { buffer-bytes = 1 MiB, window-bytes = 1 MiB, overload-bytes = 2 MiB }
                sluice.api.ingress.timeout = 10m
                """)) {
            OtherKafka.pause();
            var large = "x".repeat(400_000);
            var taken = new ArrayList<CompletableFuture<Outcome>>();
            for (int i = 0; i < 3; i++) {
                taken.add(publish(node, List.of(message(node, "tbmq/a", large, "d"))));
            }

            assertThat(said(node, message(node, "tbmq/a", "x", "d"))).isInstanceOf(Busy.class);
            assertThat(taken).noneMatch(CompletableFuture::isDone);

            OtherKafka.resume();
            assertThat(taken)
                    .allSatisfy(call -> assertThat(
                                    call.orTimeout(60, TimeUnit.SECONDS).join())
                            .isEqualTo(new Safe(1)));
            booksBalance(node);
        }
    }

    @Test
    void whatIsUnderWayWhenTheNodeStopsIsFinished() {
        var topic = TestKafka.newTopic("http-stop", 1, Map.of());
        var calls = new ArrayList<CompletableFuture<Outcome>>();
        try (var node = start(TestKafka.bootstrapServers(), "one { topic = \"%s\" }".formatted(topic))) {
            for (int i = 0; i < 500; i++) {
                calls.add(publish(node, List.of(message(node, "tbmq/a", "v-" + i, "d"))));
            }
        }

        assertThat(calls).allSatisfy(call -> assertThat(call).isCompleted());
        var safe = calls.stream().filter(call -> call.join() instanceof Safe).count();
        assertThat(safe).isPositive();
        assertThat(TestKafka.readAll(topic)).hasSize((int) safe);
    }

    private OneNode start(String kafka, String integrations) {
        return start(kafka, integrations, "");
    }

    private OneNode start(String kafka, String integrations, String hocon) {
        return OneNode.start(folder, kafka, hocon + "\nsluice.integrations { " + integrations + " }")
                .awaitReady();
    }

    private static Arrival message(OneNode node, String topic, String body, String client) {
        var headers = List.of(new HttpHeader("Sluice-Client-Id", client));
        return node.node()
                .publishing()
                .arrivals()
                .message(topic, new Request("ann", "text/plain", headers, body.getBytes(UTF_8), 1));
    }

    private static Outcome said(OneNode node, Arrival arrival) {
        return outcome(node, List.of(arrival));
    }

    private static Outcome outcome(OneNode node, List<Arrival> arrivals) {
        return publish(node, arrivals)
                .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private static CompletableFuture<Outcome> publish(OneNode node, List<Arrival> arrivals) {
        return node.node().publishing().ingress().publish(arrivals).toCompletableFuture();
    }

    /// Received = routed at least once + ended at the ingress; routed = ends, once nothing is in flight. Here
    /// nothing goes to two integrations but what the test counts itself.
    private static void booksBalance(OneNode node) {
        await("nothing is in flight").atMost(LIMIT).until(() -> node.gauge("sluice.in.flight.messages") == 0);
        assertThat(node.count("sluice.routed.messages")).isEqualTo(node.count("sluice.integration.ended.messages"));
        var toBoth = node.count("sluice.routed.messages", "integration", "two")
                + (node.count("sluice.routed.messages", "integration", "away") > 0 ? 1 : 0);
        assertThat(node.count("sluice.received.messages", "ingress", "http"))
                .isEqualTo(node.count("sluice.routed.messages")
                        - toBoth
                        + node.count("sluice.ingress.ended.messages", "ingress", "http"));
    }

    private static long ended(OneNode node, String reason) {
        return node.count("sluice.ingress.ended.messages", "ingress", "http", "reason", reason);
    }

    private static List<String> values(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream().map(record -> new String(record.value(), UTF_8)).toList();
    }
}
