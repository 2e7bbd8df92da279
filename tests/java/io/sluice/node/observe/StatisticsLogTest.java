package io.sluice.node.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StatisticsLogTest {
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Ticking clock = new Ticking(NOON.plusSeconds(10));
    private final Tallies tallies = new Tallies();
    private final Counter dropped = new SimpleMeterRegistry().counter("dropped");
    private final List<Row> written = new ArrayList<>();
    private final Set<Long> snapshots = new HashSet<>();
    private boolean away;
    private long lagMillis;
    private final StatisticsLog log =
            new StatisticsLog(this::add, tallies, () -> tallies.lag("one", lagMillis), dropped, clock);

    private record Row(Instant minute, String integration, Figures figures) {}

    private void add(long snapshot, String node, Instant minute, SortedMap<String, Figures> figures) {
        if (away) {
            throw new IllegalStateException("away");
        }
        assertThat(snapshots.add(snapshot)).as("a snapshot of its own").isTrue();
        figures.forEach((integration, one) -> written.add(new Row(minute, integration, one)));
    }

    @Test
    void writesEachMinuteOnceItIsOver() {
        var tally = tallies.of("one");
        tally.routed(10, 1_000);
        tally.safe(8, 1, Duration.ofMillis(5).toNanos());
        tally.discarded(1);
        tally.resent(2);
        tallies.failed("one");
        log.look();
        assertThat(written).isEmpty();

        clock.passes(MINUTE);
        log.look();
        tally.routed(1, 7);
        clock.passes(MINUTE);
        log.look();

        assertThat(written).extracting(Row::minute).containsExactly(NOON, NOON.plus(MINUTE));
        assertThat(written.getFirst().figures().sums()).isEqualTo(new Sums(10, 1_000, 8, 0, 1, 1, 1, 2));
        assertThat(written.getFirst().figures().latencyMicrosMax()).isBetween(5_000L, 5_050L);
        assertThat(written.getLast().figures().sums()).isEqualTo(new Sums(1, 7, 0, 0, 0, 0, 0, 0));
        assertThat(written.getLast().figures().latencies()).isEmpty();
    }

    @Test
    void saysNothingOfMinutesInWhichNothingHappened() {
        tallies.of("one");

        for (int i = 0; i < 5; i++) {
            clock.passes(MINUTE);
            log.look();
        }

        assertThat(written).isEmpty();
    }

    @Test
    void keepsTheHighestLagOfAMinute() {
        tallies.of("one");
        for (var lag : List.of(100L, 4_000L, 200L)) {
            lagMillis = lag;
            log.look();
        }
        clock.passes(MINUTE);
        log.look();
        lagMillis = 0;
        clock.passes(MINUTE);
        log.look();

        assertThat(written).extracting(row -> row.figures().lagMillisMax()).containsExactly(4_000L);
    }

    @Test
    void aStoreThatIsAwayCostsTheOldestMinutesOnly() {
        away = true;
        for (int minute = 0; minute < 13; minute++) {
            tallies.of("one").routed(minute + 1, 0);
            clock.passes(MINUTE);
            log.look();
        }
        assertThat(dropped.count()).isEqualTo(3);

        away = false;
        IntStream.range(0, 12).forEach(_ -> log.look());

        assertThat(written)
                .extracting(row -> row.figures().sums().routed())
                .containsExactly(4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L);
        assertThat(written.getFirst().minute()).isEqualTo(NOON.plus(MINUTE.multipliedBy(3)));
    }

    @Test
    void writesTheMinuteUnderWayAtTheEnd() {
        log.start("node-1");
        tallies.of("one").routed(5, 0);

        log.close();

        assertThat(written).extracting(Row::minute).containsExactly(NOON);
    }

    @Test
    void anIntegrationThatIsGoneIsWrittenOnceMoreAndForgotten() {
        var tally = tallies.of("one");
        tally.routed(5, 0);
        tallies.forget("one");

        log.writeNow();
        tally.routed(7, 0);
        log.writeNow();
        assertThat(written).hasSize(1);
        tallies.of("one").routed(9, 0);
        tallies.forget("one");
        tallies.of("one").routed(1, 0);
        log.writeNow();
        tallies.of("one").routed(2, 0);
        log.writeNow();

        assertThat(written).extracting(row -> row.figures().sums().routed()).containsExactly(5L, 10L, 2L);
    }

    @Test
    void losesNothingThatIsCountedWhileItTakes() throws Exception {
        var threads = 4;
        var each = 50_000L;
        var done = new CountDownLatch(threads);
        var tally = tallies.of("one");
        try (var counting = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                counting.execute(() -> {
                    LongStream.range(0, each).forEach(n -> {
                        tally.routed(1, 3);
                        tally.safe(1, 0, n);
                    });
                    done.countDown();
                });
            }
            while (done.getCount() > 0) {
                log.writeNow();
            }
        }
        log.writeNow();

        var sums = written.stream().map(row -> row.figures().sums()).reduce(Sums.NONE, Sums::plus);
        assertThat(sums).isEqualTo(new Sums(threads * each, 3L * threads * each, threads * each, 0, 0, 0, 0, 0));
        var latencies = new Latencies();
        written.forEach(row -> latencies.add(row.figures().latencies()));
        assertThat(latencies.count()).isEqualTo(threads * each);
    }
}
