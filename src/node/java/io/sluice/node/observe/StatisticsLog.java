package io.sluice.node.observe;

import io.micrometer.core.instrument.Counter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SortedMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what was counted in each minute, soon after it has ended, and the rest when the node stops. A node that is
/// killed loses the minute under way. While it cannot be written the newest minutes wait; the oldest beyond them is
/// dropped and counted.
public final class StatisticsLog {
    /// Where statistics are kept. May block.
    public interface Book {
        /// All of them or none; nothing is added twice for one snapshot.
        ///
        /// @param snapshot unlike every other
        /// @param minute   its beginning
        /// @throws RuntimeException if they could not be kept; they will be given again
        void add(long snapshot, String node, Instant minute, SortedMap<String, Figures> figures);
    }

    private record Snapshot(long id, Instant minute, SortedMap<String, Figures> figures) {}

    /// Snapshots that wait to be written.
    static final int WAITING_MAX = 10;

    private static final Logger log = LoggerFactory.getLogger(StatisticsLog.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);
    private static final int PAUSE_MAX = 10;

    private final Book book;
    private final Tallies tallies;
    private final Runnable lags;
    private final Counter dropped;
    private final Clock clock;
    private final Deque<Snapshot> waiting = new ArrayDeque<>();
    private Instant minute;
    private String node = "";
    private volatile @Nullable Beat beat;
    private int failures;
    private int pause;

    /// @param lags    tells the tallies the lag of each task
    /// @param dropped counts minutes that could not be kept
    public StatisticsLog(Book book, Tallies tallies, Runnable lags, Counter dropped, Clock clock) {
        this.book = book;
        this.tallies = tallies;
        this.lags = lags;
        this.dropped = dropped;
        this.clock = clock;
        this.minute = minuteOf(clock);
    }

    /// Writes from now on. Once.
    ///
    /// @param nodeName said to be who counted
    public synchronized void start(String nodeName) {
        node = nodeName;
        minute = minuteOf(clock);
        beat = Beat.start("statistics-log", LOOK_EVERY, this::look, this::writeNow);
    }

    /// Writes what is left, in bounded time.
    public void close() {
        var running = beat;
        if (running != null && !running.close(CLOSE_LIMIT)) {
            log.warn("the last statistics could not be written within {} s", CLOSE_LIMIT.toSeconds());
        }
    }

    /// Writes what was counted in the minute under way so far.
    public synchronized void writeNow() {
        lags.run();
        take();
        write();
    }

    /// To be called about every second.
    synchronized void look() {
        lags.run();
        var now = minuteOf(clock);
        if (!now.equals(minute)) {
            take();
            minute = now;
        }
        if (pause > 0) {
            pause--;
        } else {
            write();
        }
    }

    private void take() {
        var figures = tallies.take();
        if (figures.isEmpty()) {
            return;
        }
        waiting.add(new Snapshot(ThreadLocalRandom.current().nextLong(), minute, figures));
        if (waiting.size() > WAITING_MAX) {
            waiting.remove();
            dropped.increment();
        }
    }

    private void write() {
        while (!waiting.isEmpty()) {
            var next = waiting.element();
            try {
                book.add(next.id, node, next.minute, next.figures);
            } catch (RuntimeException e) {
                if (failures++ == 0) {
                    log.warn("statistics wait to be written: {}", e.getMessage());
                }
                pause = Math.min(failures, PAUSE_MAX);
                return;
            }
            waiting.remove();
            if (failures > 0) {
                failures = 0;
                log.info("statistics are written again");
            }
        }
    }

    private static Instant minuteOf(Clock clock) {
        return clock.instant().truncatedTo(ChronoUnit.MINUTES);
    }
}
