package io.sluice.node.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Looks at the topic of an integration without touching it.
final class TopicLook {

    /// @param partitions 0 if it is not there
    /// @param allowed    to us, as Kafka itself says; empty if it does not
    record Seen(int partitions, Optional<Set<AclOperation>> allowed) {
        static final Seen NOTHING = new Seen(0, Optional.empty());

        boolean exists() {
            return partitions > 0;
        }

        /// Empty if nobody knows.
        Optional<Boolean> may(AclOperation operation) {
            return allowed.map(all -> all.contains(operation) || all.contains(AclOperation.ALL));
        }

        Optional<Boolean> mayWrite() {
            return may(AclOperation.WRITE);
        }
    }

    /// Judges a topic that is not there.
    interface Missing {
        Finding look() throws ExecutionException, InterruptedException, TimeoutException;
    }

    private final Cluster cluster;
    private final Causes causes;
    private final String topic;
    private final Map<String, Object> producer;
    private final Duration limit;
    private Seen seen = Seen.NOTHING;

    /// @param producer properties of the integration's producer
    TopicLook(Cluster cluster, Causes causes, String topic, Map<String, Object> producer, Duration limit) {
        this.cluster = cluster;
        this.causes = causes;
        this.topic = topic;
        this.producer = producer;
        this.limit = limit.dividedBy(2);
    }

    Seen seen() {
        return seen;
    }

    Finding look() throws ExecutionException, InterruptedException, TimeoutException {
        return look(this::missing);
    }

    Finding look(Missing missing) throws ExecutionException, InterruptedException, TimeoutException {
        try {
            var options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
            var described = cluster.admin().describeTopics(List.of(topic), options);
            return found(Cluster.answer(
                    Objects.requireNonNull(described.topicNameValues().get(topic)), limit));
        } catch (ExecutionException e) {
            return switch (e.getCause()) {
                case UnknownTopicOrPartitionException _ -> missing.look();
                // Kafka says the same of a topic that is not there: who may not see it is not told.
                case TopicAuthorizationException denied -> Finding.failed(causes.of(denied));
                case null, default -> throw e;
            };
        }
    }

    private Finding found(TopicDescription description)
            throws ExecutionException, InterruptedException, TimeoutException {
        var partitions = description.partitions();
        seen = new Seen(partitions.size(), Optional.ofNullable(description.authorizedOperations()));
        var leaderless = count(partitions, partition -> partition.leader() == null);
        if (leaderless == partitions.size()) {
            return Finding.failed(
                    "no partition of topic [%s] has a leader".formatted(topic),
                    "start the brokers that hold its copies");
        }
        var warnings = new ArrayList<String>();
        if (leaderless > 0) {
            warnings.add(
                    "%d of %d partitions have no leader: their subjects wait".formatted(leaderless, partitions.size()));
        }
        var copies = partitions.stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
        if (copies == 1) {
            warnings.add("each partition has one copy (replication factor 1): it is lost with its broker");
        }
        var words = "topic [%s] has %d partition(s), replication factor %d".formatted(topic, partitions.size(), copies);
        var config = config(new ConfigResource(ConfigResource.Type.TOPIC, topic));
        if (config.isEmpty()) {
            warnings.add("its settings could not be compared: %s may not read them (DescribeConfigs)"
                    .formatted(causes.principal()));
            return Finding.ok(words, warnings);
        }
        var inSyncMin = number(config.get(), "min.insync.replicas", 1);
        var bytesMax = number(config.get(), "max.message.bytes", Long.MAX_VALUE);
        compare(partitions, inSyncMin, bytesMax, warnings);
        return Finding.ok(
                "%s, min.insync.replicas %d, max.message.bytes %d".formatted(words, inSyncMin, bytesMax), warnings);
    }

    private void compare(List<TopicPartitionInfo> partitions, long inSyncMin, long bytesMax, List<String> warnings) {
        var ackedByAll = "all".equals(String.valueOf(producer.getOrDefault(ProducerConfig.ACKS_CONFIG, "all")));
        if (ackedByAll && inSyncMin <= 1) {
            warnings.add("min.insync.replicas is 1: with acks = all one copy is enough, and its broker may be lost;"
                    + " set it to 2 where there are 3 copies");
        }
        var starved = count(partitions, partition -> partition.isr().size() < inSyncMin);
        if (ackedByAll && starved > 0) {
            warnings.add("%d of %d partitions have fewer copies in sync than min.insync.replicas: their subjects wait"
                    .formatted(starved, partitions.size()));
        }
        if (producer.get(ProducerConfig.MAX_REQUEST_SIZE_CONFIG) instanceof Integer ours && bytesMax < ours) {
            warnings.add(
                    "max.message.bytes of the topic (%d) is below max-request-size of the integration (%d): larger records go to the dead letters"
                            .formatted(bytesMax, ours));
        }
    }

    private static int count(List<TopicPartitionInfo> partitions, Predicate<TopicPartitionInfo> which) {
        return (int) partitions.stream().filter(which).count();
    }

    /// Whether Kafka would make it for the first record, which Kafka is asked to judge without doing it.
    private Finding missing() throws InterruptedException, TimeoutException, ExecutionException {
        var words = "topic [%s] is not there".formatted(topic);
        var broker = config(new ConfigResource(ConfigResource.Type.BROKER, String.valueOf(cluster.anyBroker())));
        var byItself = broker.map(config -> Boolean.parseBoolean(text(config, "auto.create.topics.enable")));
        var create = "create it, e.g. kafka-topics --create --topic %s --partitions 12 --replication-factor 3"
                .formatted(topic);
        if (byItself.isEmpty()) {
            return Finding.failed(
                    words + ", and whether Kafka creates it by itself %s may not see".formatted(causes.principal()),
                    create);
        }
        if (!byItself.get()) {
            return Finding.failed(words + ", and Kafka does not create it by itself", create);
        }
        try {
            var asked = cluster.admin()
                    .createTopics(
                            List.of(new NewTopic(topic, Optional.empty(), Optional.empty())),
                            new CreateTopicsOptions().validateOnly(true));
            Cluster.answer(asked.all(), limit);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                return Finding.failed(
                        "%s, and %s may not create it".formatted(words, causes.principal()),
                        create + "; or permit Create on the topic");
            }
            var trouble = causes.of(e);
            return Finding.failed(words + ", and Kafka could not create it: " + trouble.words(), trouble.cure());
        }
        return Finding.ok(
                "%s; Kafka creates it for the first record, with %s partition(s) and replication factor %s"
                        .formatted(
                                words,
                                text(broker.get(), "num.partitions"),
                                text(broker.get(), "default.replication.factor")),
                List.of());
    }

    /// Empty if we may not know.
    private Optional<Config> config(ConfigResource of)
            throws ExecutionException, InterruptedException, TimeoutException {
        try {
            var asked = cluster.admin().describeConfigs(List.of(of));
            return Optional.of(
                    Cluster.answer(Objects.requireNonNull(asked.values().get(of)), limit));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static String text(Config config, String name) {
        var entry = config.get(name);
        return entry == null || entry.value() == null ? "" : entry.value();
    }

    private static long number(Config config, String name, long instead) {
        try {
            return Long.parseLong(text(config, name));
        } catch (NumberFormatException _) {
            return instead;
        }
    }
}
