package io.sluice.node.api;

import static io.sluice.node.api.Requests.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.api.HttpArrivals.Limits;
import io.sluice.node.api.HttpArrivals.Request;
import io.sluice.node.format.FormatSettings;
import io.sluice.node.format.FormatSettings.Format;
import io.sluice.node.format.FormatSettings.Missing;
import io.sluice.node.format.FormatSettings.OnMissing;
import io.sluice.node.format.Formatter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What of a request stands in Kafka: each file of `tests/golden/http` is one request and its records in every format.
/// After a wanted change write them anew with `-Dgolden.write=true` and read the difference.
class EventFormsGoldenTest {
    private static final Path GOLDEN = Path.of(System.getProperty("sluice.root", ".."), "tests", "golden", "http");

    record Case(String name, Request request) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case(
                        "binary",
                        request(
                                "application/json; charset=utf-8",
                                "{\"temperature\":23.50}",
                                "ce-specversion",
                                "1.0",
                                "ce-id",
                                "A-1",
                                "ce-source",
                                "/plant/7",
                                "ce-type",
                                "valve.opened",
                                "ce-subject",
                                "valve%209 %E2%82%AC",
                                "ce-time",
                                "2026-11-20T11:00:00+02:00",
                                "ce-dataschema",
                                "https://example.org/valve",
                                "CE-Traceparent",
                                "\"00-\\\"1\\\"-01\"",
                                "ce-topic",
                                "plant/7/valves",
                                "Idempotency-Key",
                                "has no meaning here")),
                new Case("binary-least", least()),
                new Case("structured-json", request("application/cloudevents+json", """
                        { "specversion": "1.0", "id": "A-2", "source": "/plant/7", "type": "valve.opened",
                          "subject": "größe", "time": "2026-11-20T11:00:00.5Z", "sampledrate": 7, "on": true,
                          "data": {"a": [1.500e3, 12345678901234567890.10]} }""")),
                new Case("structured-text", request("application/cloudevents+json; charset=utf-8", """
                        { "specversion": "1.0", "id": "A-3", "source": "/s", "type": "t",
                          "datacontenttype": "text/plain", "data": "<größe>" }""")),
                new Case("structured-binary", request("application/cloudevents+json", """
                        { "specversion": "1.0", "id": "A-4", "source": "/s", "type": "t", "subject": "s",
                          "datacontenttype": "application/octet-stream", "data_base64": "aGk=" }""")),
                new Case("batch", request("application/cloudevents-batch+json", """
                        [ { "specversion": "1.0", "id": "ö", "source": "/s", "type": "t", "subject": "s-1", "data": 1 },
                          { "specversion": "1.0", "id": "B", "source": "/s", "type": "t", "subject": "s-2" } ]""")),
                new Case("batch-empty", request("application/cloudevents-batch+json", "[]")));
    }

    private static Request least() {
        return request("", "x", "ce-specversion", "1.0", "ce-id", "A", "ce-source", "/s", "ce-type", "t");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void writesTheGoldenRecords(Case given) throws Exception {
        var arrivals = new HttpArrivals(new Limits(128, 256, 64, 16_384, 10), 0).events(given.request());

        var text = new StringBuilder();
        for (var arrival : arrivals) {
            text.append("arrival %s to %s by %s%n".formatted(arrival.id(), arrival.topic(), arrival.clientId()));
            for (var format : Format.values()) {
                var formatter = formatter(format);
                text.append(shown(format, formatter.record(arrival, formatter.subject(arrival), 42)));
            }
        }

        var file = GOLDEN.resolve(given.name() + ".txt");
        if (Boolean.getBoolean("golden.write")) {
            Files.createDirectories(GOLDEN);
            Files.writeString(file, text);
        }
        assertThat(text.toString()).isEqualTo(Files.readString(file));
    }

    @Test
    void hasNoGoldenFileWithoutACase() throws IOException {
        try (var files = Files.list(GOLDEN)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            cases().map(given -> given.name() + ".txt").toList());
        }
    }

    private static String shown(Format format, ProducerRecord<byte[], byte[]> record) {
        var text = new StringBuilder("  %s key [%s]%n".formatted(format, new String(record.key(), UTF_8)));
        for (var header : record.headers()) {
            text.append("    %s = [%s]%n".formatted(header.key(), new String(header.value(), UTF_8)));
        }
        return text.append("    value [%s]%n".formatted(new String(record.value(), UTF_8)))
                .toString();
    }

    private static Formatter formatter(Format format) {
        var missing = new Missing(OnMissing.FAIL, OnMissing.FAIL, OnMissing.FAIL, OnMissing.FAIL);
        var settings = new FormatSettings(
                "telemetry",
                format,
                "t",
                "${clientId}",
                "",
                Map.of(),
                Map.of(),
                false,
                missing,
                false,
                "/mqtt",
                "mqtt.message");
        return Formatter.of(settings, "node-1");
    }
}
