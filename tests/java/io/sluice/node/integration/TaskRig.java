package io.sluice.node.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.TestKafka;
import io.sluice.node.event.Arrival;
import io.sluice.node.event.Properties;
import io.sluice.node.handover.Destination;
import io.sluice.node.handover.Doors;
import io.sluice.node.handover.HandoverSettings;
import io.sluice.node.handover.Intake;
import io.sluice.node.handover.LoopIntake;
import io.sluice.node.handover.Way;
import io.sluice.node.observe.EventLog;
import io.sluice.node.observe.HistorySettings;
import io.sluice.node.observe.IntegrationEvent;
import io.sluice.node.observe.Meters;
import io.sluice.node.settings.Configuration;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.pekko.actor.Kill;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/// What a test of a task stands on: a real sender before it, a real Kafka behind it, and what was heard of both.
abstract class TaskRig {
    static final Duration LIMIT = Duration.ofSeconds(60);
    static final String NAME = "one";

    /// Where no integration sends on.
    static final Chain NO_CHAIN = new Chain(
            new Onward.Loop() {
                @Override
                public void execute(Runnable task) {
                    task.run();
                }

                @Override
                public void later(Runnable task, Duration delay) {}

                @Override
                public long nanos() {
                    return 0;
                }
            },
            _ -> Optional.empty());

    final ActorTestKit kit = ActorTestKit.create(ConfigFactory.parseString("""
                    pekko.actor.provider = local
                    pekko.coordinated-shutdown.exit-jvm = off
                    pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
                    """)
            .withFallback(Configuration.forActors(Configuration.reference().resolve())));
    final MeterRegistry registry = new SimpleMeterRegistry();
    final TaskBoard board = new TaskBoard();
    final List<IntegrationEvent> told = new CopyOnWriteArrayList<>();
    final EventLog events = new EventLog(
            told::addAll,
            new HistorySettings(1_000, Duration.ofDays(1), 1_000, 10, Duration.ofDays(1)),
            registry.counter("dropped"),
            Clock.systemUTC());
    final List<String> parked = new CopyOnWriteArrayList<>();
    final Map<String, Integer> parkedByReason = new ConcurrentHashMap<>();
    final AtomicLong epoch = new AtomicLong();
    final AtomicLong breaks = new AtomicLong();
    final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    final ExecutorService loop = Executors.newSingleThreadExecutor();
    final List<Long> safe = new CopyOnWriteArrayList<>();
    final AtomicLong sequence = new AtomicLong();
    /// What its producers are known by, no other test's are.
    final String clientId = "task-test-" + UUID.randomUUID();

    /// Where a test waits for one of them to pass it is short, elsewhere none may pass on a busy machine.
    Duration drainTimeout = LIMIT;

    Duration startTimeout = LIMIT;
    Duration topicTimeout = Duration.ofSeconds(2);

    volatile Parking.DeadLetterBox box = (arrival, _, reason, _) -> parked.add(text(arrival) + ": " + reason);
    volatile ActorRef<Task.Command> task = kit.<Task.Command>createTestProbe().ref();

    Chain chain = NO_CHAIN;

    volatile Optional<TaskPlan> newest = Optional.empty();
    volatile boolean wanted = true;
    volatile boolean mayWrite = true;
    final Orders orders = new Orders() {
        @Override
        public Optional<TaskPlan> plan() {
            return newest;
        }

        @Override
        public long lanes() {
            return 0;
        }

        @Override
        public boolean isWanted() {
            return wanted;
        }
    };

    final Destination destination = openDoor();
    final LoopIntake intake = new LoopIntake(loop, _ -> List.of(destination));

    @AfterEach
    void end() {
        events.close();
        kit.shutdownTestKit();
        loop.shutdownNow();
        blocking.close();
    }

    Destination openDoor() {
        var opened = new CompletableFuture<Destination>();
        kit.spawn(Behaviors.<Void>setup(context -> {
            var settings = new HandoverSettings(64, 16 << 20, 16 << 20, 64 << 20, Duration.ofMillis(200));
            var way = new Way(NAME, new Doors(context, settings, new Meters(registry)), _ -> true, _ -> {});
            way.follow(0, 1, Arrival::clientId, _ -> message -> task.tell(new Task.FromSender(message)));
            opened.complete(Objects.requireNonNull(way.current()));
            return Behaviors.empty();
        }));
        return opened.join();
    }

    void kill() {
        var system = Adapter.toClassic(kit.system());
        Adapter.toClassic(task).tell(Kill.getInstance(), system.deadLetters());
    }

    void start(TaskPlan plan) {
        start(plan, epoch::incrementAndGet);
    }

    void start(TaskPlan plan, LongSupplier epochs) {
        newest = Optional.of(plan);
        var settings = new TaskSettings(
                Duration.ofMillis(20),
                Duration.ofMillis(100),
                0,
                drainTimeout,
                Duration.ofMillis(100),
                startTimeout,
                topicTimeout,
                Duration.ofMillis(500),
                5);
        var tools = new TaskTools(
                blocking,
                () -> mayWrite,
                _ -> epochs.getAsLong(),
                _ -> (arrival, subject, reason, error) -> box.park(arrival, subject, reason, error),
                (_, reason) -> parkedByReason.merge(reason, 1, Integer::sum),
                chain,
                _ -> breaks.incrementAndGet(),
                board,
                events,
                (_, _, _) -> {});
        task = kit.spawn(Task.create(plan, orders, settings, tools));
    }

    TaskPlan plan(@Nullable String topic, Line.Recorder recorder) {
        return plan(TestKafka.bootstrapServers(), topic, recorder);
    }

    TaskPlan plan(String servers, @Nullable String topic, Line.Recorder recorder) {
        var properties = Map.<String, Object>of(
                "bootstrap.servers",
                servers,
                "client.id",
                clientId,
                "acks",
                "all",
                "linger.ms",
                0,
                "max.block.ms",
                Long.MAX_VALUE,
                "delivery.timeout.ms",
                Integer.MAX_VALUE);
        return new TaskPlan(NAME, 0, () -> properties, topic, true, () -> recorder, String::valueOf);
    }

    static Map<String, Object> with(Map<String, Object> properties, String key, Object value) {
        var changed = new HashMap<>(properties);
        changed.put(key, value);
        return changed;
    }

    static Line.Recorder bySent(String topic) {
        return (arrival, _, owner) -> record(topic, arrival, owner);
    }

    static ProducerRecord<byte[], byte[]> record(String topic, Arrival arrival, long owner) {
        var key = arrival.clientId().getBytes(StandardCharsets.UTF_8);
        var record = new ProducerRecord<>(topic, key, arrival.payload());
        record.headers().add("sluice-epoch", Long.toString(owner).getBytes(StandardCharsets.UTF_8));
        return record;
    }

    /// Hands over one batch.
    void publish(int from, int until) {
        loop.execute(() -> {
            for (int n = from; n < until; n++) {
                intake.offer(arrival(n), publisher, n);
            }
        });
        sequence.set(until);
    }

    static Arrival arrival(int n) {
        var payload = ("message " + n).getBytes(StandardCharsets.UTF_8);
        return new Arrival(
                "id-" + n, "a/b", payload, 1, false, false, "device", "", "", receivedAt(n), Properties.NONE);
    }

    static long receivedAt(int n) {
        return n + 1L;
    }

    final Intake.Publisher publisher = new Intake.Publisher() {
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

    void awaitSafe(int count) {
        await(count + " are safe").atMost(LIMIT).until(() -> safe.size() >= count);
        assertThat(safe).hasSize(count);
    }

    long ended(String end) {
        return (long) registry.get("sluice.integration.ended.messages")
                .tag("end", end)
                .counter()
                .count();
    }

    TaskPhase phase() {
        return board.notes().isEmpty()
                ? TaskPhase.STARTING
                : board.notes().getFirst().phase();
    }

    long producers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("kafka-producer-network-thread | " + clientId))
                .count();
    }

    static List<String> values(String topic) {
        return TestKafka.readAll(topic).stream()
                .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    static List<String> texts(int from, int until) {
        return IntStream.range(from, until).mapToObj(n -> "message " + n).toList();
    }

    static String text(Arrival arrival) {
        return new String(arrival.payload(), StandardCharsets.UTF_8);
    }

    static void pass(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
