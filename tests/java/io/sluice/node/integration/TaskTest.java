package io.sluice.node.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.TestKafka;
import io.sluice.node.event.Arrival;
import io.sluice.node.event.Properties;
import io.sluice.node.format.Unformattable;
import io.sluice.node.handover.Destination;
import io.sluice.node.handover.Doors;
import io.sluice.node.handover.HandoverSettings;
import io.sluice.node.handover.Intake;
import io.sluice.node.handover.LoopIntake;
import io.sluice.node.observe.Meters;
import io.sluice.node.settings.Configuration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.pekko.actor.Kill;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A task between a real sender and a real Kafka: its phases, and what becomes of what it accepted.
@Tag("kafka")
class TaskTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String NAME = "one";

    private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.parseString("""
                    pekko.actor.provider = local
                    pekko.coordinated-shutdown.exit-jvm = off
                    pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
                    """)
            .withFallback(Configuration.forActors(Configuration.reference().resolve())));
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final TaskBoard board = new TaskBoard();
    private final List<String> parked = new CopyOnWriteArrayList<>();
    private final AtomicLong epoch = new AtomicLong();
    private final AtomicLong breaks = new AtomicLong();
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final ExecutorService loop = Executors.newSingleThreadExecutor();
    private final List<Long> safe = new CopyOnWriteArrayList<>();
    private final AtomicLong sequence = new AtomicLong();

    private volatile ActorRef<Task.Command> task =
            kit.<Task.Command>createTestProbe().ref();

    private final Destination destination = openDoor();
    private final LoopIntake intake = new LoopIntake(loop, _ -> List.of(destination));

    @AfterEach
    void end() {
        kit.shutdownTestKit();
        loop.shutdownNow();
        blocking.close();
    }

    @Test
    void startsAndShipsInOrder() {
        var topic = TestKafka.newTopic("starts", 1, Map.of());
        start(plan(topic, bySent(topic)));

        publish(0, 500);

        awaitSafe(500);
        assertThat(values(topic)).isEqualTo(texts(0, 500));
        assertThat(phase()).isEqualTo(TaskPhase.RUNNING);
    }

    @Test
    void backsOffWhileKafkaIsAwayAndShipsWhatItTookThen() {
        var topic = TestKafka.newTopic("away", 1, Map.of());
        var away = new AtomicBoolean(true);
        var plan = plan(topic, bySent(topic));
        start(new TaskPlan(NAME, 0, plan.properties(), topic, true, plan.recorder(), String::valueOf), () -> {
            if (away.get()) {
                throw new IllegalStateException("away");
            }
            return epoch.incrementAndGet();
        });
        publish(0, 10);
        await().atMost(LIMIT).until(() -> phase() == TaskPhase.BACKING_OFF);
        assertThat(board.notes().getFirst().problem()).contains("away");
        assertThat(safe).isEmpty();

        away.set(false);

        awaitSafe(10);
        assertThat(values(topic)).isEqualTo(texts(0, 10));
        assertThat(board.notes().getFirst().problem()).isEmpty();
    }

    @Test
    void givesUpAStartThatTakesTooLong() {
        var plan = plan("nowhere", bySent("nowhere"));
        var properties = new HashMap<>(plan.properties());
        properties.put("bootstrap.servers", "127.0.0.1:1");
        start(new TaskPlan(NAME, 0, properties, "nowhere", true, plan.recorder(), String::valueOf));

        await().atMost(LIMIT).until(() -> phase() == TaskPhase.BACKING_OFF);

        await("its producer is closed").atMost(LIMIT).until(() -> producers() <= 1);
    }

    @Test
    void shipsAgainInOrderWhatABrokenLineHad() {
        var topic = TestKafka.newTopic("broken", 1, Map.of());
        var broken = new AtomicBoolean();
        start(plan(topic, (arrival, subject, owner) -> {
            if (text(arrival).equals("message 250") && broken.compareAndSet(false, true)) {
                throw new IllegalStateException("planted");
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
    void drainsWhatItHasBeforeItStops() {
        var topic = TestKafka.newTopic("drains", 1, Map.of());
        start(plan(topic, bySent(topic)));
        await().atMost(LIMIT).until(() -> phase() == TaskPhase.RUNNING);
        var first = task;
        for (int n = 0; n < 1_000; n += 10) {
            publish(n, n + 10);
        }
        await().atMost(LIMIT).until(() -> !safe.isEmpty());

        first.tell(Task.Drain.INSTANCE);

        kit.createTestProbe().expectTerminated(first, LIMIT);
        assertThat(phase()).isEqualTo(TaskPhase.STOPPED);
        assertThat(producers()).isZero();
        awaitSafe(values(topic).size());
        start(plan(topic, bySent(topic)));
        awaitSafe(1_000);
        assertThat(values(topic)).as("nothing repeats").isEqualTo(texts(0, 1_000));
    }

    @Test
    void drainsInBoundedTimeAndHandsTheRestToTheNextIncarnation() throws Exception {
        var topic = TestKafka.newTopic("bounded", 1, Map.of());
        var stuck = new CountDownLatch(1);
        var plan = plan(topic, (arrival, subject, owner) -> {
            if (owner == 1) {
                pass(stuck);
            }
            return record(topic, arrival, owner);
        });
        start(plan);
        publish(0, 10);
        await().atMost(LIMIT).until(() -> phase() == TaskPhase.RUNNING);
        var first = task;

        first.tell(Task.Drain.INSTANCE);
        kit.createTestProbe().expectTerminated(first, LIMIT);
        assertThat(safe).isEmpty();
        start(plan);

        awaitSafe(10);
        stuck.countDown();
        assertThat(values(topic)).isEqualTo(texts(0, 10));
    }

    @Test
    void doesNotWaitForAStartWhenItIsToldToStop() {
        var goOn = new CountDownLatch(1);
        start(plan("nowhere", bySent("nowhere")), () -> {
            pass(goOn);
            return epoch.incrementAndGet();
        });

        task.tell(Task.Drain.INSTANCE);

        kit.createTestProbe().expectTerminated(task, LIMIT);
        goOn.countDown();
        await("what it opened in the end is closed").atMost(LIMIT).until(() -> epoch.get() == 1 && producers() == 0);
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
        assertThat(ended("parked")).isEqualTo(10);
        assertThat(ended("delivered")).isEqualTo(90);
        assertThat(values(topic)).hasSize(90);
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

    private Destination openDoor() {
        var opened = new CompletableFuture<Destination>();
        kit.spawn(Behaviors.<Void>setup(context -> {
            var settings = new HandoverSettings(64, 16 << 20, 16 << 20, Duration.ofMillis(200));
            opened.complete(new Doors(context, settings, new Meters(registry))
                    .open(NAME, 1, Arrival::clientId, _ -> message -> task.tell(new Task.FromSender(message))));
            return Behaviors.empty();
        }));
        return opened.join();
    }

    private void kill() {
        var system = Adapter.toClassic(kit.system());
        Adapter.toClassic(task).tell(Kill.getInstance(), system.deadLetters());
    }

    private void start(TaskPlan plan) {
        start(plan, epoch::incrementAndGet);
    }

    private void start(TaskPlan plan, LongSupplier epochs) {
        var settings = new TaskSettings(
                Duration.ofMillis(20),
                Duration.ofMillis(100),
                0,
                Duration.ofSeconds(1),
                Duration.ofMillis(100),
                Duration.ofSeconds(2));
        var tools = new TaskTools(
                blocking,
                (_, _) -> epochs.getAsLong(),
                _ -> (arrival, _, reason, _) -> parked.add(text(arrival) + ": " + reason),
                _ -> breaks.incrementAndGet(),
                board);
        task = kit.spawn(Task.create(plan, settings, tools));
    }

    private static TaskPlan plan(String topic, Line.Recorder recorder) {
        var properties = Map.<String, Object>of(
                "bootstrap.servers",
                TestKafka.bootstrapServers(),
                "client.id",
                "task-test",
                "acks",
                "all",
                "linger.ms",
                0,
                "max.in.flight.requests.per.connection",
                1,
                "max.block.ms",
                Long.MAX_VALUE,
                "delivery.timeout.ms",
                Integer.MAX_VALUE);
        return new TaskPlan(NAME, 0, properties, topic, true, recorder, String::valueOf);
    }

    private static Line.Recorder bySent(String topic) {
        return (arrival, _, owner) -> record(topic, arrival, owner);
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, Arrival arrival, long owner) {
        var key = arrival.clientId().getBytes(StandardCharsets.UTF_8);
        var record = new ProducerRecord<>(topic, key, arrival.payload());
        record.headers().add("sluice-epoch", Long.toString(owner).getBytes(StandardCharsets.UTF_8));
        return record;
    }

    /// Hands over one batch.
    private void publish(int from, int until) {
        loop.execute(() -> {
            for (int n = from; n < until; n++) {
                intake.offer(arrival(n), publisher, n);
            }
        });
        sequence.set(until);
    }

    private static Arrival arrival(int n) {
        var payload = ("message " + n).getBytes(StandardCharsets.UTF_8);
        return new Arrival("id-" + n, "a/b", payload, 1, false, false, "device", "", "", 1, Properties.NONE);
    }

    private final Intake.Publisher publisher = new Intake.Publisher() {
        @Override
        public void safe(long number) {
            safe.add(number);
        }

        @Override
        public void settled() {}

        @Override
        public void hold() {}

        @Override
        public void release() {}
    };

    private void awaitSafe(int count) {
        await(count + " are safe").atMost(LIMIT).until(() -> safe.size() >= count);
        assertThat(safe).hasSize(count);
    }

    private long ended(String end) {
        return (long) registry.get("sluice.integration.ended.messages")
                .tag("end", end)
                .counter()
                .count();
    }

    private TaskPhase phase() {
        return board.notes().isEmpty()
                ? TaskPhase.STARTING
                : board.notes().getFirst().phase();
    }

    private static long producers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("kafka-producer-network-thread | task-test"))
                .count();
    }

    private static List<String> values(String topic) {
        return TestKafka.readAll(topic).stream()
                .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    private static List<String> texts(int from, int until) {
        return IntStream.range(from, until).mapToObj(n -> "message " + n).toList();
    }

    private static String text(Arrival arrival) {
        return new String(arrival.payload(), StandardCharsets.UTF_8);
    }

    private static void pass(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
