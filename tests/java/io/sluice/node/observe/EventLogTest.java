package io.sluice.node.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.node.observe.IntegrationEvent.Kind;
import io.sluice.node.observe.IntegrationEvent.OfMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Ticking clock = new Ticking(Instant.parse("2026-01-02T03:04:05Z"));
    private final Counter dropped = new SimpleMeterRegistry().counter("dropped");
    private final List<List<IntegrationEvent>> written = new CopyOnWriteArrayList<>();
    private volatile boolean away;

    @Test
    void writesWhatItIsTold() {
        var events = events(100, 10);
        events.start("node-1");
        var about = new OfMessage("tbmq/a", "device-1", "subject-1", "device-1:1:00");
        events.lifecycle("one", "started", "2 tasks");
        events.error("one", 1, "parked", "unformattable", about);

        await("it is written").until(() -> messages().size() == 2);
        events.lifecycle("one", 0, "stopped", "drained");
        events.close();

        var at = clock.instant();
        assertThat(all())
                .containsExactly(
                        new IntegrationEvent(
                                at, "node-1", "one", -1, Kind.LIFECYCLE, "started", "2 tasks", Optional.empty()),
                        new IntegrationEvent(
                                at, "node-1", "one", 1, Kind.ERROR, "parked", "unformattable", Optional.of(about)),
                        new IntegrationEvent(
                                at, "node-1", "one", 0, Kind.LIFECYCLE, "stopped", "drained", Optional.empty()));
        assertThat(dropped.count()).isZero();
    }

    @Test
    void keepsWhatTheStoreDidNotTakeInItsOrder() {
        var events = events(100, 10);
        tell(events, 1, 3);
        away = true;
        events.onBeat();
        tell(events, 4, 6);
        events.onBeat();
        events.onBeat();
        assertThat(messages()).isEmpty();

        away = false;
        IntStream.range(0, 5).forEach(_ -> events.onBeat());

        assertThat(messages()).containsExactlyElementsOf(numbers(1, 6));
        assertThat(dropped.count()).isZero();
    }

    @Test
    void asksAStoreThatIsAwayLessAndLess() {
        var asked = new ArrayList<Integer>();
        var patient = new EventLog(
                batch -> {
                    asked.add(batch.size());
                    throw new IllegalStateException("away");
                },
                settings(100, 10),
                dropped,
                clock);
        patient.lifecycle("one", "started", "");

        IntStream.range(0, 100).forEach(_ -> patient.onBeat());

        assertThat(asked).hasSizeBetween(10, 16);
    }

    @Test
    void dropsTheNewestWhenItHoldsTooMany() {
        away = true;
        var events = events(100, 10);

        tell(events, 1, 130);
        assertThat(dropped.count()).isEqualTo(30);
        away = false;
        events.onBeat();

        assertThat(messages()).containsExactlyElementsOf(numbers(1, 100));
    }

    @Test
    void countsAsDroppedWhatItCouldNotWriteAtItsEnd() {
        away = true;
        var events = events(100, 10);
        events.start("node-1");
        tell(events, 1, 7);

        events.close();

        assertThat(dropped.count()).isEqualTo(7);
    }

    @Test
    void nobodyWaitsForAStoreThatHangs() {
        var hangs = new CountDownLatch(1);
        var asked = new CountDownLatch(1);
        var events = new EventLog(
                batch -> {
                    asked.countDown();
                    join(hangs);
                    written.add(batch);
                },
                settings(100, 10),
                dropped,
                clock);
        events.start("node-1");
        tell(events, 1, 1);
        join(asked);

        tell(events, 2, 1_001);
        assertThat(dropped.count()).isEqualTo(900);

        hangs.countDown();
        events.close();
        assertThat(messages()).containsExactlyElementsOf(numbers(1, 101));
    }

    @Test
    void ofAFloodOfErrorsTellsTheFirstAndHowManyMore() {
        var events = events(1_000, 10);

        fail(events, "one", 1_000);
        fail(events, "other", 3);
        tell(events, 1, 20);
        events.onBeat();

        assertThat(errors("one")).hasSize(11).last().satisfies(last -> {
            assertThat(last.what()).isEqualTo("more");
            assertThat(last.message()).isEqualTo("and 990 more errors");
        });
        assertThat(errors("other")).hasSize(3);
        assertThat(messages()).containsAll(numbers(1, 20));
    }

    @Test
    void tellsErrorsAgainInTheNextSecond() {
        var events = events(1_000, 10);

        for (int i = 0; i < 60; i++) {
            fail(events, "one", 100);
            events.onBeat();
            clock.passes(SECOND);
        }
        events.onBeat();

        assertThat(errors("one")).hasSize(60 * 11);
        assertThat(errors("one").stream()
                        .filter(event -> event.what().equals("more"))
                        .map(IntegrationEvent::message))
                .hasSize(60)
                .containsOnly("and 90 more errors");
    }

    @Test
    void cutsWhatIsTooLongBetweenCharacters() {
        var tooLong = "x".repeat(IntegrationEvent.MESSAGE_MAX - 1) + "🙂" + "tail";

        var events = events(100, 10);
        events.lifecycle("one", "started", tooLong);
        events.onBeat();

        assertThat(messages()).containsExactly("x".repeat(IntegrationEvent.MESSAGE_MAX - 1));
    }

    private EventLog events(int buffer, int errorsPerSecond) {
        return new EventLog(
                batch -> {
                    if (away) {
                        throw new IllegalStateException("away");
                    }
                    written.add(batch);
                },
                settings(buffer, errorsPerSecond),
                dropped,
                clock);
    }

    private static HistorySettings settings(int buffer, int errorsPerSecond) {
        return new HistorySettings(100, Duration.ofDays(1), buffer, errorsPerSecond, Duration.ofDays(1));
    }

    private static void tell(EventLog events, int from, int to) {
        numbers(from, to).forEach(number -> events.lifecycle("one", "changed", number));
    }

    private static void fail(EventLog events, String integration, int times) {
        IntStream.range(0, times).forEach(i -> events.error(integration, 0, "failed", "failure " + i));
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
    }

    private List<IntegrationEvent> all() {
        return written.stream().flatMap(List::stream).toList();
    }

    private List<String> messages() {
        return all().stream().map(IntegrationEvent::message).toList();
    }

    private List<IntegrationEvent> errors(String integration) {
        return all().stream()
                .filter(event -> event.kind() == Kind.ERROR)
                .filter(event -> event.integration().equals(integration))
                .toList();
    }

    private static void join(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
