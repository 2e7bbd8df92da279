package io.sluice.bench;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// A server in a process of its own that has a node's manners, or one bad one, for trials of the trials.
final class StandIn {
    private StandIn() {}

    /// Arguments: port, bootstrap servers, topic, and `last` or `first` for when it acknowledges.
    public static void main(String[] arguments) {
        var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", arguments[1], "acks", "all", "enable.idempotence", true),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        var first = arguments[3].equals("first");
        var _ = new Sink(Integer.parseInt(arguments[0])).forgetting().answering(got -> {
            var key = got.clientId().getBytes(StandardCharsets.UTF_8);
            var value = got.payload().getBytes(StandardCharsets.UTF_8);
            var _ = producer.send(new ProducerRecord<>(arguments[2], key, value), (_, failure) -> {
                if (failure == null && !first) {
                    got.acknowledge().run();
                }
            });
            return first ? Sink.Answer.ACKNOWLEDGE : Sink.Answer.SILENCE;
        });
    }
}
