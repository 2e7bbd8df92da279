package io.sluice.node.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/// Against a real Kafka: what an outlet does with records that Kafka takes, refuses, and refuses together with
/// others.
class OutletTest {
    private boolean mayWrite = true;

    @Test
    void shipsInOrder() throws Exception {
        var topic = TestKafka.newTopic("order", 1, Map.of());
        var outlet = open(Map.of());
        var records = IntStream.range(0, 500)
                .mapToObj(n -> record(topic, "device", text(n)))
                .toList();

        assertThat(answer(outlet, records)).isEmpty();

        assertThat(values(topic, 500))
                .isEqualTo(IntStream.range(0, 500).mapToObj(OutletTest::text).toList());
        outlet.stop();
    }

    @Test
    void namesARecordThatIsTooLargeAndShipsTheOthers() throws Exception {
        var topic = TestKafka.newTopic("large", 1, Map.of("max.message.bytes", "20000"));
        var outlet = open(Map.of());
        var records = List.of(
                record(topic, "a", "one"),
                record(topic, "a", "x".repeat(50_000)),
                record(topic, "a", "y".repeat(10_000)));

        var refusals = answer(outlet, records);

        assertThat(refusals).extracting(Outlet.Refusal::index).containsExactly(1);
        assertThat(refusals.getFirst().cause()).isInstanceOf(RecordTooLargeException.class);
        assertThat(values(topic, 2)).containsExactly("one", "y".repeat(10_000));
        outlet.stop();
    }

    @Test
    void noticesThatATopicWasMadeAnewWithFewerPartitions() throws Exception {
        var topic = TestKafka.newTopic("shrunk", 6, Map.of());
        var outlet = open(Map.of());
        outlet.warmUp(topic);
        var records = IntStream.range(0, 60)
                .mapToObj(n -> record(topic, "device-" + n, text(n)))
                .toList();
        assertThat(answer(outlet, records)).isEmpty();
        try (var admin = Admin.create(Map.of("bootstrap.servers", (Object) TestKafka.bootstrapServers()))) {
            admin.deleteTopics(List.of(topic)).all().get();
            var shipped = outlet.ship(records).toCompletableFuture();
            await("is made again").atMost(Duration.ofSeconds(60)).until(() -> made(admin, topic));

            await().pollInterval(Duration.ofSeconds(1))
                    .atMost(Duration.ofSeconds(90))
                    .until(() -> {
                        outlet.look().ifPresent(Runnable::run);
                        return shipped.isDone();
                    });
            assertThatThrownBy(shipped::get)
                    .hasCauseInstanceOf(Outlet.PartitionsGone.class)
                    .hasMessageContaining("[%s] has ".formatted(topic))
                    .hasMessageContaining("had 6");
        }
    }

    /// Kafka itself makes it for the record that waits, if it is first, with fewer partitions as well.
    private static boolean made(Admin admin, String topic) throws InterruptedException {
        try {
            admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
            return true;
        } catch (ExecutionException e) {
            return e.getCause() instanceof TopicExistsException && partitions(admin, topic) > 0;
        }
    }

    private static int partitions(Admin admin, String topic) throws InterruptedException {
        try {
            return admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
                    .mapToInt(found -> found.partitions().size())
                    .filter(count -> count < 6)
                    .sum();
        } catch (ExecutionException _) {
            return 0;
        }
    }

    @Test
    void noticesThatTheClientSplitsABatchInVain() throws Exception {
        var topic = TestKafka.newTopic("split", 1, Map.of("max.message.bytes", "20000"));
        var outlet = open(Map.of("linger.ms", 500));
        var records =
                List.of(record(topic, "a", "one"), record(topic, "a", "x".repeat(50_000)), record(topic, "a", "three"));

        var shipped = outlet.ship(records).toCompletableFuture();

        await().pollInterval(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(60))
                .until(() -> {
                    outlet.look().ifPresent(Runnable::run);
                    return shipped.isDone();
                });
        assertThatThrownBy(shipped::get).hasCauseInstanceOf(Outlet.InvalidAmongMany.class);
    }

    @Test
    void stopsWhenOneOfManyIsInvalidAndFindsItOneByOne() throws Exception {
        var topic = TestKafka.newTopic("compacted", 1, Map.of("cleanup.policy", "compact"));
        var records = List.of(record(topic, "a", "one"), record(topic, null, "no key"), record(topic, "a", "three"));

        var first = open(Map.of());
        assertThatThrownBy(() -> answer(first, records))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(Outlet.InvalidAmongMany.class);

        var second = open(Map.of());
        var refusals = second.shipOneByOne(records).toCompletableFuture().get(60, TimeUnit.SECONDS);
        assertThat(refusals).extracting(Outlet.Refusal::index).containsExactly(1);
        assertThat(values(topic, 2)).endsWith("one", "three");
        second.stop();
    }

    @Test
    void takesNoRecordForInvalidThatOnlySharedABatchWithOne() {
        var topic = TestKafka.newTopic("shared", 1, Map.of("cleanup.policy", "compact"));
        var outlet = open(Map.of("linger.ms", 60_000));

        var good = outlet.ship(List.of(record(topic, "a", "one")));
        var bad = outlet.ship(List.of(record(topic, null, "no key")));
        // has no room in the batch of the two, so that goes
        var _ = outlet.ship(List.of(record(topic, "a", "x".repeat(20_000))));

        for (var shipped : List.of(good, bad)) {
            assertThatThrownBy(() -> shipped.toCompletableFuture().get(60, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(Outlet.InvalidAmongMany.class);
        }
        assertThat(TestKafka.readAll(topic)).isEmpty();
    }

    /// A broker that knows nothing of a producer yet takes its first batch whatever its number, so also one that was on
    /// its way behind a batch that failed.
    @RepeatedTest(3)
    void nothingOvertakesTheVeryFirstBatchWhenThatFails() {
        var topic = TestKafka.newTopic("first", 1, Map.of("cleanup.policy", "compact"));
        var outlet = open(Map.of());

        var first = outlet.ship(List.of(record(topic, null, "no key"), record(topic, "a", "one")));
        var behind = IntStream.range(0, 20)
                .mapToObj(n -> outlet.ship(List.of(record(topic, "a", text(n)), record(topic, "a", "x".repeat(9_000)))))
                .toList();

        assertThatThrownBy(() -> first.toCompletableFuture().get(60, TimeUnit.SECONDS))
                .hasCauseInstanceOf(Outlet.InvalidAmongMany.class);
        for (var shipped : behind) {
            assertThatThrownBy(() -> shipped.toCompletableFuture().get(60, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class);
        }
        assertThat(TestKafka.readAll(topic)).isEmpty();
    }

    @Test
    void aFailureStopsAllThatComesBehindIt() throws Exception {
        var topic = TestKafka.newTopic("stopped", 1, Map.of());
        var outlet = open(Map.of());
        assertThat(answer(outlet, List.of(record(topic, "a", "before")))).isEmpty();
        outlet.stop();

        assertThatThrownBy(() -> answer(outlet, List.of(record(topic, "a", "behind"))))
                .isInstanceOf(ExecutionException.class);

        assertThat(values(topic, 1)).containsExactly("before");
    }

    @Test
    void aNodeThatMayNotWriteWritesNothing() throws Exception {
        var topic = TestKafka.newTopic("taken-out", 1, Map.of());
        var outlet = open(Map.of());
        assertThat(answer(outlet, List.of(record(topic, "a", "before")))).isEmpty();
        mayWrite = false;

        assertThatThrownBy(() -> answer(outlet, List.of(record(topic, "a", "zombie"))))
                .hasCauseInstanceOf(Outlet.Fenced.class);

        mayWrite = true;
        assertThatThrownBy(() -> answer(outlet, List.of(record(topic, "a", "behind it"))))
                .isInstanceOf(ExecutionException.class);
        assertThat(values(topic, 1)).containsExactly("before");
    }

    @Test
    void aNewerOwnerFencesAnOlderOne() throws Exception {
        var topic = TestKafka.newTopic("fenced", 1, Map.of());
        var older = open(Map.of("transactional.id", topic));
        older.warmUp(topic);
        assertThat(answer(older, List.of(record(topic, "a", "older")))).isEmpty();
        var newer = open(Map.of("transactional.id", topic));
        newer.warmUp(topic);

        assertThatThrownBy(() -> answer(older, List.of(record(topic, "a", "zombie"))))
                .isInstanceOf(ExecutionException.class);
        assertThat(answer(newer, List.of(record(topic, "a", "newer")))).isEmpty();

        assertThat(values(topic, 2)).containsExactly("older", "newer");
        newer.stop();
    }

    private static List<Outlet.Refusal> answer(Outlet outlet, List<ProducerRecord<byte[], byte[]>> records)
            throws Exception {
        return outlet.ship(records).toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private Outlet open(Map<String, Object> more) {
        var properties = new HashMap<String, Object>(more);
        properties.put("bootstrap.servers", TestKafka.bootstrapServers());
        properties.put("acks", "all");
        properties.put("enable.idempotence", true);
        properties.put("delivery.timeout.ms", Integer.MAX_VALUE);
        properties.put("max.request.size", 8 << 20);
        return Outlet.open(properties, () -> mayWrite);
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, @Nullable String key, String value) {
        return new ProducerRecord<>(
                topic,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> values(String topic, int count) {
        var values = new ArrayList<String>();
        TestKafka.read(topic, count).forEach(record -> values.add(new String(record.value(), StandardCharsets.UTF_8)));
        return values;
    }

    private static String text(int n) {
        return "message " + n;
    }
}
