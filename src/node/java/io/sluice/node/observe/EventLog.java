package io.sluice.node.observe;

import io.micrometer.core.instrument.Counter;
import io.sluice.node.observe.IntegrationEvent.Kind;
import io.sluice.node.observe.IntegrationEvent.OfMessage;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where the parts of a node tell what happened to an integration. Any thread; never blocks, never fails.
///
/// What is told is written within a second or so. While it cannot be, it waits, up to a bound; then the newest is
/// dropped and counted. What is written may be written twice, if the answer was lost. Of a flood of errors the first of
/// each second are told, and how many more there were. For what happens to integrations and tasks: nothing is told for
/// a message that gets where it should.
public final class EventLog {
    /// Where events are kept. May block.
    public interface Book {
        /// All of them or none.
        ///
        /// @throws RuntimeException if they could not be kept; they will be given again
        void append(List<IntegrationEvent> events);
    }

    private static final Logger log = LoggerFactory.getLogger(EventLog.class);
    private static final Duration WRITE_EVERY = Duration.ofSeconds(1);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);
    private static final int BATCH_MAX = 500;
    private static final int PAUSE_MAX = 10;

    private final Book book;
    private final BlockingQueue<IntegrationEvent> buffer;
    private final ErrorRate rate;
    private final Counter dropped;
    private final Clock clock;
    private final List<IntegrationEvent> underWay = new ArrayList<>();
    private volatile String node = "";
    private volatile @Nullable Beat beat;
    private int failures;
    private int pause;

    /// @param dropped counts what could not be kept
    public EventLog(Book book, HistorySettings settings, Counter dropped, Clock clock) {
        this.book = book;
        this.buffer = new ArrayBlockingQueue<>(settings.eventsBuffer());
        this.rate = new ErrorRate(settings.errorsPerSecond());
        this.dropped = dropped;
        this.clock = clock;
    }

    /// Writes from now on. Once.
    ///
    /// @param nodeName said to be where it happened
    public void start(String nodeName) {
        node = nodeName;
        beat = Beat.start("event-log", WRITE_EVERY, this::onBeat, this::writeLast);
    }

    /// Of an integration as a whole.
    public void lifecycle(String integration, String what, String message) {
        lifecycle(integration, IntegrationEvent.NO_TASK, what, message);
    }

    /// Of a task.
    public void lifecycle(String integration, int task, String what, String message) {
        add(event(integration, task, Kind.LIFECYCLE, what, message, Optional.empty()));
    }

    /// Of a task.
    public void error(String integration, int task, String what, String message) {
        error(event(integration, task, Kind.ERROR, what, message, Optional.empty()));
    }

    /// Of one message.
    public void error(String integration, int task, String what, String message, OfMessage about) {
        error(event(integration, task, Kind.ERROR, what, message, Optional.of(about)));
    }

    /// Writes what is left, in bounded time.
    public void close() {
        var running = beat;
        if (running != null && !running.close(CLOSE_LIMIT)) {
            log.warn("the last events could not be written within {} s", CLOSE_LIMIT.toSeconds());
        }
    }

    private IntegrationEvent event(
            String integration, int task, Kind kind, String what, String message, Optional<OfMessage> about) {
        return new IntegrationEvent(clock.instant(), node, integration, task, kind, what, message, about);
    }

    private void error(IntegrationEvent event) {
        if (rate.lets(event.integration(), event.at().getEpochSecond())) {
            add(event);
        }
    }

    private void add(IntegrationEvent event) {
        if (!buffer.offer(event)) {
            dropped.increment();
        }
    }

    void onBeat() {
        tellHeld();
        if (pause > 0) {
            pause--;
        } else {
            write();
        }
    }

    private void writeLast() {
        tellHeld();
        write();
        var left = underWay.size() + buffer.size();
        if (left > 0) {
            dropped.increment(left);
            log.warn("{} events are lost, they could not be written", left);
        }
    }

    private void tellHeld() {
        rate.held(clock.instant().getEpochSecond())
                .forEach((integration, more) -> add(event(
                        integration,
                        IntegrationEvent.NO_TASK,
                        Kind.ERROR,
                        "more",
                        "and %d more errors".formatted(more),
                        Optional.empty())));
    }

    /// All there is, or until it fails: then it waits a little longer each time, for the store is probably away.
    private void write() {
        while (!underWay.isEmpty() || buffer.drainTo(underWay, BATCH_MAX) > 0) {
            try {
                book.append(List.copyOf(underWay));
            } catch (RuntimeException e) {
                if (failures++ == 0) {
                    log.warn("events wait to be written: {}", e.getMessage());
                }
                pause = Math.min(failures, PAUSE_MAX);
                return;
            }
            underWay.clear();
            if (failures > 0) {
                failures = 0;
                log.info("events are written again");
            }
        }
    }
}
