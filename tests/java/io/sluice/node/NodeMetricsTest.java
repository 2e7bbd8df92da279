package io.sluice.node;

import static io.sluice.node.RawDevice.PUBACK;
import static io.sluice.node.RawDevice.PUBREC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// What a scrape of a whole node shows changes when that happens which it stands for, by as much, and with nothing
/// else.
@Tag("kafka")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class NodeMetricsTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /// Of the wall clock that arrivals are stamped with, against the one that measures.
    private static final double ROUNDING_SECONDS = 0.05;

    private final HttpClient client = HttpClient.newHttpClient();
    private OneNode node;

    /// The samples of one moment.
    private record Scrape(List<String> lines) {
        /// Sum of the samples of a name that have these labels, each `name="value"`.
        private double sum(String name, String... labels) {
            return lines.stream()
                    .filter(line -> line.startsWith(name + "{"))
                    .filter(line -> Stream.of(labels).allMatch(line::contains))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        }

        private double lag(String integration) {
            return sum("sluice_task_lag_seconds", of(integration));
        }

        private double isIn(String phase) {
            return sum("sluice_task_phase", of("one"), "phase=\"" + phase + "\"");
        }
    }

    @BeforeAll
    void start(@TempDir Path folder) {
        node = OneNode.start(folder, OtherKafka.bootstrapServers(), """
                sluice.brokers.here.bootstrap-servers = "%s"
                sluice.task.drain-timeout = 8s
                sluice.integrations {
                  one { filters = ["one/#"], topic = one, tasks = 1 }
                  picky { filters = ["picky/#"], topic = picky, tasks = 1, key = "$[id]" }
                  fenced {
                    filters = ["fenced/#"], broker = here, topic = "%s", tasks = 1, fencing = transactional
                  }
                }
                """.formatted(
                        TestKafka.bootstrapServers(), TestKafka.newTopic("fenced", 1, Map.of())));
    }

    @AfterEach
    void calmDown() {
        OtherKafka.resume();
        node.awaitReady();
        await("nothing is in flight").atMost(LIMIT).until(() -> node.gauge("sluice.in.flight.messages") == 0);
        await("all devices are gone").atMost(LIMIT).until(() -> node.gauge("sluice.connections") == 0);
    }

    @AfterAll
    void stop() {
        OtherKafka.resume();
        node.close();
        client.close();
    }

    @Test
    void receivedBytesAreThoseOfThePayloads() {
        try (var device = device("bytes")) {
            var before = scrape();

            device.publish(0, 0, false, "one/a", "12345");
            device.publish(1, 1, false, "nobody/wants/it", "123");
            device.publish(2, 2, false, "one/a", "");
            device.publish(2, 3, false, "one/a", "1234567");

            await().atMost(LIMIT).until(() -> device.heard(PUBREC, 3));
            assertThat(grown(before, "sluice_received_bytes_total", "ingress=\"mqtt\""))
                    .isEqualTo(15);
        }
    }

    @Test
    void connectsAreThoseThatWereLetInAndThoseThatWereNot() {
        var before = scrape();

        try (var first = device("connects-1");
                var second = device("connects-2")) {
            assertThat(grown(before, "sluice_connects_total", "outcome=\"accepted\""))
                    .isEqualTo(2);
            assertThat(grown(before, "sluice_connections")).isEqualTo(2);
            assertThat(List.of(first, second)).doesNotContainNull();
        }
        assertThatThrownBy(() -> device("x".repeat(300))).isInstanceOf(UncheckedIOException.class);

        await("they are gone").atMost(LIMIT).until(() -> grown(before, "sluice_connections") == 0);
        assertThat(grown(before, "sluice_connects_total", "outcome=\"accepted\""))
                .isEqualTo(2);
        assertThat(grown(before, "sluice_connects_total", "outcome=\"client-id-not-valid\""))
                .isEqualTo(1);
    }

    @Test
    void ackLatencyRunsFromReadingToAcknowledging() {
        try (var device = device("latency")) {
            var before = scrape();
            OtherKafka.pause();
            var published = System.nanoTime();
            device.publish(0, 0, false, "one/a", "nobody waits for it");
            device.publish(1, 1, false, "one/a", "acknowledged");
            device.publish(2, 2, false, "one/a", "recorded");
            await("they are read").atMost(LIMIT).until(() -> grown(before, "sluice_received_messages_total") == 3);
            var read = System.nanoTime();
            awaitScrape("they wait", scrape -> scrape.lag("one") > 0.3);
            var held = seconds(read);

            OtherKafka.resume();

            await().atMost(LIMIT).until(() -> device.heard(PUBACK, 1) && device.heard(PUBREC, 2));
            var took = seconds(published);
            assertThat(grown(before, "sluice_ack_latency_seconds_count")).isEqualTo(2);
            assertThat(grown(before, "sluice_ack_latency_seconds_sum")).isBetween(2 * held, 2 * took);
        }
    }

    @Test
    void lagIsTheAgeOfTheOldestThatWaits() {
        try (var device = device("lag")) {
            assertThat(scrape().lag("one")).isZero();
            OtherKafka.pause();
            var published = System.nanoTime();
            device.publish(1, 1, false, "one/a", "oldest");

            awaitScrape("it is seen to wait", scrape -> scrape.lag("one") > 1);
            var second = System.nanoTime();
            device.publish(1, 2, false, "one/a", "not so old");
            awaitScrape("it waits longer", scrape -> scrape.lag("one") > 2);
            var lag = scrape().lag("one");
            assertThat(lag).isLessThanOrEqualTo(seconds(published) + ROUNDING_SECONDS);
            var sinceSecond = seconds(second);
            lag = scrape().lag("one");
            assertThat(lag)
                    .as("of the first, which was a second old when the second came")
                    .isBetween(1 + sinceSecond - ROUNDING_SECONDS, seconds(published) + ROUNDING_SECONDS);
            assertThat(scrape().lag("fenced")).as("of the other integration").isZero();
            OtherKafka.resume();

            await().atMost(LIMIT).until(() -> device.heard(PUBACK, 2));
            awaitScrape("nothing waits", scrape -> scrape.lag("one") == 0);
        }
    }

    @Test
    void phaseIsTheOneTheTaskIsIn() {
        assertThat(scrape().isIn("running")).isEqualTo(1);
        assertThat(phases(scrape())).isEqualTo(1);
        OtherKafka.pause();
        try (var device = device("phase")) {
            device.publish(1, 1, false, "one/a", "keeps the task from stopping");
            awaitScrape("it waits", scrape -> scrape.lag("one") > 0);

            node.drainTask("one", 0);

            awaitScrape("the task drains", scrape -> scrape.isIn("draining") == 1);
            awaitScrape("and starts again", scrape -> scrape.isIn("starting") == 1);
            assertThat(phases(scrape())).isEqualTo(1);
            OtherKafka.resume();

            await().atMost(LIMIT).until(() -> device.heard(PUBACK, 1));
            assertThat(scrape().isIn("running")).isEqualTo(1);
            assertThat(phases(scrape())).isEqualTo(1);
        }
    }

    @Test
    void resentBatchesAreThoseForATaskThatIsNew() {
        try (var device = device("resent")) {
            var before = scrape();
            OtherKafka.pause();
            device.publish(1, 1, false, "one/a", "handed over twice");
            awaitScrape("the sender has asked three times", scrape -> scrape.lag("one") > 1);
            assertThat(grown(before, "sluice_handover_resent_batches_total"))
                    .as("the task has it")
                    .isZero();

            node.killTask("one", 0);

            awaitScrape("a new one is there", scrape -> scrape.isIn("starting") == 1);
            OtherKafka.resume();
            await().atMost(LIMIT).until(() -> device.heard(PUBACK, 1));
            assertThat(grown(before, "sluice_handover_resent_batches_total", of("one")))
                    .isPositive();
            assertThat(grown(before, "sluice_handover_resent_batches_total", of("fenced")))
                    .isZero();
        }
    }

    @Test
    void batchesAreThoseThatAreHandedOver() {
        try (var device = device("batch")) {
            var before = scrape();

            device.publishTogether(
                    1,
                    1,
                    "one/a",
                    IntStream.range(0, 10).mapToObj(String::valueOf).toList());

            await().atMost(LIMIT).until(() -> device.heard(PUBACK, 10));
            assertThat(grown(before, "sluice_handover_batch_messages_sum", of("one")))
                    .isEqualTo(10);
            assertThat(grown(before, "sluice_handover_batch_messages_count", of("one")))
                    .as("what came at once goes on at once")
                    .isBetween(1.0, 3.0);
            assertThat(grown(before, "sluice_handover_batch_messages_count", of("fenced")))
                    .isZero();
        }
    }

    @Test
    void failuresAreLinesThatBroke() {
        try (var device = device("failures")) {
            device.publish(1, 1, false, "fenced/a", "before");
            await().atMost(LIMIT).until(() -> device.heard(PUBACK, 1));
            var before = scrape();
            takeOver("sluice-fenced-0");

            device.publish(1, 2, false, "fenced/a", "behind");

            await("the task is back").atMost(LIMIT).until(() -> device.heard(PUBACK, 2));
            assertThat(grown(before, "sluice_task_failures_total", of("fenced")))
                    .isEqualTo(1);
            assertThat(grown(before, "sluice_task_failures_total", of("one"))).isZero();
        }
    }

    @Test
    void parkedAreTheDeadLettersByReason() {
        try (var device = device("parked")) {
            var before = scrape();

            device.publish(1, 1, false, "picky/a", "{\"id\":\"7\"}");
            device.publish(1, 2, false, "picky/a", "{\"no\":\"7\"}");

            await().atMost(LIMIT).until(() -> device.heard(PUBACK, 2));
            assertThat(grown(before, "sluice_task_parked_messages_total", of("picky"), "reason=\"unformattable\""))
                    .isEqualTo(1);
            assertThat(grown(before, "sluice_task_parked_messages_total")).isEqualTo(1);
            for (var end : List.of("parked", "delivered")) {
                assertThat(grown(before, "sluice_integration_ended_messages_total", of("picky"), "end=\"" + end + "\""))
                        .as(end)
                        .isEqualTo(1);
            }
        }
    }

    /// Fences whoever writes in transactions of this id.
    private static void takeOver(String transactionalId) {
        var properties = Map.<String, Object>of(
                "bootstrap.servers", TestKafka.bootstrapServers(), "transactional.id", transactionalId);
        try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
        }
    }

    private RawDevice device(String clientId) {
        node.awaitReady();
        return RawDevice.connect(node.mqtt(), clientId);
    }

    private double grown(Scrape before, String name, String... labels) {
        return scrape().sum(name, labels) - before.sum(name, labels);
    }

    private void awaitScrape(String what, Predicate<Scrape> condition) {
        await(what).atMost(LIMIT).until(() -> condition.test(scrape()));
    }

    private Scrape scrape() {
        var address = node.node().managementAddress();
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/metrics".formatted(address.getPort())))
                .timeout(LIMIT)
                .build();
        try {
            return new Scrape(
                    client.send(request, BodyHandlers.ofString()).body().lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static double phases(Scrape scrape) {
        return scrape.sum("sluice_task_phase", of("one"));
    }

    private static String of(String integration) {
        return "integration=\"" + integration + "\"";
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
