package io.sluice.node.integration;

import io.sluice.node.broker.KafkaAdmin;
import io.sluice.node.integration.Outlet.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/// The topics of a task whose records name their own. Kafka is asked about each new name before the first record
/// for it is sent, which lets it create the topic; a record whose topic is certainly not there, or may not be
/// written, is refused, and the others go on. Without an answer nothing is refused and nothing is sent.
///
/// All new names of a list are asked about at the same time, so a list waits for two timeouts at most. Blocks.
final class PatternTopics {

    /// How long to wait for topics, and how many to remember.
    ///
    /// @param timeout for Kafka to find or create one, and again for it to say that there is none
    /// @param recheck for which a refused name is refused without asking again
    /// @param namesMax names remembered as found, and as refused; the one used least lately is forgotten first
    record Bounds(Duration timeout, Duration recheck, int namesMax) {}

    /// Kafka takes no record for a topic.
    static final class Refused extends Exception {
        private final String reason;
        private final long at = System.nanoTime();

        private Refused(String reason, String message) {
            super(message, null, false, false);
            this.reason = reason;
        }

        static Refused missing(String topic) {
            return new Refused(
                    "topic missing",
                    "topic [%s]: expected one that Kafka has or creates by itself, was neither".formatted(topic));
        }

        static Refused denied(String topic) {
            return new Refused(
                    "topic not permitted",
                    "topic [%s]: expected one that we may write to, was refused by Kafka's access rules"
                            .formatted(topic));
        }

        String reason() {
            return reason;
        }

        private boolean isOlderThan(Duration age) {
            return System.nanoTime() - at > age.toNanos();
        }
    }

    /// Ships what is left.
    interface Shipper {
        CompletionStage<List<Refusal>> ship(List<ProducerRecord<byte[], byte[]>> records);
    }

    private enum Found {
        YES,
        DENIED,
        NO_ANSWER
    }

    private final Producer<byte[], byte[]> producer;
    private final Map<String, Object> properties;
    private final Bounds bounds;
    private final Map<String, Boolean> found;
    private final Map<String, Refused> refused;

    /// @param producer   whose `max.block.ms` is the timeout
    /// @param properties of that producer
    PatternTopics(Producer<byte[], byte[]> producer, Map<String, Object> properties, Bounds bounds) {
        this.producer = producer;
        this.properties = Map.copyOf(properties);
        this.bounds = bounds;
        this.found = bounded(bounds.namesMax());
        this.refused = bounded(bounds.namesMax());
    }

    /// Waits until Kafka answers.
    void reach() {
        try (var admin = KafkaAdmin.open(properties, bounds.timeout())) {
            answer(admin.describeCluster().nodes());
        } catch (ExecutionException e) {
            throw new KafkaException(e.getCause());
        }
    }

    /// Ships the records whose topics are there. The answer lists the others too, by their index among all.
    CompletionStage<List<Refusal>> sift(List<ProducerRecord<byte[], byte[]>> records, Shipper shipper) {
        Map<String, Refused> without;
        try {
            without = refusedAmong(records.stream().map(ProducerRecord::topic).collect(Collectors.toSet()));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (without.isEmpty()) {
            return shipper.ship(records)
                    .thenApply(refusals -> refusals.stream()
                            .map(refusal -> placed(refusal, refusal.index(), records))
                            .toList());
        }
        return shipRest(records, without, shipper);
    }

    private CompletionStage<List<Refusal>> shipRest(
            List<ProducerRecord<byte[], byte[]>> records, Map<String, Refused> without, Shipper shipper) {
        var kept = new ArrayList<Integer>(records.size());
        var refusals = new ArrayList<Refusal>(0);
        for (int i = 0; i < records.size(); i++) {
            var why = without.get(records.get(i).topic());
            if (why == null) {
                kept.add(i);
            } else {
                refusals.add(new Refusal(i, why));
            }
        }
        return shipper.ship(kept.stream().map(records::get).toList()).thenApply(others -> {
            others.forEach(other -> refusals.add(placed(other, kept.get(other.index()), records)));
            return refusals;
        });
    }

    private Refusal placed(Refusal refusal, int index, List<ProducerRecord<byte[], byte[]>> records) {
        if (!(refusal.cause() instanceof TopicAuthorizationException)) {
            return new Refusal(index, refusal.cause());
        }
        var topic = records.get(index).topic();
        found.remove(topic);
        return new Refusal(index, remembered(topic, Refused.denied(topic)));
    }

    private Map<String, Refused> refusedAmong(Set<String> names) {
        var without = new HashMap<String, Refused>();
        var unknown = new LinkedHashSet<String>();
        for (var name : names) {
            var why = refused.get(name);
            if (why != null && !why.isOlderThan(bounds.recheck())) {
                without.put(name, why);
            } else if (why != null || found.get(name) == null) {
                unknown.add(name);
            }
        }
        if (!unknown.isEmpty()) {
            without.putAll(refusedByKafka(unknown));
        }
        return without;
    }

    private Map<String, Refused> refusedByKafka(Set<String> unknown) {
        var without = new HashMap<String, Refused>();
        var silent = new ArrayList<String>(0);
        lookUp(unknown).forEach((name, answer) -> {
            switch (answer) {
                case YES -> remember(name, null);
                case DENIED -> without.put(name, remembered(name, Refused.denied(name)));
                case NO_ANSWER -> silent.add(name);
            }
        });
        if (!silent.isEmpty()) {
            describe(silent, without);
        }
        return without;
    }

    private Map<String, Found> lookUp(Collection<String> names) {
        var answers = new LinkedHashMap<String, Future<Found>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            names.forEach(name -> answers.put(name, threads.submit(() -> lookUp(name))));
        }
        var found = new LinkedHashMap<String, Found>();
        answers.forEach((name, answer) -> found.put(name, lookedUp(answer)));
        return found;
    }

    private static Found lookedUp(Future<Found> future) {
        try {
            return answer(future);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new KafkaException(e);
        }
    }

    /// An invalid name is left to the producer, which refuses the record. What else goes wrong breaks the line.
    private Found lookUp(String name) {
        try {
            producer.partitionsFor(name);
            return Found.YES;
        } catch (InvalidTopicException _) {
            return Found.YES;
        } catch (TopicAuthorizationException _) {
            return Found.DENIED;
        } catch (TimeoutException _) {
            return Found.NO_ANSWER;
        }
    }

    /// The producer does not tell a topic that is not there from a Kafka that is away.
    private void describe(List<String> names, Map<String, Refused> without) {
        try (var admin = KafkaAdmin.open(properties, bounds.timeout())) {
            admin.describeTopics(names).topicNameValues().forEach((name, described) -> {
                var why = whyNot(name, described);
                remember(name, why);
                if (why != null) {
                    without.put(name, why);
                }
            });
        }
    }

    private @Nullable Refused whyNot(String name, Future<?> described) {
        try {
            answer(described);
            return null;
        } catch (ExecutionException e) {
            return switch (e.getCause()) {
                case UnknownTopicOrPartitionException _ -> Refused.missing(name);
                case TopicAuthorizationException _ -> Refused.denied(name);
                case InvalidTopicException _ -> null;
                case null, default ->
                    throw new KafkaException(
                            "topic [%s]: expected Kafka to say within %d ms whether it is there, was: %s"
                                    .formatted(name, bounds.timeout().toMillis(), e.getCause()),
                            e);
            };
        }
    }

    private static <T> T answer(Future<T> question) throws ExecutionException {
        try {
            return question.get();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private void remember(String name, @Nullable Refused why) {
        if (why == null) {
            refused.remove(name);
            found.put(name, true);
        } else {
            refused.put(name, why);
        }
    }

    private Refused remembered(String name, Refused why) {
        remember(name, why);
        return why;
    }

    private static <V> Map<String, V> bounded(int max) {
        return Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > max;
            }
        });
    }
}
