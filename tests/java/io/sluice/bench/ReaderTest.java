package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kafka")
class ReaderTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Plan PLAN =
            Plan.of("run", InetSocketAddress.createUnresolved("nowhere", 1)).devices(2);

    private static byte[] payload(String run, int device, int sequence) {
        var writer = new Payload.Writer(run, 100);
        return Arrays.copyOf(writer.bytes(), writer.write(device, sequence, 5_000));
    }

    private static ProducerRecord<byte[], byte[]> event(int device, byte[] value, String id, String epoch) {
        var produced = new ProducerRecord<>("events", text("device-" + device), value);
        produced.headers()
                .add("ce_id", text(id))
                .add("ce_subject", text("device-" + device))
                .add("sluice-epoch", text(epoch));
        return produced;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void readsWhatIsCommittedAfterItWasOpenedAndSurvivesACrashOfKafka(@TempDir Path folder) {
        try (var kafka = KafkaProcess.start(folder)) {
            kafka.awaitReady();
            Reader.open(kafka.bootstrapServers(), "events", 1, PLAN).close();
            var settings = Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers());
            try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
                var _ = producer.send(event(0, payload("run", 0, 9), "before", "1"));
                producer.flush();
                try (var reader = Reader.open(kafka.bootstrapServers(), "events", 1, PLAN)) {
                    var _ = producer.send(event(0, payload("run", 0, 0), "a", "3"));
                    var _ = producer.send(event(1, payload("other", 1, 0), "b", "3"));
                    sendAndAbort(kafka);
                    reader.catchUp(LIMIT);
                    kafka.kill();
                    kafka.restart();
                    kafka.awaitReady();
                    var _ = producer.send(event(0, payload("run", 0, 0), "a", "4"));
                    producer.flush();
                    reader.catchUp(LIMIT);
                    reader.finish();

                    expect(reader);
                }
            }
        }
    }

    private static void expect(Reader reader) {
        var seen = reader.seen();
        assertThat(seen.records()).isEqualTo(2);
        assertThat(seen.distinct()).isEqualTo(1);
        assertThat(seen.foreign()).isEqualTo(1);
        var track = seen.track(0);
        assertThat(track.size()).isEqualTo(2);
        assertThat(track.key(0)).isEqualTo("device-0");
        assertThat(track.subject(0)).isEqualTo("device-0");
        assertThat(track.epoch(0)).isEqualTo(3);
        assertThat(track.epoch(1)).isEqualTo(4);
        assertThat(track.id(1)).isEqualTo(track.id(0)).isNotZero();
        assertThat(track.offset(1)).isGreaterThan(track.offset(0));
        assertThat(seen.track(1).size()).isZero();
        assertThat(reader.samples().getFirst()).contains("key device-0", "ce_id: a", "\"id\":\"run-0-0\"");
    }

    private static void sendAndAbort(KafkaProcess kafka) {
        var settings = Map.<String, Object>of(
                "bootstrap.servers", kafka.bootstrapServers(), "transactional.id", "t", "max.block.ms", 30_000);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            var _ = producer.send(event(1, payload("run", 1, 0), "c", "3"));
            producer.flush();
            producer.abortTransaction();
        }
    }
}
