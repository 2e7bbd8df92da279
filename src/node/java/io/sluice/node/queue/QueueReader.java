package io.sluice.node.queue;

import io.sluice.node.event.Arrival;
import io.sluice.node.handover.Batch;
import io.sluice.node.handover.QueuedForm;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;

/// Reads a task's partition of a queue on a thread of its own, from the last commit on, and commits what the task has
/// settled. It reads no more than the task may hold, and gives nothing of lanes that are not clear.
public final class QueueReader {

    /// Arrivals that follow each other, all of the same lanes.
    ///
    /// @param next offset behind them
    public record Chunk(long lanes, long next, Batch batch) {}

    /// Told on the reader's thread; must not block.
    public interface Listener {
        void read(QueueReader reader, Chunk chunk);

        /// Lanes that something waits for may be clear now.
        void mayBeClear();

        /// The queue's own limits have removed messages that were never read.
        void expired(QueuePlace place, long messages);

        /// Why the queue cannot be read; empty when it can be again.
        void trouble(String problem);
    }

    private record Read(long offset, long lanes, Arrival arrival, String subject) {}

    /// Lanes below all others.
    static final long NOTHING = Long.MIN_VALUE;

    private static final long NONE = -1;
    private static final int CHUNK_ARRIVALS = 500;
    private static final long CHUNK_WEIGHT = 512 * 1024;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration POLL_FULL = Duration.ofMillis(10);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration LOOK_MIN = Duration.ofMillis(100);
    private static final Duration LOOK_MAX = Duration.ofSeconds(2);

    private final QueueTopic topic;
    private final TopicPartition partition;
    private final LongUnaryOperator clearance;
    private final Listener listener;
    private final Thread thread;
    private final Deque<Read> pending = new ArrayDeque<>();
    private final AtomicLong held = new AtomicLong();
    private volatile long settled = NONE;
    private volatile long allowed = NOTHING;
    private volatile long wanted = NOTHING;
    private volatile boolean stopped;
    private long position = NONE;
    private long given = NONE;
    private long committed = NONE;
    private long committedAtNanos;
    private long lookAtNanos;
    private Duration lookPause = LOOK_MIN;
    private String problem = "";

    /// @param clearance looks up to which lanes all is clear, given those known to have begun; may block and fail
    QueueReader(QueueTopic topic, int task, LongUnaryOperator clearance, Listener listener) {
        this.topic = topic;
        this.partition = new TopicPartition(topic.place().topic(), task);
        this.clearance = clearance;
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("queue-reader-" + partition).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    QueuePlace place() {
        return topic.place();
    }

    /// Lanes up to these are clear.
    void allow(long lanes) {
        allowed = lanes;
    }

    /// The task has something of these lanes, which are not clear.
    void want(long lanes) {
        wanted = Math.max(wanted, lanes);
    }

    /// The oldest chunk that is not settled is safe.
    public void settled(Chunk chunk) {
        held.addAndGet(-chunk.batch().weight());
        settled = chunk.next();
    }

    /// All below this offset is safe; negative if that is not known.
    long settled() {
        return settled;
    }

    /// Commits what is settled and ends; waits for it in bounded time.
    void stop(Duration atMost) {
        stopped = true;
        try {
            thread.join(atMost);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!stopped) {
            try (var consumer = topic.consumer()) {
                if (isThere(consumer)) {
                    read(consumer);
                }
            } catch (RuntimeException e) {
                tell(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
            }
            pause();
        }
    }

    private void tell(String news) {
        if (!news.equals(problem) && !stopped) {
            problem = news;
            listener.trouble(news.isEmpty() ? "" : "queue: %s: %s".formatted(topic.place(), news));
        }
    }

    private void pause() {
        try {
            if (!stopped) {
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException _) {
            stopped = true;
        }
    }

    private boolean isThere(Consumer<byte[], byte[]> consumer) {
        if (!topic.partitions(consumer).contains(partition)) {
            return false;
        }
        consumer.assign(List.of(partition));
        if (given == NONE) {
            var found = consumer.committed(Set.of(partition)).get(partition);
            given = found == null ? 0 : found.offset();
            committed = given;
            settled = given;
        }
        pending.clear();
        position = given;
        var begin = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
        skipTo(begin);
        consumer.seek(partition, position);
        return true;
    }

    /// What the queue has removed is not there to be read.
    private void skipTo(long offset) {
        if (offset > position) {
            listener.expired(topic.place(), offset - position);
            position = offset;
        }
    }

    private void read(Consumer<byte[], byte[]> consumer) {
        try {
            while (!stopped) {
                var hasRoom = pending.isEmpty() && held.get() < topic.settings().readBytes();
                if (hasRoom) {
                    consumer.resume(List.of(partition));
                } else {
                    consumer.pause(List.of(partition));
                }
                for (var record : consumer.poll(hasRoom && !isWaiting() ? POLL : POLL_FULL)) {
                    skipTo(record.offset());
                    pending.add(read(record));
                    position = record.offset() + 1;
                }
                give();
                commitWhenDue(consumer);
                lookWhenDue();
                tell("");
            }
        } finally {
            if (stopped) {
                commit(consumer);
            }
        }
    }

    private Read read(ConsumerRecord<byte[], byte[]> record) {
        try {
            var queued = QueuedForm.read(record.value());
            var subject = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
            return new Read(record.offset(), queued.lanes(), queued.arrival(), subject);
        } catch (RuntimeException e) {
            throw new KafkaException("offset %d of partition %d cannot be read, and nothing behind it: %s"
                    .formatted(record.offset(), partition.partition(), e.getMessage()));
        }
    }

    private void give() {
        while (!pending.isEmpty()
                && pending.element().lanes() <= allowed
                && held.get() < topic.settings().readBytes()) {
            var chunk = chunk();
            given = chunk.next();
            held.addAndGet(chunk.batch().weight());
            listener.read(this, chunk);
        }
    }

    private Chunk chunk() {
        var arrivals = new ArrayList<Arrival>();
        var subjects = new ArrayList<String>();
        var lanes = pending.element().lanes();
        var weight = 0L;
        var next = 0L;
        while (!pending.isEmpty()
                && pending.element().lanes() == lanes
                && arrivals.size() < CHUNK_ARRIVALS
                && weight < CHUNK_WEIGHT) {
            var read = pending.remove();
            arrivals.add(read.arrival());
            subjects.add(read.subject());
            weight += read.arrival().weight();
            next = read.offset() + 1;
        }
        return new Chunk(lanes, next, new Batch(arrivals, subjects, weight, () -> {}));
    }

    private boolean isWaiting() {
        return allowed != NOTHING
                && (wanted > allowed || (!pending.isEmpty() && pending.element().lanes() > allowed));
    }

    /// At once where others may wait for it, since nothing is under way.
    private void commitWhenDue(Consumer<byte[], byte[]> consumer) {
        var isDue = System.nanoTime() - committedAtNanos
                >= topic.settings().commitInterval().toNanos();
        if (settled > committed && (isDue || held.get() == 0)) {
            commit(consumer);
        }
    }

    private void commit(Consumer<byte[], byte[]> consumer) {
        var upTo = settled;
        if (upTo <= committed) {
            return;
        }
        committedAtNanos = System.nanoTime();
        try {
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(upTo)), QueueTopic.ANSWER_TIMEOUT);
            committed = upTo;
        } catch (RetriableException e) {
            tell("could not commit: " + e.getMessage()); // what is safe is committed the next time
        }
    }

    private void lookWhenDue() {
        if (!isWaiting()) {
            lookPause = LOOK_MIN;
            return;
        }
        var now = System.nanoTime();
        if (now - lookAtNanos < lookPause.toNanos()) {
            return;
        }
        var lanes = Math.max(
                wanted > allowed ? wanted : NOTHING,
                pending.isEmpty() ? NOTHING : pending.element().lanes());
        if (clearance.applyAsLong(lanes) > allowed) {
            listener.mayBeClear();
        }
        lookAtNanos = System.nanoTime();
        lookPause = lookPause.multipliedBy(2).compareTo(LOOK_MAX) < 0 ? lookPause.multipliedBy(2) : LOOK_MAX;
    }
}
