package io.sluice.node.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Plain Kafka clients, as anyone would use them.
final class Clients {
    private Clients() {}

    /// Returns once every record is acknowledged by all replicas.
    static void produce(String servers, String topic, List<byte[]> values) throws Exception {
        var settings = Map.<String, Object>of(
                "bootstrap.servers", servers, "acks", "all", "max.request.size", 9 << 20, "buffer.memory", 32 << 20);
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            var pending = values.stream()
                    .map(value -> producer.send(new ProducerRecord<>(topic, "key", value)))
                    .toList();
            for (var record : pending) {
                record.get();
            }
        }
    }

    /// Values of a topic in order of the partitions, as many as expected, read as a member of a new group.
    static List<byte[]> consume(String servers, String topic, int expected) {
        var settings = Map.<String, Object>of(
                "bootstrap.servers", servers, "group.id", "reader of " + topic, "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic));
            var values = new ArrayList<byte[]>();
            var deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (values.size() < expected && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            }
            return values;
        }
    }

    static int partitions(String servers, String topic) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            var topics = admin.describeTopics(List.of(topic)).allTopicNames().get();
            return Objects.requireNonNull(topics.get(topic)).partitions().size();
        }
    }

    static String clusterId(String servers) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            return admin.describeCluster().clusterId().get();
        }
    }

    static void make(String servers, NewTopic topic) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createTopics(List.of(topic)).all().get();
        }
    }
}
