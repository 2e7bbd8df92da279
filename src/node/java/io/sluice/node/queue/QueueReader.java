package io.sluice.node.queue;

import io.sluice.node.event.Arrival;
import io.sluice.node.handover.Batch;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.RetriableException;

/// Reads a task's partition of a queue on a thread of its own, from the last commit on, commits what the task has
/// settled, and has it removed. It reads no more than the task may hold, and gives nothing of lanes that are not clear.
public final class QueueReader {

    /// Arrivals that follow each other, all of the same lanes.
    ///
    /// @param life which topic of that name they were read from: a higher one for each that took its place
    /// @param next offset behind them
    public record Chunk(int life, long lanes, long next, Batch batch) {}

    /// Told on the reader's thread; must not block.
    public interface Listener {
        void read(QueueReader reader, Chunk chunk);

        /// Lanes that something waits for may be clear now.
        void mayBeClear();

        /// The queue's own limits have removed messages that were never read.
        void expired(QueuePlace place, long messages);

        /// The topic was deleted and made anew, or has lost its end: what was in it is gone.
        void cut(QueuePlace place, String what);

        /// Why the queue cannot be read; empty when it can be again.
        void trouble(String problem);
    }

    /// Lanes below all others.
    static final long NOTHING = Long.MIN_VALUE;

    private static final long NONE = -1;
    private static final int CHUNK_ARRIVALS = 500;
    private static final long CHUNK_WEIGHT = 512 * 1024;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration POLL_FULL = Duration.ofMillis(10);
    private static final Duration PAUSE = Duration.ofMillis(500);

    /// Kafka forgets a commit after days, and one who was the owner may have set it back.
    private static final int COMMITS_LEFT_OUT_MAX = 60;

    private final QueueTopic topic;
    private final TopicPartition partition;
    private final ClearanceLook look;
    private final QueueTrim trim;
    private final Listener listener;
    private final Thread thread;
    private final Deque<ReadRecord> pending = new ArrayDeque<>();
    private final AtomicLong heldBytes = new AtomicLong();
    private final AtomicLong heldMessages = new AtomicLong();
    private volatile long settled = NONE;
    private volatile long allowed = NOTHING;
    private volatile long wanted = NOTHING;
    private volatile boolean stopped;
    private volatile int life;
    private Uuid id = Uuid.ZERO_UUID;
    private long position = NONE;
    private volatile long given = NONE;
    private long committed = NONE;
    private long committedAtNanos;
    private String problem = "";
    private String commitProblem = "";

    /// @param clearance looks up to which lanes all is clear, given those known to have begun; may block and fail
    QueueReader(QueueTopic topic, int task, LongUnaryOperator clearance, Listener listener) {
        this.topic = topic;
        this.partition = new TopicPartition(topic.place().topic(), task);
        this.look = new ClearanceLook(partition, clearance, listener::mayBeClear);
        this.trim = new QueueTrim(topic, task);
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
        wanted = NOTHING;
    }

    /// Nothing of it is with the task.
    boolean isIdle() {
        return heldMessages.get() == 0;
    }

    /// The task has something of these lanes, which are not clear.
    void want(long lanes) {
        wanted = Math.max(wanted, lanes);
    }

    /// The oldest chunk that is not settled is safe.
    public synchronized void settled(Chunk chunk) {
        heldBytes.addAndGet(-chunk.batch().weight());
        heldMessages.addAndGet(-chunk.batch().size());
        if (chunk.life() == life) {
            settled = Math.max(settled, chunk.next());
        }
    }

    /// All below this offset is safe; negative if that is not known.
    long settled() {
        return settled;
    }

    /// Commits what is settled, and ends soon.
    void stop() {
        stopped = true;
    }

    /// Waits for the end, in bounded time.
    void join(Duration atMost) {
        try {
            thread.join(atMost);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!stopped) {
            try (var consumer = topic.consumer(partition.partition())) {
                if (isThere(consumer)) {
                    read(consumer);
                } else {
                    lookWhenDue(); // others may be what something waits for
                    tell(look.problem());
                }
            } catch (RuntimeException | Error e) {
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
        pending.clear();
        var begin = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
        var found = topic.id();
        if (given == NONE) {
            var commit = consumer.committed(Set.of(partition)).get(partition);
            startAt(commit == null ? begin : commit.offset());
        } else if (!found.equals(id)) {
            cut(begin, "was deleted and made anew");
        }
        id = found;
        committedAtNanos = System.nanoTime();
        position = given;
        skipTo(begin);
        consumer.seek(partition, position);
        return true;
    }

    private synchronized void startAt(long offset) {
        given = offset;
        settled = offset;
        committed = offset;
        position = offset;
    }

    /// What was given before is of no matter to what there is now.
    private synchronized void cut(long begin, String what) {
        listener.cut(
                topic.place(),
                "partition %d %s; it was read up to %d".formatted(partition.partition(), what, position));
        life++;
        pending.clear();
        startAt(begin);
        committed = NONE;
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
                var hasRoom = pending.isEmpty() && hasRoom();
                if (hasRoom) {
                    consumer.resume(List.of(partition));
                } else {
                    consumer.pause(List.of(partition));
                }
                var unreadable = take(consumer, hasRoom && !isWaiting() ? POLL : POLL_FULL);
                give();
                commitWhenDue(consumer);
                trim.whenDue(id, committed);
                lookWhenDue();
                if (unreadable.isPresent() && pending.isEmpty()) {
                    throw unreadable.get(); // all in front of it is given
                }
                tell(Stream.of(commitProblem, look.problem(), trim.problem())
                        .filter(text -> !text.isEmpty())
                        .findFirst()
                        .orElse(""));
                if (pending.isEmpty() && !topic.partitions(consumer).contains(partition)) {
                    return; // or it would be asked for without a pause
                }
            }
        } finally {
            if (stopped) {
                commitLast(consumer);
            }
        }
    }

    /// @return why a record cannot be read; nothing behind it is taken
    private Optional<KafkaException> take(Consumer<byte[], byte[]> consumer, Duration atMost) {
        try {
            for (var record : consumer.poll(atMost)) {
                skipTo(record.offset());
                pending.add(ReadRecord.of(record));
                position = record.offset() + 1;
            }
            return Optional.empty();
        } catch (OffsetOutOfRangeException e) {
            findAgain(consumer);
            return Optional.empty();
        } catch (ReadRecord.Unreadable e) {
            consumer.seek(partition, position);
            return Optional.of(e);
        }
    }

    private void findAgain(Consumer<byte[], byte[]> consumer) {
        var begin = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
        var end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        if (position > end) {
            cut(begin, "was cut, or deleted and made anew: it ends at " + end);
            id = topic.id();
        } else {
            skipTo(begin);
        }
        consumer.seek(partition, position);
    }

    private void give() {
        while (!pending.isEmpty() && pending.element().lanes() <= allowed && hasRoom()) {
            var chunk = chunk();
            given = chunk.next();
            heldBytes.addAndGet(chunk.batch().weight());
            heldMessages.addAndGet(chunk.batch().size());
            listener.read(this, chunk);
        }
    }

    private boolean hasRoom() {
        return heldBytes.get() < topic.settings().readBytes()
                && heldMessages.get() < topic.settings().readMessages();
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
        return new Chunk(life, lanes, next, new Batch(arrivals, subjects, weight, () -> {}));
    }

    private boolean isWaiting() {
        return allowed != NOTHING
                && (wanted > allowed || (!pending.isEmpty() && pending.element().lanes() > allowed));
    }

    /// At once where others may wait for it, since nothing is under way; and from time to time though it is known.
    private void commitWhenDue(Consumer<byte[], byte[]> consumer) {
        passOver();
        var since = System.nanoTime() - committedAtNanos;
        var interval = topic.settings().commitInterval().toNanos();
        if (settled > committed ? since >= interval || settled == given : since >= interval * COMMITS_LEFT_OUT_MAX) {
            commit(consumer);
        }
    }

    /// What was skipped behind all that is settled is settled as well.
    private synchronized void passOver() {
        if (pending.isEmpty() && settled == given && position > given) {
            given = position;
            settled = position;
        }
    }

    private void commit(Consumer<byte[], byte[]> consumer) {
        var upTo = settled;
        committedAtNanos = System.nanoTime();
        try {
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(upTo)), QueueTopic.ANSWER_TIMEOUT);
            committed = upTo;
            commitProblem = "";
        } catch (RetriableException e) {
            commitProblem = "could not commit: " + e.getMessage(); // what is safe is committed the next time
        }
    }

    /// Whoever owns the partition by now may have come further.
    private void commitLast(Consumer<byte[], byte[]> consumer) {
        var found =
                consumer.committed(Set.of(partition), QueueTopic.ANSWER_TIMEOUT).get(partition);
        if (found == null || found.offset() < settled) {
            commit(consumer);
        }
    }

    private void lookWhenDue() {
        if (isWaiting()) {
            look.whenDue(
                    Math.max(
                            wanted > allowed ? wanted : NOTHING,
                            pending.isEmpty() ? NOTHING : pending.element().lanes()),
                    () -> allowed);
        } else {
            look.reset();
        }
    }
}
