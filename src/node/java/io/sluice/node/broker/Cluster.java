package io.sluice.node.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/// The Kafka behind the servers, as an admin client sees it.
final class Cluster {
    private final Causes causes;
    private @Nullable Admin admin;
    private boolean closed;
    private String id = "";
    private @Nullable Node controller;
    private List<Node> nodes = List.of();

    Cluster(Causes causes) {
        this.causes = causes;
    }

    /// Asks who belongs to it, unless that is known.
    void ask(Map<String, Object> properties, Duration limit)
            throws ExecutionException, InterruptedException, TimeoutException {
        if (!nodes.isEmpty()) {
            return;
        }
        var described = admin(properties, limit).describeCluster();
        id = String.valueOf(answer(described.clusterId(), limit));
        controller = answer(described.controller(), limit);
        nodes = List.copyOf(answer(described.nodes(), limit));
    }

    Admin admin() {
        var opened = admin;
        if (opened == null) {
            throw new IllegalStateException("cluster: expected to be asked first");
        }
        return opened;
    }

    int anyBroker() {
        return nodes.getFirst().id();
    }

    /// Who they are, and whether what they say of themselves leads to them: a client talks to the addresses that
    /// the brokers advertise, and to the bootstrap servers only once.
    Finding brokers(Duration limit) throws InterruptedException {
        var reached = connect(nodes, limit);
        var words = "cluster [%s] has %d broker(s): %s; controller %s"
                .formatted(
                        id,
                        nodes.size(),
                        names(servers(nodes)),
                        controller == null ? "unknown" : controller.idString());
        var warnings = unreachable(reached);
        return reached.given().isEmpty() ? misled(words + "; ", warnings) : Finding.ok(words, warnings);
    }

    /// What keeps a client from an answer if the brokers advertise addresses that lead nowhere: they are asked for by a
    /// consumer, which gets them from the bootstrap servers. Empty if it is not that, or no topic can be seen.
    Optional<Finding> misled(Map<String, Object> properties, Duration limit) throws InterruptedException {
        var known = new HashMap<>(properties);
        known.keySet().retainAll(ConsumerConfig.configNames());
        known.put(ConsumerConfig.CLIENT_ID_CONFIG, Walk.THREAD);
        var leaders = new LinkedHashSet<Node>();
        try (var consumer = new KafkaConsumer<>(known, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            for (var partitions : consumer.listTopics(limit).values()) {
                partitions.stream()
                        .map(PartitionInfo::leader)
                        .filter(Objects::nonNull)
                        .forEach(leaders::add);
            }
        } catch (InterruptException e) {
            throw new InterruptedException();
        } catch (KafkaException _) {
            return Optional.empty();
        }
        var reached = connect(leaders, limit);
        return leaders.isEmpty() || !reached.given().isEmpty()
                ? Optional.empty()
                : Optional.of(misled("", unreachable(reached)));
    }

    private static Everywhere<Server, Server> connect(Collection<Node> nodes, Duration limit)
            throws InterruptedException {
        return Everywhere.ask(servers(nodes), limit, server -> {
            Server.connect(server.addresses().getFirst(), limit).close();
            return server;
        });
    }

    private static Finding misled(String words, List<String> unreachable) {
        return Finding.failed(
                words + String.join("; ", unreachable),
                "set advertised.listeners of the Kafka servers to addresses that can be reached from here");
    }

    private List<String> unreachable(Everywhere<Server, Server> reached) {
        var words = new ArrayList<String>();
        reached.failures()
                .forEach((server, failure) -> words.add("broker at %s, as it advertises itself, %s"
                        .formatted(server, causes.of(failure).words())));
        return words;
    }

    private static List<Server> servers(Collection<Node> nodes) {
        return nodes.stream().map(Server::of).distinct().toList();
    }

    private static String names(Collection<Server> servers) {
        return String.join(", ", servers.stream().map(Server::toString).toList());
    }

    private synchronized Admin admin(Map<String, Object> properties, Duration limit) {
        if (closed) {
            throw new IllegalStateException("cluster: expected to be open, was closed");
        }
        var opened = admin;
        if (opened == null) {
            opened = KafkaAdmin.open(properties, limit);
            admin = opened;
        }
        return opened;
    }

    static <T> T answer(KafkaFuture<T> asked, Duration limit)
            throws ExecutionException, InterruptedException, TimeoutException {
        return asked.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// May block while the client's thread does.
    synchronized void close() {
        closed = true;
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }
}
