package io.sluice.node.broker;

import io.sluice.node.broker.Check.Outcome;
import io.sluice.node.broker.Check.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;

/// Looks at a topic that we make, write and read ourselves, without touching it.
final class OwnTopicLook {
    private final Cluster cluster;
    private final Causes causes;
    private final Topic.Own topic;
    private final TopicLook look;
    private final Duration limit;

    /// @param properties of any client of the cluster
    OwnTopicLook(Cluster cluster, Causes causes, Topic.Own topic, Map<String, Object> properties, Duration limit) {
        this.cluster = cluster;
        this.causes = causes;
        this.topic = topic;
        this.limit = limit.dividedBy(4);
        this.look = new TopicLook(cluster, causes, topic.name(), properties, limit.dividedBy(2));
    }

    Finding look() throws ExecutionException, InterruptedException, TimeoutException {
        var finding = look.look(this::missing);
        if (finding.outcome() != Outcome.OK) {
            return finding;
        }
        var lacking = lacking();
        if (!lacking.isEmpty()) {
            return Finding.failed(
                    "%s may not do all that a queue needs with topic [%s], which is there: %s is missing"
                            .formatted(causes.principal(), topic.name(), String.join(", ", lacking)),
                    causes.permit(lacking, "--topic " + topic.name()));
        }
        return mayCommit()
                ? finding
                : Finding.failed(
                        "%s may not commit as group [%s]".formatted(causes.principal(), topic.name()),
                        causes.permit(List.of("Read"), "--group " + topic.name()));
    }

    /// Of what we do with a topic that is there. What nobody knows is taken for allowed.
    private List<String> lacking() {
        var seen = look.seen();
        var needed = new ArrayList<AclOperation>();
        if (seen.exists()) {
            needed.addAll(List.of(
                    AclOperation.READ,
                    AclOperation.WRITE,
                    AclOperation.DELETE,
                    AclOperation.DESCRIBE_CONFIGS,
                    AclOperation.ALTER_CONFIGS));
            if (seen.partitions() < topic.partitions()) {
                needed.add(AclOperation.ALTER);
            }
        }
        return needed.stream()
                .filter(operation -> !seen.may(operation).orElse(true))
                .map(OwnTopicLook::words)
                .toList();
    }

    /// As Kafka's own tools write it.
    private static String words(AclOperation operation) {
        var words = new StringBuilder();
        for (var word : operation.name().split("_", -1)) {
            words.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return words.toString();
    }

    /// Kafka is asked to judge it without doing it.
    private Finding missing() throws ExecutionException, InterruptedException, TimeoutException {
        var replicas = topic.replicationFactor() < 0
                ? Optional.<Short>empty()
                : Optional.of((short) topic.replicationFactor());
        var words = "topic [%s] is not there".formatted(topic.name());
        try {
            var asked = cluster.admin()
                    .createTopics(
                            List.of(new NewTopic(topic.name(), Optional.of(topic.partitions()), replicas)),
                            new CreateTopicsOptions().validateOnly(true));
            Cluster.answer(asked.all(), limit);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                return Finding.failed(
                        "%s, and %s may not create it".formatted(words, causes.principal()),
                        causes.permit(List.of("Create", "Describe"), "--topic " + topic.name()));
            }
            var trouble = causes.of(e);
            return Finding.failed(words + ", and Kafka could not create it: " + trouble.words(), trouble.cure());
        }
        return Finding.ok(
                "%s; it is made with %d partition(s) for the first message".formatted(words, topic.partitions()),
                List.of());
    }

    /// Whoever coordinates groups says first whether we may; it may not be there yet in a new cluster.
    private boolean mayCommit() throws InterruptedException, TimeoutException {
        try {
            var asked = cluster.admin().listConsumerGroupOffsets(topic.name());
            Cluster.answer(asked.partitionsToOffsetAndMetadata(), limit);
            return true;
        } catch (ExecutionException e) {
            return !(e.getCause() instanceof GroupAuthorizationException);
        }
    }
}
