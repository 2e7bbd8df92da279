package io.sluice.node.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.node.event.Arrival;
import io.sluice.node.event.Properties;
import io.sluice.node.live.LiveBuffer;
import io.sluice.node.live.LiveView;
import io.sluice.node.observe.Meters;
import io.sluice.node.route.SplitFilter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class TailsTest {
    private static final String BEGUN = ": what is received from now on\n\n";
    private static final LiveBuffer.Bounds BOUNDS = new LiveBuffer.Bounds(3, 1 << 20);
    private static final TailSettings PATIENT = new TailSettings(2, BOUNDS, Duration.ofMinutes(1), Duration.ofHours(1));

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final LiveView live = new LiveView();
    private ActorSystem<Void> system;

    @BeforeAll
    void start() {
        system = ActorSystem.create(Behaviors.empty(), "tails");
    }

    @AfterAll
    void stop() {
        system.terminate();
        threads.shutdownNow();
    }

    private static Arrival anArrival(String topic, byte[] payload) {
        return new Arrival("id", topic, payload, 0, false, false, "d", "", "", 0, Properties.NONE);
    }

    private void show(String... topics) {
        List.of(topics).forEach(topic -> live.show(anArrival(topic, new byte[0])));
    }

    private Tails tails(TailSettings settings) {
        return new Tails(settings, live, new Meters(new SimpleMeterRegistry()), threads);
    }

    private SinkQueueWithCancel<ByteString> read(Tails tails, AtomicBoolean may, String filter) {
        return tails.source(List.of(SplitFilter.of(filter)), may::get)
                .runWith(
                        Sink.<ByteString>queue().withAttributes(org.apache.pekko.stream.Attributes.inputBuffer(1, 1)),
                        system);
    }

    private static String next(SinkQueueWithCancel<ByteString> queue) throws Exception {
        return queue.pull()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS)
                .map(ByteString::utf8String)
                .orElse("ended");
    }

    @Test
    void tellsAReaderThatIsTooSlowWhatItMissed() throws Exception {
        var tail = new Tail(PATIENT, () -> true);
        assertThat(tail.next()).contains(BEGUN);

        for (int i = 0; i < 5; i++) {
            assertThat(tail.show(anArrival("t/" + i, new byte[] {-1}), "n:1")).isEqualTo(i < 3);
        }

        var told = tail.next().orElseThrow();
        assertThat(told.lines().filter(line -> line.startsWith("data: {\"topic\":\"t/")))
                .hasSize(3);
        assertThat(told)
                .contains("\"payloadBase64\":\"/w==\"", "\"node\":\"n:1\"", "\"receivedAt\":\"1970-01-01T00:00:00Z\"")
                .endsWith("event: dropped\ndata: {\"count\":2}\n\n");
        tail.show(anArrival("t/5", new byte[0]), "n:1");
        assertThat(tail.next().orElseThrow())
                .startsWith("data: {\"topic\":\"t/5\"")
                .doesNotContain("dropped");
    }

    @Test
    void wakesForWhatComesAndForItsEnd() throws Exception {
        var tails = tails(PATIENT);
        var queue = read(tails, new AtomicBoolean(true), "wakes/#");
        assertThat(next(queue)).isEqualTo(BEGUN);

        var coming = queue.pull().toCompletableFuture();
        await("it waits").during(Duration.ofMillis(100)).until(() -> !coming.isDone());
        show("wakes/1", "else");
        assertThat(coming.get(30, TimeUnit.SECONDS).orElseThrow().utf8String())
                .startsWith("data: {\"topic\":\"wakes/1\"")
                .doesNotContain("else");
        var ending = queue.pull().toCompletableFuture();
        tails.close();

        assertThat(ending.get(30, TimeUnit.SECONDS)).isEmpty();
        assertThat(tails.hasRoom()).isFalse();
    }

    @Test
    void freesThePlaceOfWhoGoesWhileNothingComes() throws Exception {
        var tails = tails(PATIENT);
        var first = read(tails, new AtomicBoolean(true), "#");
        var second = read(tails, new AtomicBoolean(true), "#");
        assertThat(next(first)).isEqualTo(BEGUN);
        assertThat(next(second)).isEqualTo(BEGUN);
        assertThat(tails.hasRoom()).isFalse();
        assertThat(next(read(tails, new AtomicBoolean(true), "#"))).isEqualTo("ended");

        var _ = first.pull();
        first.cancel();

        await("there is room").atMost(Duration.ofSeconds(30)).until(tails::hasRoom);
        second.cancel();
    }

    @Test
    void endsWhenTheReaderMayNoMoreAndWhenItsTimeIsOver() throws Exception {
        var may = new AtomicBoolean(true);
        var beating = new TailSettings(2, BOUNDS, Duration.ofMillis(100), Duration.ofHours(1));
        var queue = read(tails(beating), may, "may");
        assertThat(next(queue)).isEqualTo(BEGUN);
        assertThat(next(queue)).isEqualTo(": heartbeat\n\n");
        may.set(false);
        await("it ends").atMost(Duration.ofSeconds(30)).until(() -> next(queue).equals("ended"));

        var brief = new TailSettings(2, BOUNDS, Duration.ofMinutes(1), Duration.ofMillis(200));
        var other = read(tails(brief), new AtomicBoolean(true), "time");
        assertThat(next(other)).isEqualTo(BEGUN);
        assertThat(next(other)).isEqualTo("ended");
    }

    @Test
    void takesNothingOutForAReaderThatTakesNothing() throws Exception {
        var registry = new SimpleMeterRegistry();
        var tails = new Tails(PATIENT, live, new Meters(registry), threads);
        var queue = read(tails, new AtomicBoolean(true), "slow");
        assertThat(next(queue)).isEqualTo(BEGUN);
        var dropped = registry.counter("sluice.tail.messages", "ingress", "http", "outcome", "dropped");

        await("it fills").atMost(Duration.ofSeconds(30)).until(() -> {
            show("slow");
            return dropped.count() > 100;
        });

        assertThat(registry.counter("sluice.tail.messages", "ingress", "http", "outcome", "sent")
                        .count())
                .as("its buffer, and a few pieces on the way")
                .isLessThan(50);
        queue.cancel();
    }
}
