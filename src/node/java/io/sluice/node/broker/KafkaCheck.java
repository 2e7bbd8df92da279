package io.sluice.node.broker;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/// Finds out, step by step, why a Kafka cluster could not be used, in words for an operator.
public final class KafkaCheck {
    private static final Duration STEP_TIMEOUT = Duration.ofSeconds(5);

    private KafkaCheck() {}

    /// Walks from name resolution to the topic and tells the first step that fails, else the cause as it came. Blocks
    /// for two steps of 5 s at most.
    ///
    /// @param broker     name of the broker definition
    /// @param properties of a client of that broker
    /// @param topic      that has to be there, null if records name their own
    public static String explain(
            String broker, Map<String, Object> properties, @Nullable String topic, Throwable cause) {
        var servers = properties.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
        try (var admin = KafkaAdmin.open(properties, STEP_TIMEOUT)) {
            admin.describeCluster().clusterId().get(STEP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (topic != null) {
                admin.describeTopics(List.of(topic))
                        .allTopicNames()
                        .get(STEP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            }
            return "broker [%s]: %s".formatted(broker, words(cause));
        } catch (TimeoutException _) {
            return noAnswer(broker, servers);
        } catch (ExecutionException e) {
            return switch (e.getCause()) {
                case UnknownTopicOrPartitionException _ ->
                    "broker [%s]: topic [%s] is not there and Kafka does not create it by itself; create it"
                            .formatted(broker, topic);
                case org.apache.kafka.common.errors.TimeoutException _ -> noAnswer(broker, servers);
                case null, default -> "broker [%s]: %s answered: %s".formatted(broker, servers, words(e));
            };
        } catch (KafkaException e) {
            return "broker [%s]: %s: %s".formatted(broker, servers, words(e));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    /// The client's own clock and ours run out at the same time; either may be first.
    private static String noAnswer(String broker, @Nullable Object servers) {
        return "broker [%s]: no answer from %s within %d s; is Kafka running there, and is the way open?"
                .formatted(broker, servers, STEP_TIMEOUT.toSeconds());
    }

    private static String words(Throwable failure) {
        var root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root.getMessage() != null) {
            return root.getMessage();
        }
        return root instanceof TimeoutException
                ? "it took too long"
                : root.getClass().getSimpleName();
    }
}
