package io.sluice.node.integration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// One task's producer, stopped by its first failure: once a record could not be sent, nothing that was given later
/// goes out.
/// The producer is idempotent, so Kafka itself turns away what was already under way behind the failed record (its
/// sequence
/// number has a gap before it), and the forced close keeps the client from numbering it anew.
///
/// Calls may block until Kafka answers: only virtual threads come here.
final class Outlet {

    /// A record Kafka will never take.
    ///
    /// @param index position in the list that was shipped
    record Refusal(int index, Exception cause) {}

    /// Some record of a batch is invalid and Kafka does not say reliably which: ship them one by one.
    static final class InvalidAmongMany extends Exception {
        InvalidAmongMany(Exception cause) {
            super("kafka refused a batch of records: expected valid ones, was " + cause.getMessage(), cause);
        }
    }

    private final Producer<byte[], byte[]> producer;
    private final boolean transactional;

    private Outlet(Producer<byte[], byte[]> producer, boolean transactional) {
        this.producer = producer;
        this.transactional = transactional;
    }

    /// Opens a producer; with a `transactional.id` among the properties it fences every earlier one of that id.
    static Outlet open(Map<String, Object> properties) {
        var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        return new Outlet(producer, properties.containsKey(ProducerConfig.TRANSACTIONAL_ID_CONFIG));
    }

    /// Waits until Kafka can be written to: the topic has leaders, and earlier owners are fenced.
    void warmUp(@Nullable String topic) {
        if (transactional) {
            producer.initTransactions();
        }
        if (topic != null) {
            producer.partitionsFor(topic);
        }
    }

    boolean isTransactional() {
        return transactional;
    }

    /// Ships records in order. The answer lists what Kafka will never take, once all others are acknowledged. It fails
    /// if
    /// anything else went wrong: then the outlet is stopped, and what was shipped may or may not be in Kafka.
    CompletionStage<List<Refusal>> ship(List<ProducerRecord<byte[], byte[]>> records) {
        if (records.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        return transactional ? shipInTransaction(records) : new Shipping(records.size()).ship(records);
    }

    /// Ships records in order, each after the one before it was acknowledged. Slow, but Kafka names the invalid one.
    CompletionStage<List<Refusal>> shipOneByOne(List<ProducerRecord<byte[], byte[]>> records) {
        var refusals = new ArrayList<Refusal>();
        try {
            for (int i = 0; i < records.size(); i++) {
                var index = i;
                ship(records.subList(i, i + 1))
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

    /// Ends at once: what is not yet acknowledged fails. May be called from any thread, also from a callback.
    void stop() {
        producer.close(Duration.ZERO);
    }

    private CompletionStage<List<Refusal>> shipInTransaction(List<ProducerRecord<byte[], byte[]>> records) {
        try {
            producer.beginTransaction();
            var shipped = new Shipping(records.size()).ship(records);
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
            throw new InvalidAmongMany(refusals.getFirst().cause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CompletableFuture.failedFuture(e);
        } catch (Exception e) {
            stop();
            return CompletableFuture.failedFuture(
                    e instanceof java.util.concurrent.ExecutionException && e.getCause() != null ? e.getCause() : e);
        }
    }

    private static boolean isPoison(Exception cause) {
        return cause instanceof RecordTooLargeException
                || cause instanceof InvalidRecordException
                || cause instanceof InvalidTimestampException
                || cause instanceof InvalidTopicException;
    }

    /// A whole batch fails for one invalid record in it, so an invalid one is only known for sure when it travels
    /// alone.
    private static boolean isAmbiguous(Exception cause) {
        return cause instanceof InvalidRecordException || cause instanceof InvalidTimestampException;
    }

    /// The records of one shipment on their way.
    private final class Shipping {
        private final CompletableFuture<List<Refusal>> shipped = new CompletableFuture<>();
        private final AtomicInteger missing;
        private final int size;
        private final List<Refusal> refusals = new ArrayList<>(0);
        private @Nullable Exception failure;

        private Shipping(int size) {
            this.size = size;
            this.missing = new AtomicInteger(size);
        }

        private CompletionStage<List<Refusal>> ship(List<ProducerRecord<byte[], byte[]>> records) {
            for (int i = 0; i < records.size(); i++) {
                var answered = new Answered(i);
                try {
                    var _ = producer.send(records.get(i), answered);
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
            if (isPoison(cause) && (size == 1 || !isAmbiguous(cause))) {
                refusals.add(new Refusal(index, cause));
                return false;
            }
            if (failure != null) {
                return false;
            }
            failure = isAmbiguous(cause) ? new InvalidAmongMany(cause) : cause;
            return true;
        }

        private synchronized void complete() {
            if (failure != null) {
                shipped.completeExceptionally(failure);
            } else {
                shipped.complete(refusals);
            }
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
                if (missing.decrementAndGet() == 0) {
                    complete();
                }
            }
        }
    }
}
