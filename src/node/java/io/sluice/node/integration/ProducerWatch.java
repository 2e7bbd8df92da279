package io.sluice.node.integration;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;

/// Looks whether a producer gets on, where it waits without end for what cannot come.
final class ProducerWatch {
    /// Splits of batches between two looks from which on they are taken to be in vain.
    private static final int SPLITS_IN_VAIN = 50;

    /// Looks without an answer after which the topic is looked at.
    private static final int SILENT_LOOKS = 10;

    private final Producer<byte[], byte[]> producer;
    private final Optional<? extends Metric> splits;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong answers = new AtomicLong();
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile String topic = "";
    private volatile int partitions;

    // of who looks
    private double splitsSeen;
    private long answersSeen;
    private int silentLooks;

    ProducerWatch(Producer<byte[], byte[]> producer) {
        this.producer = producer;
        this.splits = producer.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals("batch-split-total"))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /// Waits until the topic is known; all records go there.
    void reach(String name) {
        partitions = producer.partitionsFor(name).size();
        topic = name;
    }

    void sent(int records) {
        sent.addAndGet(records);
    }

    void answered() {
        answers.incrementAndGet();
    }

    /// Called every second or so by one thread; never blocks.
    ///
    /// @return empty if all is well; else what finds why it does not get on, if anything; it may block for long
    Optional<Supplier<Optional<Exception>>> look() {
        var answersNow = answers.get();
        var isSilent = answersNow == answersSeen && sent.get() > answersNow;
        var splitsNow = splits.map(metric -> (Double) metric.metricValue()).orElse(0.0);
        var inVain = answersNow == answersSeen && splitsNow - splitsSeen > SPLITS_IN_VAIN;
        splitsSeen = splitsNow;
        answersSeen = answersNow;
        silentLooks = isSilent ? silentLooks + 1 : 0;
        if (inVain) {
            return Optional.of(ProducerWatch::splitInVain);
        }
        var looksAtTopic = silentLooks > 0 && silentLooks % SILENT_LOOKS == 0 && !topic.isEmpty();
        return looksAtTopic ? Optional.of(this::partitionsGone) : Optional.empty();
    }

    /// The client splits a batch that is too large for its topic, but where a small record fits into the slack behind
    /// a large one, every split makes the same batch again, for ever (kafka-clients 4.2.0).
    private static Optional<Exception> splitInVain() {
        return Optional.of(new Outlet.InvalidAmongMany("a batch is too large for its topic and cannot be split"));
    }

    private Optional<Exception> partitionsGone() {
        if (!looking.compareAndSet(false, true)) {
            return Optional.empty();
        }
        try {
            var now = producer.partitionsFor(topic).size();
            return now < partitions ? Optional.of(new Outlet.PartitionsGone(topic, partitions, now)) : Optional.empty();
        } catch (KafkaException | IllegalStateException _) {
            return Optional.empty(); // stopped meanwhile, or the topic is not there: it is waited for
        } finally {
            looking.set(false);
        }
    }
}
