package io.sluice.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.node.observe.Figures;
import io.sluice.node.observe.IntegrationEvent;
import io.sluice.node.observe.IntegrationEvent.Kind;
import io.sluice.node.observe.IntegrationEvent.OfMessage;
import io.sluice.node.observe.Sums;
import io.sluice.node.store.Events.Kept;
import io.sluice.node.store.Events.Query;
import io.sluice.node.store.Statistics.Point;
import io.sluice.node.store.Statistics.Totals;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What a store remembers of integrations, on either data base.
@ParameterizedClass
@EnumSource
@SuppressWarnings("NullAway.Init")
class HistoryStoreTest {
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Parameter
    private AnyStore kind;

    @TempDir
    private Path dir;

    private Store store;
    private Events events;
    private Statistics statistics;

    @BeforeEach
    void open() {
        store = Store.open(kind.at(dir, 1_000));
        events = store.events();
        statistics = store.statistics();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void keepsAnEventAsItIs() {
        var plain = event("one", Kind.LIFECYCLE, NOON.plusMillis(123), "2 tasks, \"ö\" 🙂");
        var about = new IntegrationEvent(
                NOON,
                "sluice@10.0.0.7:7355",
                "one",
                3,
                Kind.ERROR,
                "parked",
                "unformattable: no id",
                Optional.of(new OfMessage(
                        "tbmq/a", "device-1", "s-1", "device-1:7:00ff", OptionalInt.of(2), OptionalLong.of(1L << 40))));
        var elsewhere = new IntegrationEvent(
                NOON,
                "n",
                "one",
                3,
                Kind.ERROR,
                "parked",
                "",
                Optional.of(new OfMessage("tbmq/a", "device-1", "", "device-1:8:00ff")));

        events.append(List.of(plain, about, elsewhere));

        var found = events.find(Query.newest(10));
        assertThat(found).extracting(Kept::event).containsExactly(elsewhere, about, plain);
        assertThat(found).extracting(Kept::id).isSortedAccordingTo((a, b) -> Long.compare(b, a));
    }

    @Test
    void keepsTheLongestEvent() {
        var name = "ö".repeat(IntegrationEvent.NAME_MAX + 1);
        var event = new IntegrationEvent(
                NOON,
                "n".repeat(300),
                "i".repeat(64),
                127,
                Kind.LIFECYCLE,
                "backing-off",
                "ö\0".repeat(IntegrationEvent.MESSAGE_MAX),
                Optional.of(new OfMessage(name, name, name, name)));

        events.append(List.of(event));

        assertThat(events.find(Query.newest(1)))
                .singleElement()
                .satisfies(kept -> assertThat(kept.event().message())
                        .hasSize(IntegrationEvent.MESSAGE_MAX)
                        .startsWith("ö"));
    }

    @Test
    void goesOnBehindAPage() {
        append("one", 7);

        var first = events.find(Query.newest(3));
        var second = events.find(Query.newest(3).before(first.getLast().id()));
        var third = events.find(Query.newest(3).before(second.getLast().id()));

        assertThat(messages(first)).containsExactly("event 6", "event 5", "event 4");
        assertThat(messages(second)).containsExactly("event 3", "event 2", "event 1");
        assertThat(messages(third)).containsExactly("event 0");
    }

    @Test
    void findsWhatIsAskedFor() {
        events.append(List.of(
                event("one", Kind.LIFECYCLE, NOON, "Started 100% here"),
                event("one", Kind.ERROR, NOON.plusSeconds(1), "topic_a: not there!"),
                event("other", Kind.ERROR, NOON.plusSeconds(2), "TOPIC A, not there")));
        var all = Query.newest(10);

        assertThat(messages(events.find(all.of("one")))).containsExactly("topic_a: not there!", "Started 100% here");
        assertThat(messages(events.find(all.of(Kind.ERROR))))
                .containsExactly("TOPIC A, not there", "topic_a: not there!");
        assertThat(messages(events.find(all.of("one").of(Kind.ERROR)))).containsExactly("topic_a: not there!");
        assertThat(messages(events.find(all.between(NOON, NOON.plusSeconds(2)))))
                .containsExactly("topic_a: not there!", "Started 100% here");
        assertThat(messages(events.find(all.between(NOON.plusMillis(1), NOON.plusSeconds(9)))))
                .containsExactly("TOPIC A, not there", "topic_a: not there!");
        assertThat(messages(events.find(all.containing("TOPIC")))).hasSize(2);
        assertThat(messages(events.find(all.containing("topic a")))).containsExactly("TOPIC A, not there");
        assertThat(messages(events.find(all.containing("c_A")))).containsExactly("topic_a: not there!");
        assertThat(messages(events.find(all.containing("0%")))).containsExactly("Started 100% here");
        assertThat(messages(events.find(all.containing("!")))).containsExactly("topic_a: not there!");
        assertThat(events.find(all.containing("' OR '1'='1"))).isEmpty();
    }

    @Test
    void refusesALimitThatIsNone() {
        assertThatThrownBy(() -> Query.newest(0)).hasMessage("events: expected a limit of 1 to 1000, was 0");
        assertThatThrownBy(() -> Query.newest(1_001)).hasMessage("events: expected a limit of 1 to 1000, was 1001");
    }

    @Test
    void clearsWhatIsNamed() {
        append("one", 2_500);
        append("other", 3);
        events.append(List.of(event("one", Kind.ERROR, NOON, "a"), event("one", Kind.ERROR, NOON, "b")));

        assertThat(events.clear("one", Kind.ERROR)).isEqualTo(2);
        assertThat(events.clear("one")).isEqualTo(2_500);
        assertThat(events.clear("one")).isZero();

        assertThat(events.find(Query.newest(10))).hasSize(3);
    }

    @Test
    void forgetsTheOldestOfTooMany() {
        append("one", 250);
        append("other", 100);

        assertThat(events.tidy(100, Instant.EPOCH)).isEqualTo(150);

        assertThat(messages(events.find(Query.newest(1_000).of("one"))))
                .hasSize(100)
                .startsWith("event 249")
                .endsWith("event 150");
        assertThat(events.find(Query.newest(1_000).of("other"))).hasSize(100);
        append("one", 5);
        assertThat(events.tidy(100, Instant.EPOCH)).isEqualTo(5);
        assertThat(events.tidy(100, Instant.EPOCH)).isZero();
    }

    @Test
    void forgetsTheOldestOfTooManyThatWereThereBefore() {
        append("one", 250);
        close();
        open();

        assertThat(events.tidy(100, Instant.EPOCH)).isEqualTo(150);
    }

    @Test
    void forgetsWhatIsTooOld() {
        append("one", 1_500);

        var deleted = events.tidy(1_000_000, NOON.plusSeconds(1_200));

        assertThat(deleted).isEqualTo(1_200);
        assertThat(events.find(Query.newest(1_000)).getLast().event().message()).isEqualTo("event 1200");
    }

    @Test
    void keepsAllOfABatchOrNothing() {
        var tooLong = event("i".repeat(65), Kind.ERROR, NOON, "does not fit");

        assertThatThrownBy(() -> events.append(List.of(event("one", Kind.ERROR, NOON, "fits"), tooLong)))
                .isInstanceOf(StoreFailed.class);

        assertThat(events.find(Query.newest(10))).isEmpty();
        append("one", 1);
        assertThat(events.find(Query.newest(10))).hasSize(1);
    }

    @Test
    void addsUpNodesAndMinutes() {
        var sums = new Sums(10, 1_000, 5, 1, 2, 1, 4, 3);
        statistics.add(1, "node-1", NOON, Map.of("one", figures(sums, 50, 1_000, 90), "other", figures(sums, 1, 1, 1)));
        statistics.add(2, "node-2", NOON, Map.of("one", figures(sums, 70, 100_000, 10)));
        statistics.add(3, "node-1", NOON.plus(MINUTE), Map.of("one", figures(sums, 3, 2_000, 4)));
        statistics.add(4, "node-1", NOON.plus(MINUTE.multipliedBy(4)), Map.of("one", figures(sums, 0, 0, 0)));

        var minutes = statistics.series("one", NOON.plusSeconds(30), NOON.plus(MINUTE.multipliedBy(6)), MINUTE);
        var pairs = statistics.series("one", NOON, NOON.plus(MINUTE.multipliedBy(6)), MINUTE.multipliedBy(2));

        assertThat(minutes)
                .extracting(Point::at)
                .containsExactlyElementsOf(IntStream.range(0, 6)
                        .mapToObj(i -> NOON.plus(MINUTE.multipliedBy(i)))
                        .toList());
        assertThat(minutes.getFirst().sums()).isEqualTo(sums.plus(sums));
        assertThat(minutes.getFirst().lagMillisMax()).isEqualTo(70);
        assertThat(minutes.getFirst().latencyMicrosP50()).isBetween(1_000L, 1_010L);
        assertThat(minutes.getFirst().latencyMicrosP95()).isBetween(100_000L, 101_000L);
        assertThat(minutes.getFirst().latencyMicrosMax()).isEqualTo(100_000);
        assertThat(minutes.get(2)).isEqualTo(new Point(NOON.plusSeconds(120), Sums.NONE, 0, 0, 0, 0, 0));
        assertThat(minutes.get(4).sums()).isEqualTo(sums);
        assertThat(minutes.get(4).latencyMicrosP99()).isZero();
        assertThat(pairs).hasSize(3);
        assertThat(pairs.getFirst().sums()).isEqualTo(sums.plus(sums).plus(sums));
        assertThat(pairs.getFirst().latencyMicrosP50()).isBetween(1_000L, 1_010L);
        assertThat(pairs.get(1)).isEqualTo(new Point(NOON.plusSeconds(120), Sums.NONE, 0, 0, 0, 0, 0));
        assertThat(pairs.get(2).sums()).isEqualTo(sums);
    }

    @Test
    void totalsOfEachIntegration() {
        var sums = new Sums(10, 1_000, 5, 1, 2, 1, 4, 3);
        statistics.add(1, "node-1", NOON, Map.of("one", figures(sums, 50, 1_000, 90), "other", figures(sums, 1, 1, 1)));
        statistics.add(2, "node-2", NOON, Map.of("one", figures(sums, 70, 100_000, 10)));
        statistics.add(3, "node-1", NOON.plus(MINUTE), Map.of("one", figures(sums, 3, 2_000, 4)));

        var first = statistics.totals(NOON, NOON.plus(MINUTE));

        assertThat(first)
                .containsExactly(
                        Map.entry("one", new Totals(sums.plus(sums), 70, 100_000)),
                        Map.entry("other", new Totals(sums, 1, 1)));
        assertThat(statistics.totals("one", NOON.plus(MINUTE), NOON.plus(MINUTE.multipliedBy(2))))
                .isEqualTo(new Totals(sums, 3, 2_000));
        assertThat(statistics.totals("nobody", NOON, NOON.plus(MINUTE))).isEqualTo(Totals.NONE);
    }

    @Test
    void addsASnapshotOnce() {
        var sums = new Sums(10, 1_000, 5, 1, 2, 1, 4, 3);
        var figures = Map.of("one", figures(sums, 50, 1_000, 90), "other", figures(sums, 50, 1_000, 90));

        statistics.add(1, "node-1", NOON, figures);
        statistics.add(1, "node-1", NOON, figures);
        assertThat(statistics.totals(NOON, NOON.plus(MINUTE)).values()).containsOnly(new Totals(sums, 50, 1_000));

        statistics.add(2, "node-1", NOON, figures);
        assertThat(statistics.totals(NOON, NOON.plus(MINUTE)).values())
                .containsOnly(new Totals(sums.plus(sums), 50, 1_000));
    }

    @Test
    void forgetsStatisticsThatAreTooOld() {
        var figures = Map.of("one", figures(new Sums(1, 0, 0, 0, 0, 0, 0, 0), 0, 0, 0));
        IntStream.range(0, 1_200)
                .forEach(minute -> statistics.add(minute, "node-1", NOON.plus(MINUTE.multipliedBy(minute)), figures));

        assertThat(statistics.tidy(NOON.plus(MINUTE.multipliedBy(1_100)))).isEqualTo(1_100);

        assertThat(statistics
                        .totals("one", NOON, NOON.plus(Duration.ofDays(2)))
                        .sums()
                        .routed())
                .isEqualTo(100);
    }

    @Test
    void refusesStepsItCannotGive() {
        assertThatThrownBy(() -> statistics.series("one", NOON, NOON.plus(MINUTE), Duration.ofSeconds(90)))
                .hasMessage("statistics: expected a step of whole minutes, was PT1M30S");
        assertThatThrownBy(() -> statistics.series("one", NOON, NOON.plus(Duration.ofDays(8)), MINUTE))
                .hasMessage("statistics: expected at most 11000 points, was 11520; take a larger step");
    }

    private void append(String integration, int count) {
        events.append(IntStream.range(0, count)
                .mapToObj(i -> event(integration, Kind.LIFECYCLE, NOON.plusSeconds(i), "event " + i))
                .toList());
    }

    private static IntegrationEvent event(String integration, Kind kind, Instant at, String message) {
        return new IntegrationEvent(at, "node-1", integration, -1, kind, "changed", message, Optional.empty());
    }

    private static List<String> messages(List<Kept> found) {
        return found.stream().map(kept -> kept.event().message()).toList();
    }

    private static Figures figures(Sums sums, long lagMillis, long micros, long times) {
        if (times == 0) {
            return new Figures(sums, lagMillis, 0, new byte[0]);
        }
        var histogram = new Histogram(2);
        histogram.recordValueWithCount(micros, times);
        var buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        var length = histogram.encodeIntoCompressedByteBuffer(buffer);
        return new Figures(sums, lagMillis, micros, Arrays.copyOf(buffer.array(), length));
    }
}
