package io.sluice.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/// Kafka of several brokers, each a process that is a controller too. With three, every partition has three copies, of
/// which two must have a record before it is acknowledged.
final class KafkaCluster implements AutoCloseable {
    private static final int HEAP_MIB = 320;
    private static final int ANSWER_SECONDS = 10;
    private static final Duration CREATE_LIMIT = Duration.ofSeconds(30);

    private final List<KafkaProcess> brokers;
    private final List<Relay> relays;

    private KafkaCluster(List<KafkaProcess> brokers, List<Relay> relays) {
        this.brokers = List.copyOf(brokers);
        this.relays = List.copyOf(relays);
    }

    /// Starts the processes and returns at once, see [#awaitReady()].
    ///
    /// @param relayed whether nodes reach it by ways that may be made bad
    static KafkaCluster start(Path folder, int count, boolean relayed) {
        var ports = Launch.freePorts(3 * count);
        var voters = IntStream.range(0, count)
                .mapToObj(i -> "%d@127.0.0.1:%d".formatted(i + 1, ports[count + i]))
                .collect(Collectors.joining(","));
        var cluster = Uuid.randomUuid().toString();
        var brokers = new ArrayList<KafkaProcess>();
        var relays = new ArrayList<Relay>();
        for (var i = 0; i < count; i++) {
            var seat = new KafkaProcess.Seat(
                    i + 1, cluster, ports[i], ports[count + i], voters, count >= 3 ? 3 : 1, HEAP_MIB);
            var home = folder.resolve("kafka-" + seat.id());
            if (relayed) {
                var outside = ports[2 * count + i];
                relays.add(Relay.to(outside));
                brokers.add(
                        KafkaProcess.start(home, seat, outside, relays.getLast().port()));
            } else {
                brokers.add(KafkaProcess.start(home, seat));
            }
        }
        return new KafkaCluster(brokers, relays);
    }

    void awaitReady() {
        brokers.forEach(KafkaProcess::awaitReady);
    }

    int size() {
        return brokers.size();
    }

    String bootstrapServers() {
        return brokers.stream().map(KafkaProcess::bootstrapServers).collect(Collectors.joining(","));
    }

    /// The same for nodes.
    String serversOfNodes() {
        return relays.isEmpty()
                ? bootstrapServers()
                : relays.stream().map(relay -> "127.0.0.1:" + relay.port()).collect(Collectors.joining(","));
    }

    /// The ways of nodes to it, of each broker one.
    List<Relay> relays() {
        return relays;
    }

    /// Lets a topic take no larger batches.
    void limit(String topic, int batchBytes) {
        change(topic, new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(batchBytes)), OpType.SET);
    }

    /// Lets a topic take what topics take.
    void unlimit(String topic) {
        change(topic, new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, ""), OpType.DELETE);
    }

    private void change(String topic, ConfigEntry entry, OpType how) {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        ask(
                topic,
                admin -> admin.incrementalAlterConfigs(Map.of(resource, List.of(new AlterConfigOp(entry, how))))
                        .all());
    }

    /// Index of the broker that leads a partition.
    int leader(String topic, int partition) {
        return partitions(topic).get(partition).leader().id() - 1;
    }

    /// Whether every copy of the topic is in sync.
    boolean whole(String topic) {
        try {
            return partitions(topic).stream()
                    .allMatch(partition ->
                            partition.isr().size() == partition.replicas().size());
        } catch (IllegalStateException _) {
            return false;
        }
    }

    /// SIGKILL; returns when the process is gone.
    void kill(int broker) {
        brokers.get(broker).kill();
    }

    void restart(int broker) {
        brokers.get(broker).restart();
    }

    /// Starts what is not there and lets go on what stands still.
    void repair() {
        for (var broker : brokers) {
            if (broker.alive()) {
                broker.resume();
            } else {
                broker.restart();
            }
        }
    }

    /// SIGSTOP to all.
    void pause() {
        brokers.forEach(KafkaProcess::pause);
    }

    /// SIGCONT to all.
    void resume() {
        brokers.forEach(KafkaProcess::resume);
    }

    @Override
    public void close() {
        brokers.forEach(KafkaProcess::kill);
        relays.forEach(Relay::close);
    }

    void create(String topic, int partitions) {
        ask(
                topic,
                admin -> admin.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
                        .all());
    }

    void delete(String topic) {
        ask(topic, admin -> admin.deleteTopics(List.of(topic)).all());
    }

    /// Makes a topic if nobody has, also one that was deleted and is not gone everywhere yet.
    void ensure(String topic, int partitions) {
        var isThere = Fleet.await(CREATE_LIMIT, () -> {
            try {
                create(topic, partitions);
                return true;
            } catch (IllegalStateException e) {
                return e.getCause() instanceof ExecutionException failed
                        && failed.getCause() instanceof TopicExistsException
                        && !partitions(topic).isEmpty();
            }
        });
        if (!isThere) {
            throw new IllegalStateException("kafka: topic %s: expected to be made, was not".formatted(topic));
        }
    }

    /// Records of a topic that the group of the same name has not committed.
    long lag(String topic) {
        var committed =
                ask(topic, admin -> admin.listConsumerGroupOffsets(topic).partitionsToOffsetAndMetadata());
        var newest = new HashMap<TopicPartition, OffsetSpec>();
        partitions(topic)
                .forEach(
                        partition -> newest.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest()));
        return ask(topic, admin -> admin.listOffsets(newest).all()).entrySet().stream()
                .mapToLong(end -> {
                    var offset = committed.get(end.getKey());
                    return end.getValue().offset() - (offset == null ? 0 : offset.offset());
                })
                .sum();
    }

    private List<TopicPartitionInfo> partitions(String topic) {
        return ask(topic, admin -> admin.describeTopics(List.of(topic)).allTopicNames()).values().stream()
                .map(TopicDescription::partitions)
                .findFirst()
                .orElseThrow();
    }

    private <T> T ask(String topic, Function<Admin, KafkaFuture<T>> question) {
        var settings = Map.<String, Object>of(
                "bootstrap.servers", bootstrapServers(), "default.api.timeout.ms", 8_000, "request.timeout.ms", 4_000);
        try (var admin = Admin.create(settings)) {
            return question.apply(admin).get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("kafka: topic %s: expected an answer, was %s".formatted(topic, e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("kafka: interrupted", e);
        }
    }
}
