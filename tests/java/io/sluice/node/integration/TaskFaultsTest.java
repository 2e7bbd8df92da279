package io.sluice.node.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import io.sluice.node.format.Unformattable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A task between a real sender and a real Kafka: what becomes of what it accepted when something breaks.
@Tag("kafka")
class TaskFaultsTest extends TaskRig {
    @Test
    void givesUpAStartThatTakesTooLong() {
        startTimeout = Duration.ofSeconds(1);
        var plan = plan("nowhere", bySent("nowhere"));
        var properties = with(plan.properties().get(), "bootstrap.servers", "127.0.0.1:1");
        start(new TaskPlan(NAME, 0, () -> properties, "nowhere", true, plan.recorders(), String::valueOf));

        await().atMost(LIMIT).until(() -> phase() == TaskPhase.BACKING_OFF);

        await("its producer is closed").atMost(LIMIT).until(() -> producers() <= 1);
    }

    @Test
    void asksForThePropertiesAnewAtEachStart() {
        startTimeout = Duration.ofSeconds(2);
        var topic = TestKafka.newTopic("renewed", 1, Map.of());
        var plan = plan(topic, bySent(topic));
        var starts = new AtomicInteger();
        var renewed = new TaskPlan(
                NAME,
                0,
                () -> switch (starts.incrementAndGet()) {
                    case 1 -> throw new UncheckedIOException("planted", new IOException());
                    case 2 -> with(plan.properties().get(), "bootstrap.servers", "127.0.0.1:1");
                    default -> plan.properties().get();
                },
                topic,
                true,
                plan.recorders(),
                String::valueOf);
        start(renewed);

        publish(0, 10);

        awaitSafe(10);
        assertThat(starts).as("or more, if one took too long").hasValueGreaterThanOrEqualTo(3);
    }

    @Test
    void shipsAgainInOrderWhatABrokenLineHad() {
        var topic = TestKafka.newTopic("broken", 1, Map.of());
        var broken = new AtomicBoolean();
        start(plan(topic, (arrival, subject, owner) -> {
            if (text(arrival).equals("message 250") && broken.compareAndSet(false, true)) {
                throw new AssertionError("planted");
            }
            return record(topic, arrival, owner);
        }));

        for (int n = 0; n < 500; n += 10) {
            publish(n, n + 10);
        }

        awaitSafe(500);
        assertThat(breaks).hasValue(1);
        assertThat(new ArrayList<>(new LinkedHashSet<>(values(topic)))).isEqualTo(texts(0, 500));
        assertThat(safe)
                .isEqualTo(IntStream.range(0, 500).mapToObj(Long::valueOf).toList());
    }

    @Test
    void findsTheInvalidOneAmongManyAndIsQuickAgainUnderLoad() {
        var topic = TestKafka.newTopic("invalid", 1, Map.of("cleanup.policy", "compact"));
        start(plan(
                topic,
                (arrival, subject, owner) -> text(arrival).equals("message 5")
                        ? new ProducerRecord<>(topic, null, arrival.payload())
                        : record(topic, arrival, owner)));
        await().atMost(LIMIT).until(() -> phase() == TaskPhase.RUNNING);

        publish(0, 10);
        // more than a line that ships record by record gets done before the next comes
        await("a third line is up while there is always more to ship")
                .pollInterval(Duration.ofMillis(1))
                .atMost(LIMIT)
                .until(() -> {
                    publish((int) sequence.get(), (int) sequence.get() + 20);
                    return epoch.get() >= 3;
                });

        var last = (int) sequence.get();
        awaitSafe(last);
        assertThat(parked).containsExactly("message 5: refused by kafka");
        assertThat(ended("parked")).isOne();
        assertThat(ended("delivered")).isEqualTo(last - 1);
        var expected = new ArrayList<>(texts(0, last));
        expected.remove("message 5");
        assertThat(new ArrayList<>(new LinkedHashSet<>(values(topic)))).isEqualTo(expected);
    }

    @Test
    void parksTheInvalidOneThatSharedABatchWithAnEarlierLot() {
        var topic = TestKafka.newTopic("lingering", 1, Map.of("cleanup.policy", "compact"));
        var plan = plan(
                topic,
                (arrival, subject, owner) -> text(arrival).equals("message 1")
                        ? new ProducerRecord<>(topic, null, arrival.payload())
                        : record(topic, arrival, owner));
        var lingering = with(plan.properties().get(), "linger.ms", 2_000);
        start(new TaskPlan(NAME, 0, () -> lingering, topic, false, plan.recorders(), String::valueOf));
        await().atMost(LIMIT).until(() -> phase() == TaskPhase.RUNNING);

        publish(0, 1);
        publish(1, 2);
        publish(2, 3);

        awaitSafe(3);
        assertThat(parked).containsExactly("message 1: refused by kafka");
        assertThat(new LinkedHashSet<>(values(topic))).containsExactly("message 0", "message 2");
    }

    @Test
    void tellsTheSenderWhatItParked() {
        var topic = TestKafka.newTopic("parks", 1, Map.of());
        start(plan(topic, (arrival, subject, owner) -> {
            if (text(arrival).endsWith("7")) {
                throw new Unformattable("planted");
            }
            return record(topic, arrival, owner);
        }));

        publish(0, 100);

        awaitSafe(100);
        assertThat(parked).hasSize(10).first().isEqualTo("message 7: unformattable");
        assertThat(parkedByReason).containsExactly(Map.entry("unformattable", 10));
        assertThat(ended("parked")).isEqualTo(10);
        assertThat(ended("delivered")).isEqualTo(90);
        assertThat(values(topic)).hasSize(90);
    }

    @Test
    void parksWhatMakesTheFormatterFail() {
        var topic = TestKafka.newTopic("formatter", 1, Map.of());
        start(plan(topic, (arrival, subject, owner) -> {
            if (text(arrival).equals("message 7")) {
                throw new IllegalStateException("planted");
            }
            return record(topic, arrival, owner);
        }));

        publish(0, 10);

        awaitSafe(10);
        assertThat(parked).containsExactly("message 7: formatter failed");
        assertThat(parkedByReason).containsExactly(Map.entry("formatter failed", 1));
        assertThat(breaks).hasValue(0);
        assertThat(values(topic)).hasSize(9);
    }

    @Test
    void waitsForADeadLetterInsteadOfSendingAgain() {
        var topic = TestKafka.newTopic("store-away", 1, Map.of());
        var keep = box;
        var attempts = new AtomicInteger();
        var problems = new CopyOnWriteArrayList<String>();
        box = (arrival, subject, reason, error) -> {
            if (attempts.incrementAndGet() <= 3) {
                throw new IllegalStateException("planted " + attempts);
            }
            await().atMost(LIMIT).until(() -> !problem().isEmpty());
            problems.add(problem());
            keep.park(arrival, subject, reason, error);
        };
        start(plan(topic, parking("message 5", topic)));

        publish(0, 10);
        publish(10, 20);

        awaitSafe(20);
        assertThat(parked).containsExactly("message 5: unformattable");
        assertThat(parkedByReason).as("not what failed").containsExactly(Map.entry("unformattable", 1));
        assertThat(breaks).hasValue(0);
        assertThat(values(topic)).as("nothing repeats").hasSize(19);
        assertThat(problems).singleElement().asString().startsWith("planted");
        await("all is well again").atMost(LIMIT).until(() -> problem().isEmpty());
    }

    @Test
    void stopsInTimeWhileADeadLetterCannotBeKept() {
        drainTimeout = Duration.ofSeconds(1);
        var topic = TestKafka.newTopic("store-gone", 1, Map.of());
        var keep = box;
        box = (_, _, _, _) -> {
            throw new IllegalStateException("planted");
        };
        var plan = plan(topic, parking("message 5", topic));
        start(plan);
        publish(0, 10);
        await().atMost(LIMIT).until(() -> !problem().isEmpty());
        var first = task;

        first.tell(Task.Drain.INSTANCE);

        kit.createTestProbe().expectTerminated(first, LIMIT);
        assertThat(safe).isEmpty();
        box = keep;
        start(plan);
        awaitSafe(10);
        assertThat(parked).as("it may be kept twice, never less").contains("message 5: unformattable");
    }

    @Test
    void takesWhatComesWhileItsProducerEndsAndSucceedsItOnlyThen() {
        var topic = TestKafka.newTopic("slow-end", 1, Map.of());
        var plan = plan(topic, (arrival, subject, owner) -> {
            if (owner == 1 && text(arrival).equals("message 1")) {
                throw new AssertionError("planted");
            }
            return record(topic, arrival, owner);
        });
        var slow = with(plan.properties().get(), "metric.reporters", SlowEnd.class.getName());
        SlowEnd.mayEnd = new CountDownLatch(1);
        start(new TaskPlan(NAME, 0, () -> slow, topic, true, plan.recorders(), String::valueOf));

        try {
            publish(0, 2);
            await().atMost(LIMIT).until(() -> breaks.get() == 1);
            publish(2, 4);

            await("it takes what comes").atMost(LIMIT).until(() -> heldBatches() == 2);
            assertThat(epoch).as("owners, while the first is not gone").hasValue(1);
        } finally {
            SlowEnd.mayEnd.countDown();
        }
        awaitSafe(4);
        assertThat(new LinkedHashSet<>(values(topic))).containsExactlyElementsOf(texts(0, 4));
    }

    @Test
    void takesItsProducerWithItWhenItDies() {
        var topic = TestKafka.newTopic("dies", 1, Map.of());
        start(plan(topic, bySent(topic)));
        publish(0, 10);
        awaitSafe(10);
        assertThat(producers()).isOne();

        kill();

        await("no thread of its producer is left").atMost(LIMIT).until(() -> producers() == 0);
    }

    @Test
    void takesItsProducerWithItWhenItDiesWhileItStarts() {
        var topic = TestKafka.newTopic("dies-early", 1, Map.of());
        var asked = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        start(plan(topic, bySent(topic)), () -> {
            asked.countDown();
            pass(goOn);
            return epoch.incrementAndGet();
        });
        pass(asked);

        kill();
        kit.createTestProbe().expectTerminated(task, LIMIT);
        goOn.countDown();

        await("it opened a producer").atMost(LIMIT).until(() -> epoch.get() == 1);
        await("and closed it").during(Duration.ofMillis(500)).atMost(LIMIT).until(() -> producers() == 0);
    }

    @Test
    void finishesWhatAnEventLoopThatEndedHandedOver() {
        var topic = TestKafka.newTopic("ended-loop", 1, Map.of());
        publish(0, 10);
        await().atMost(LIMIT).until(() -> destination.inFlight() == 10);
        loop.close();

        start(plan(topic, bySent(topic)));

        await("it is counted").atMost(LIMIT).until(() -> ended("delivered") == 10 && destination.inFlight() == 0);
        assertThat(values(topic)).isEqualTo(texts(0, 10));
        assertThat(safe).as("nobody is left to be told").isEmpty();
    }

    private String problem() {
        return board.notes().isEmpty() ? "" : board.notes().getFirst().problem();
    }

    /// Shipments are under way together, but a replay goes by the order in which they were parked.
    @Test
    void parksInTheOrderInWhichTheyCame() {
        var topic = TestKafka.newTopic("parks-in-order", 1, Map.of("max.message.bytes", "1000"));
        var first = new CountDownLatch(1);
        var another = new CountDownLatch(1);
        box = (arrival, _, _, _) -> {
            if (text(arrival).equals("message 0")) {
                first.countDown();
                passWithin(another, Duration.ofSeconds(2));
            } else {
                another.countDown();
            }
            parked.add(text(arrival));
        };
        start(plan(topic, (arrival, _, owner) -> {
            if (text(arrival).endsWith("2")) {
                return new ProducerRecord<>(topic, new byte[2_000_000]);
            }
            throw new Unformattable("planted");
        }));

        publish(0, 1);
        pass(first);
        publish(1, 4);

        awaitSafe(4);
        assertThat(parked).containsExactlyElementsOf(texts(0, 4));
    }

    private int heldBatches() {
        return board.notes().isEmpty() ? 0 : board.notes().getFirst().heldBatches();
    }

    private static void passWithin(CountDownLatch latch, Duration limit) {
        try {
            var _ = latch.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Line.Recorder parking(String poison, String topic) {
        return (arrival, _, owner) -> {
            if (text(arrival).equals(poison)) {
                throw new Unformattable("planted");
            }
            return record(topic, arrival, owner);
        };
    }

    /// Holds up the end of a producer.
    public static final class SlowEnd implements MetricsReporter {
        static volatile CountDownLatch mayEnd = new CountDownLatch(0);

        @Override
        public void init(List<KafkaMetric> metrics) {}

        @Override
        public void metricChange(KafkaMetric metric) {}

        @Override
        public void metricRemoval(KafkaMetric metric) {}

        @Override
        public void configure(Map<String, ?> configs) {}

        @Override
        public void close() {
            pass(mayEnd);
        }
    }
}
