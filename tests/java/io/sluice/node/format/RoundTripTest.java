package io.sluice.node.format;

import static io.sluice.node.format.AnArrival.anArrival;
import static io.sluice.node.format.AnIntegration.anIntegration;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.CloudEvents;
import io.sluice.node.format.FormatSettings.Format;
import io.sluice.sdk.Event;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a formatter writes as a CloudEvent, the reader reads back: the same attributes, the same bytes.
class RoundTripTest {
    private static final List<String> CONTENT_TYPES = List.of(
            "", "application/json", "application/x+json; v=1", "text/plain", "text/csv;charset=latin-1", "image/png");
    private static final List<String> PAYLOADS = List.of(
            "", "{\"a\":[1.10,\"ö\"]}", "7", "\"text\"", "null", "true", "no JSON \"at\" all\n\u0000", "ö💧", "{");

    static List<Long> seeds() {
        return new Random(20261122).longs(50).boxed().toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void readsBackWhatWasWritten(long seed) throws Unformattable {
        var random = new Random(seed);
        var binary = anIntegration().format(Format.CLOUDEVENTS_BINARY).formatter();
        var structured = anIntegration().format(Format.CLOUDEVENTS_STRUCTURED).formatter();
        for (int i = 0; i < 100; i++) {
            var arrival = arrival(random);
            var subject = binary.subject(arrival);

            var fromBinary = CloudEvents.read(received(binary.record(arrival, subject, 1)));
            var fromStructured = CloudEvents.read(received(structured.record(arrival, subject, 1)));

            var expected = expected(arrival, subject);
            assertThat(fromBinary).as("seed %d, case %d", seed, i).contains(expected);
            assertThat(fromStructured.orElseThrow())
                    .as("seed %d, case %d: %s", seed, i, new String(arrival.payload(), UTF_8))
                    .isEqualTo(isJsonNull(arrival) ? withoutData(expected) : expected);
        }
    }

    /// In structured mode a JSON null is no data.
    private static boolean isJsonNull(Arrival arrival) {
        var contentType = arrival.properties().contentType();
        return new String(arrival.payload(), UTF_8).equals("null")
                && (contentType.isEmpty() || contentType.contains("json"));
    }

    private static Event withoutData(Event event) {
        return new Event(
                event.id(),
                event.source(),
                event.type(),
                event.subject(),
                event.time(),
                event.dataContentType(),
                event.dataSchema(),
                new byte[0],
                event.extensions());
    }

    private static Arrival arrival(Random random) {
        var arrival = anArrival()
                .on("a/" + random.nextInt(9))
                .qos(random.nextInt(3))
                .contentType(CONTENT_TYPES.get(random.nextInt(CONTENT_TYPES.size())));
        if (random.nextInt(4) == 0) {
            var bytes = new byte[random.nextInt(20)];
            random.nextBytes(bytes);
            arrival.with(bytes);
        } else {
            arrival.with(PAYLOADS.get(random.nextInt(PAYLOADS.size())));
        }
        if (random.nextBoolean()) {
            arrival.retained();
        }
        if (random.nextBoolean()) {
            arrival.text();
        }
        if (random.nextBoolean()) {
            arrival.publishedAsEvent();
        }
        return arrival.build();
    }

    private static Event expected(Arrival arrival, String subject) {
        var published = PublishedEvent.isIn(arrival.properties());
        var extensions = new LinkedHashMap<String, String>();
        extensions.put("mqtttopic", arrival.topic());
        extensions.put("mqttqos", Integer.toString(arrival.qos()));
        if (arrival.retain()) {
            extensions.put("mqttretain", "true");
        }
        if (published) {
            extensions.putAll(Map.of("traceparent", arrival.properties().user("traceparent")));
        }
        return new Event(
                published ? "A-1" : "id-1",
                published ? "/plant/7" : "/mqtt",
                published ? "valve.opened" : "mqtt.message",
                Optional.of(subject),
                Optional.of(
                        published ? Instant.parse("2026-11-20T09:00:00Z") : Instant.ofEpochMilli(arrival.receivedAt())),
                Optional.of(arrival.properties().contentType()).filter(type -> !type.isEmpty()),
                published ? Optional.of("https://example.org/valve") : Optional.empty(),
                arrival.payload(),
                extensions);
    }

    private static ConsumerRecord<byte[], byte[]> received(ProducerRecord<byte[], byte[]> sent) {
        return new ConsumerRecord<>(
                sent.topic(),
                0,
                0L,
                0L,
                TimestampType.CREATE_TIME,
                0,
                0,
                sent.key(),
                sent.value(),
                sent.headers(),
                Optional.empty());
    }
}
