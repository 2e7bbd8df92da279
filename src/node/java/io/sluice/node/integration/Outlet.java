package io.sluice.node.integration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// One task's producer, stopped by its first failure: once a record could not be sent, nothing that was given later
/// goes out. The failed callback itself closes the producer by force, and one request is in flight at a time, so
/// nothing is under way behind a failure, with any `acks`. Idempotence would not do instead: a partition that does not
/// know the producer takes any first sequence number.
///
/// Calls may block until Kafka answers: only virtual threads come here.
final class Outlet {

    /// A record Kafka will never take.
    ///
    /// @param index position in the list that was shipped
    record Refusal(int index, Exception cause) {
        String reason() {
            return cause instanceof PatternTopics.Refused refused ? refused.reason() : "refused by kafka";
        }
    }

    /// Some record of a batch is invalid and Kafka does not say reliably which: ship them one by one.
    static final class InvalidAmongMany extends Exception {
        InvalidAmongMany(String what) {
            super("kafka refused a batch of records: " + what);
        }
    }

    /// Others may own what this node owned.
    static final class Fenced extends IllegalStateException {
        static final String PROBLEM =
                "this node was taken out of the cluster, or stood still (or its clock was set) for so long that it may have been";

        Fenced() {
            super(PROBLEM);
        }
    }

    /// A topic was deleted and made anew with fewer partitions: what is under way to the others waits without end.
    static final class PartitionsGone extends IllegalStateException {
        PartitionsGone(String topic, int before, int now) {
            super("topic [%s] has %d partitions, had %d: it was made anew".formatted(topic, now, before));
        }
    }

    private final Producer<byte[], byte[]> producer;
    private final BooleanSupplier mayWrite;
    private final boolean transactional;
    private final Optional<PatternTopics> patterns;
    private final ProducerWatch watch;
    private volatile boolean stopped;
    private volatile @Nullable Exception verdict;

    private Outlet(
            Producer<byte[], byte[]> producer,
            BooleanSupplier mayWrite,
            boolean transactional,
            Optional<PatternTopics> patterns) {
        this.producer = producer;
        this.mayWrite = mayWrite;
        this.transactional = transactional;
        this.patterns = patterns;
        this.watch = new ProducerWatch(producer);
    }

    /// Opens a producer; with a `transactional.id` among the properties it fences every earlier one of that id.
    ///
    /// @param mayWrite asked for each record
    static Outlet open(Map<String, Object> properties, BooleanSupplier mayWrite) {
        return new Outlet(producer(properties), mayWrite, isTransactional(properties), Optional.empty());
    }

    /// Opens one for records that name their own topics: it waits for none of them longer than the bounds say.
    static Outlet openForPatterns(
            Map<String, Object> properties, BooleanSupplier mayWrite, PatternTopics.Bounds bounds) {
        var bounded = new HashMap<>(properties);
        bounded.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, bounds.timeout().toMillis());
        var producer = producer(bounded);
        return new Outlet(
                producer,
                mayWrite,
                isTransactional(properties),
                Optional.of(new PatternTopics(producer, properties, bounds)));
    }

    private static Producer<byte[], byte[]> producer(Map<String, Object> properties) {
        var ordered = new HashMap<>(properties);
        ordered.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        return new KafkaProducer<>(ordered, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static boolean isTransactional(Map<String, Object> properties) {
        return properties.containsKey(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    }

    /// Waits until Kafka can be written to: it answers, the topic has leaders, and earlier owners are fenced.
    ///
    /// @param topic null if records name their own
    void warmUp(@Nullable String topic) {
        if (transactional) {
            producer.initTransactions();
        }
        if (topic != null) {
            watch.reach(topic);
        }
        patterns.ifPresent(PatternTopics::reach);
    }

    boolean isTransactional() {
        return transactional;
    }

    /// Ships records in order, those left out whose topic Kafka does not have; see [#ship(List)] and
    /// [#shipOneByOne(List)].
    CompletionStage<List<Refusal>> ship(List<ProducerRecord<byte[], byte[]>> records, boolean oneByOne) {
        PatternTopics.Shipper shipper = oneByOne ? this::shipOneByOne : this::ship;
        return patterns.map(topics -> topics.sift(records, shipper).whenComplete((_, failure) -> {
                    if (failure != null) {
                        stop();
                    }
                }))
                .orElseGet(() -> shipper.ship(records));
    }

    /// Ships records in order. The answer lists what Kafka will never take, once all others are acknowledged. It fails
    /// if anything else went wrong: then the outlet is stopped, and what was shipped may or may not be in Kafka.
    CompletionStage<List<Refusal>> ship(List<ProducerRecord<byte[], byte[]>> records) {
        if (records.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        return transactional ? shipInTransaction(records) : new Shipping(false).ship(records);
    }

    /// Ships records in order, each after the one before it was acknowledged. Slow, but nothing shares a batch with an
    /// invalid one, as long as nothing else is shipped meanwhile.
    CompletionStage<List<Refusal>> shipOneByOne(List<ProducerRecord<byte[], byte[]>> records) {
        var refusals = new ArrayList<Refusal>();
        try {
            for (int i = 0; i < records.size(); i++) {
                var index = i;
                shipAlone(records.subList(i, i + 1))
                        .toCompletableFuture()
                        .get()
                        .forEach(refusal -> refusals.add(new Refusal(index, refusal.cause())));
            }
            return CompletableFuture.completedFuture(refusals);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CompletableFuture.failedFuture(e);
        } catch (java.util.concurrent.ExecutionException e) {
            return CompletableFuture.failedFuture(e.getCause() == null ? e : e.getCause());
        }
    }

    /// Looks whether the producer gets on; call it every second or so. Never blocks.
    ///
    /// @return what to do about it, which may block for long
    Optional<Runnable> look() {
        return watch.look()
                .map(look -> () -> look.get().ifPresent(found -> {
                    verdict = found;
                    stop();
                }));
    }

    boolean isStopped() {
        return stopped;
    }

    /// Ends at once: what is not yet acknowledged fails. May be called from any thread, also from a callback. From
    /// elsewhere it waits until the producer writes nothing more, up to `request.timeout.ms` if Kafka hangs.
    void stop() {
        stopped = true;
        producer.close(Duration.ZERO);
    }

    private CompletionStage<List<Refusal>> shipAlone(List<ProducerRecord<byte[], byte[]>> one) {
        if (transactional) {
            return shipInTransaction(one);
        }
        var shipped = new Shipping(true).ship(one);
        producer.flush();
        return shipped;
    }

    private CompletionStage<List<Refusal>> shipInTransaction(List<ProducerRecord<byte[], byte[]>> records) {
        try {
            producer.beginTransaction();
            var shipped = new Shipping(records.size() == 1).ship(records);
            producer.flush();
            var refusals = shipped.toCompletableFuture().get();
            if (refusals.isEmpty()) {
                producer.commitTransaction();
                return shipped;
            }
            producer.abortTransaction();
            if (records.size() == 1) {
                return shipped;
            }
            throw new InvalidAmongMany(words(refusals.getFirst().cause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CompletableFuture.failedFuture(e);
        } catch (Exception e) {
            stop();
            return CompletableFuture.failedFuture(
                    e instanceof java.util.concurrent.ExecutionException && e.getCause() != null ? e.getCause() : e);
        }
    }

    /// A topic of its own choice that a record may not be written to concerns that record alone.
    private boolean isDenied(Exception cause) {
        return patterns.isPresent() && cause instanceof TopicAuthorizationException;
    }

    private static boolean isPoison(Exception cause) {
        return cause instanceof RecordTooLargeException
                || cause instanceof InvalidRecordException
                || cause instanceof InvalidTimestampException
                || cause instanceof RecordBatchTooLargeException
                || cause instanceof InvalidTopicException;
    }

    /// A whole batch fails for one invalid record in it, also one of another shipment, so an invalid one is only known
    /// for sure when it travels alone.
    private static boolean isAmbiguous(Exception cause) {
        return cause instanceof InvalidRecordException
                || cause instanceof InvalidTimestampException
                || cause instanceof RecordBatchTooLargeException;
    }

    /// Where Kafka named the invalid record of a batch, the client fails the others with a [KafkaException] that is
    /// nothing more special; but so it does with all that is left when it is stopped.
    private boolean isCompanionOfInvalid(Exception cause) {
        return !stopped && cause.getClass().equals(KafkaException.class);
    }

    private static String words(Exception cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /// The records of one shipment on their way.
    private final class Shipping {
        private final CompletableFuture<List<Refusal>> shipped = new CompletableFuture<>();
        private final AtomicInteger missing = new AtomicInteger();
        private final boolean alone;
        private final List<Refusal> refusals = new ArrayList<>(0);
        private @Nullable Exception failure;

        /// @param alone one record, and no other is under way
        private Shipping(boolean alone) {
            this.alone = alone;
        }

        private CompletionStage<List<Refusal>> ship(List<ProducerRecord<byte[], byte[]>> records) {
            missing.set(records.size());
            watch.sent(records.size());
            for (int i = 0; i < records.size(); i++) {
                var answered = new Answered(i);
                try {
                    var record = records.get(i);
                    if (!mayWrite.getAsBoolean()) {
                        throw new Fenced();
                    }
                    var _ = producer.send(record, record instanceof Traced traced ? traced.noting(answered) : answered);
                } catch (RuntimeException e) {
                    answered.onCompletion(null, e);
                }
            }
            return shipped;
        }

        private void failed(int index, Exception cause) {
            if (isFirstFailure(index, cause)) {
                stop();
            }
        }

        private synchronized boolean isFirstFailure(int index, Exception cause) {
            if (isDenied(cause) || (isPoison(cause) && (alone || !isAmbiguous(cause)))) {
                refusals.add(new Refusal(index, cause));
                return false;
            }
            var isFirst = failure == null;
            if (isAmbiguous(cause) || isCompanionOfInvalid(cause)) {
                failure = new InvalidAmongMany(words(cause));
            } else if (isFirst) {
                failure = cause;
            }
            return isFirst;
        }

        private void complete() {
            var cause = verdict != null ? verdict : failure();
            if (cause != null) {
                shipped.completeExceptionally(cause);
            } else {
                shipped.complete(refusals);
            }
        }

        private synchronized @Nullable Exception failure() {
            return failure;
        }

        private final class Answered implements Callback {
            private final int index;
            private boolean answered;

            private Answered(int index) {
                this.index = index;
            }

            @Override
            public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception cause) {
                if (answered) {
                    return;
                }
                answered = true;
                if (cause != null) {
                    failed(index, cause);
                }
                watch.answered();
                if (missing.decrementAndGet() == 0) {
                    complete();
                }
            }
        }
    }
}
