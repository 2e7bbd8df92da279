package io.sluice.bench;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// A server in a process of its own that has a node's manners, or one bad one, for trials of the trials.
final class StandIn {
    private static final int HOARDED_BYTES = 256 << 10;

    private enum Manner {
        /// Acknowledges when Kafka has the record.
        LAST,
        /// Acknowledges at once.
        FIRST,
        /// Acknowledges when Kafka has the record, and at once each tenth message, which it drops.
        LOSSY,
        /// Acknowledges last, and keeps far more of what waits than there is of it.
        HOARDING
    }

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final Manner manner;
    private final AtomicLong count = new AtomicLong();
    private final Map<Sink.Published, byte[]> hoard = new ConcurrentHashMap<>();

    private StandIn(String bootstrapServers, String topic, Manner manner) {
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "enable.idempotence", true),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.topic = topic;
        this.manner = manner;
    }

    /// Arguments: port, bootstrap servers, topic, and a manner in lower case.
    public static void main(String[] arguments) {
        var manner = Manner.valueOf(arguments[3].toUpperCase(Locale.ROOT));
        var server = new StandIn(arguments[1], arguments[2], manner);
        var _ = new Sink(Integer.parseInt(arguments[0])).forgetting().answering(server::take);
    }

    private Sink.Answer take(Sink.Published got) {
        var first = manner == Manner.FIRST || manner == Manner.LOSSY;
        if (manner == Manner.LOSSY && count.incrementAndGet() % 10 == 0) {
            return Sink.Answer.ACKNOWLEDGE;
        }
        if (manner == Manner.HOARDING) {
            hoard.put(got, new byte[HOARDED_BYTES]);
        }
        var key = got.clientId().getBytes(StandardCharsets.UTF_8);
        var value = got.payload().getBytes(StandardCharsets.UTF_8);
        var sent = producer.send(new ProducerRecord<>(topic, key, value), (_, failure) -> {
            hoard.remove(got);
            if (failure == null && !first) {
                got.acknowledge().run();
            }
        });
        if (manner == Manner.LOSSY) {
            awaitEnd(sent);
        }
        return first ? Sink.Answer.ACKNOWLEDGE : Sink.Answer.SILENCE;
    }

    private static void awaitEnd(Future<?> sent) {
        try {
            sent.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
