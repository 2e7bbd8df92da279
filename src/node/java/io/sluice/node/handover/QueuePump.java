package io.sluice.node.handover;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/// Writes batches into a queue topic, in the order given, from a thread of its own. A record that could not be sent
/// stops the producer, with nothing behind it under way; the next producer sends again, in order, all that was not
/// acknowledged.
final class QueuePump {

    /// Told when all arrivals of a batch are safe. Any thread; must not block.
    interface Listener {
        void safe(Batch batch, int parked);

        /// Batches were sent again.
        void resent(int batches);
    }

    private static final class Entry {
        private final int task;
        private final Batch batch;
        private final List<Integer> refused = new ArrayList<>(0);
        private volatile boolean done;

        private Entry(Sender.Offer offer) {
            task = offer.task();
            batch = offer.batch();
        }
    }

    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final int DOUBLED_MAX = 5;

    /// A producer waits for Kafka as long as it takes, so nothing else would say it.
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final QueueTo queue;
    private final long lanes;
    private final Listener listener;
    private final BlockingQueue<Entry> incoming = new LinkedBlockingQueue<>();
    private final Deque<Entry> unsafe = new ArrayDeque<>();
    private final ConcurrentLinkedQueue<Entry> toPark = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean stopped;
    private @Nullable String told;
    private int failures;

    /// @param ended given in order what was not safe when the pump was stopped; nothing of it is written any more
    QueuePump(QueueTo queue, long lanes, Listener listener, Consumer<List<Batch>> ended) {
        this.queue = queue;
        this.lanes = lanes;
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("queue-" + queue.topic()).unstarted(() -> {
            run();
            ended.accept(left());
        });
    }

    void start() {
        thread.start();
    }

    void offer(Sender.Offer offer) {
        incoming.add(new Entry(offer));
    }

    /// Ends soon, whatever is under way.
    void stop() {
        stopped = true;
        thread.interrupt();
    }

    private void run() {
        while (!stopped) {
            try (var attempt = new Attempt(queue.opener().open(lanes))) {
                attempt.write();
            } catch (RuntimeException | Error e) {
                tell(e);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            pause();
        }
    }

    private void tell(Throwable problem) {
        tell(problem.getMessage() == null ? problem.getClass().getSimpleName() : problem.getMessage());
    }

    private void tell(String problem) {
        if (!stopped && !problem.equals(told)) {
            told = problem;
            queue.trouble().is(problem);
        }
    }

    private void pause() {
        try {
            if (!stopped) {
                Thread.sleep(queue.pause().multipliedBy(1L << Math.min(failures, DOUBLED_MAX)));
                failures++;
            }
        } catch (InterruptedException _) {
            stopped = true;
        }
    }

    private List<Batch> left() {
        var left = new ArrayList<Batch>();
        unsafe.stream().filter(entry -> !entry.done).forEach(entry -> left.add(entry.batch));
        incoming.forEach(entry -> left.add(entry.batch));
        return left;
    }

    private void settle(Entry entry) {
        entry.done = true;
        listener.safe(entry.batch, entry.refused.size());
    }

    /// The life of one producer.
    private final class Attempt implements AutoCloseable {
        private final Producer<byte[], byte[]> producer;
        private volatile @Nullable Exception failure;

        private Attempt(Producer<byte[], byte[]> producer) {
            this.producer = producer;
        }

        private void write() throws InterruptedException {
            var again = unsafe.stream()
                    .filter(entry -> !entry.done && !toPark.contains(entry))
                    .toList();
            listener.resent(again.size());
            again.forEach(this::send);
            var toldAt = System.nanoTime();
            while (!stopped && failure == null) {
                var next = incoming.poll(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
                if (next != null) {
                    unsafe.add(next);
                    send(next);
                }
                parkRefused();
                if (hasMoved()) {
                    toldAt = System.nanoTime();
                    failures = 0;
                    tell("");
                } else if (System.nanoTime() - toldAt > PATIENCE.toNanos()) {
                    tell("Kafka has acknowledged nothing for more than %d s".formatted(PATIENCE.toSeconds()));
                    if (queue.opener().lacksPartitions()) {
                        failed(new KafkaException("the topic was deleted, or lacks partitions"));
                    }
                    toldAt = System.nanoTime();
                }
            }
            var cause = failure;
            if (cause != null) {
                tell(cause);
            }
        }

        /// Something is safe since the last time, or nothing has to be.
        private boolean hasMoved() {
            var before = unsafe.size();
            while (!unsafe.isEmpty() && unsafe.element().done) {
                unsafe.remove();
            }
            return unsafe.isEmpty() || unsafe.size() < before;
        }

        private void send(Entry entry) {
            entry.refused.clear();
            var missing = new AtomicInteger(entry.batch.size());
            for (int i = 0; i < entry.batch.size() && failure == null; i++) {
                var index = i;
                try {
                    var _ = producer.send(record(entry, i), (_, cause) -> answered(entry, index, missing, cause));
                } catch (RuntimeException e) {
                    failed(e);
                }
            }
        }

        private ProducerRecord<byte[], byte[]> record(Entry entry, int index) {
            return new ProducerRecord<>(
                    queue.topic(),
                    entry.task,
                    entry.batch.subjects().get(index).getBytes(StandardCharsets.UTF_8),
                    QueuedForm.bytes(lanes, entry.batch.arrivals().get(index)));
        }

        private void answered(Entry entry, int index, AtomicInteger missing, @Nullable Exception cause) {
            if (cause instanceof RecordTooLargeException) {
                synchronized (entry) {
                    entry.refused.add(index);
                }
            } else if (cause != null) {
                failed(cause);
                return;
            }
            if (missing.decrementAndGet() == 0) {
                if (entry.refused.isEmpty()) {
                    settle(entry);
                } else {
                    toPark.add(entry);
                }
            }
        }

        /// One request is under way at a time, so nothing behind the one that failed is.
        private void failed(Exception cause) {
            if (failure == null) {
                failure = cause;
                producer.close(Duration.ZERO);
            }
        }

        private void parkRefused() {
            for (var entry = toPark.peek(); entry != null; entry = toPark.peek()) {
                for (var index : entry.refused) {
                    queue.refusals()
                            .park(
                                    entry.task,
                                    entry.batch.arrivals().get(index),
                                    entry.batch.subjects().get(index),
                                    "larger than the queue takes");
                }
                toPark.remove();
                settle(entry);
            }
        }

        /// Once it returns nothing is written any more.
        @Override
        public void close() {
            var interrupted = Thread.interrupted(); // or it would not be waited for
            producer.close(Duration.ZERO);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
