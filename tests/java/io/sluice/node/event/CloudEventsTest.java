package io.sluice.node.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.sdk.Event;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CloudEventsTest {

    @ParameterizedTest
    @ValueSource(strings = {"ce_", "ce-", "CE-"})
    void readsBinaryMode(String prefix) {
        var record = record(
                "{}",
                prefix + "specversion",
                "1.0",
                prefix + "id",
                "A",
                prefix + "source",
                "/s",
                prefix + "type",
                "t",
                prefix + "subject",
                "valve",
                prefix + "time",
                "2026-11-20T11:00:00.5+02:00",
                prefix + "dataschema",
                "https://example.org/s",
                prefix + "traceparent",
                "00",
                prefix + "no_attribute",
                "x",
                "other",
                "x",
                "Content-Type",
                "application/json");

        assertThat(CloudEvents.read(record))
                .contains(Event.of("A", "/s", "t")
                        .withSubject("valve")
                        .withTime(Instant.parse("2026-11-20T09:00:00.5Z"))
                        .withDataSchema("https://example.org/s")
                        .withExtension("traceparent", "00")
                        .withData("application/json", "{}"));
    }

    @Test
    void readsStructuredModeAndKeepsTheDigitsOfItsData() {
        var event = structured("""
                { "specversion": "1.0", "id": "A", "source": "/s", "type": "t", "subject": null, "on": true, "n": 7,
                  "data": {"a": [1.500e3, 12345678901234567890.10], "ö": "x"} , "time": "2026-11-20T11:00:00Z" }""");

        assertThat(event.text()).isEqualTo("{\"a\": [1.500e3, 12345678901234567890.10], \"ö\": \"x\"}");
        assertThat(event.extensions()).isEqualTo(Map.of("on", "true", "n", "7"));
        assertThat(event.subject()).isEmpty();
        assertThat(event.time()).contains(Instant.parse("2026-11-20T11:00:00Z"));
        assertThat(event.dataContentType()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            "data":"a\\nb" | "a\\nb"
            "datacontenttype":"application/json","data":"x" | "x"
            "datacontenttype":"text/plain","data":"<a>" | <a>
            "data":"<a>","datacontenttype":"text/plain" | <a>
            "datacontenttype":"text/plain","data":7 | 7
            "data":-1.0 | -1.0
            "data":false | false
            "data":null | ~~
            "data_base64":"aGk=" | hi
            "on":true | ~~
            """)
    void readsDataAsItsContentTypeSays(String members, String data) {
        assertThat(structured("{\"specversion\":\"1.0\",\"id\":\"A\",\"source\":\"/s\",\"type\":\"t\"," + members + "}")
                        .text())
                .isEqualTo(data);
    }

    @Test
    void readsATombstoneAsAnEventWithoutData() {
        var event =
                CloudEvents.read(record(null, "ce_specversion", "1.0", "ce_id", "A", "ce_source", "s", "ce_type", "t"));

        assertThat(event.orElseThrow().data()).isEmpty();
    }

    @Test
    void findsNoEventInAPlainRecord() {
        assertThat(CloudEvents.read(record("x"))).isEmpty();
        assertThat(CloudEvents.read(record("x", "ce_id", "A", "content-type", "application/json")))
                .isEmpty();
    }

    @Test
    void refusesABrokenEvent() {
        assertThatThrownBy(() -> CloudEvents.read(record("", "ce_specversion", "0.3", "ce_id", "A")))
                .hasMessage("event specversion: expected 1.0, was \"0.3\"");
        assertThatThrownBy(() -> CloudEvents.read(record("", "ce_specversion", "1.0", "ce_id", "A", "ce_type", "t")))
                .hasMessage("event source: expected a text, was empty");
        assertThatThrownBy(() -> CloudEvents.read(record(
                        "", "ce_specversion", "1.0", "ce_id", "A", "ce_type", "t", "ce_source", "s", "ce_time", "now")))
                .hasMessage("event time: expected RFC 3339 such as 2026-11-20T10:00:00Z, was \"now\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            [] | event document: expected a JSON object, was START_ARRAY
            ~~ | event document: expected a JSON object, was null
            {"a" | event document: expected JSON, was none of 4 bytes
            {} {} | event document: expected one JSON object, was more
            {} | event specversion: expected 1.0, was ""
            {"x":{}} | event x: expected a text, a number or a truth value, was START_OBJECT
            {"specversion":"1.0","data":1,"data_base64":""} | event document: expected data or data_base64, was both
            {"data_base64":"*"} | event data_base64: expected Base64, was something else
            """)
    void refusesABrokenDocument(String document, String message) {
        assertThatThrownBy(() -> structured(document))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/cloudevents", "application/cloudevents+avro", "application/cloudevents-batch+json"})
    void refusesAStructuredModeItCannotRead(String contentType) {
        assertThatThrownBy(() -> CloudEvents.read(record("{}", "content-type", contentType)))
                .hasMessage("event content type: expected application/cloudevents+json, was \"" + contentType + "\"");
    }

    private static Event structured(String document) {
        return CloudEvents.read(record(document, "content-type", "application/cloudevents+json; charset=utf-8"))
                .orElseThrow();
    }

    private static ConsumerRecord<byte[], byte[]> record(@Nullable String value, String... headers) {
        var list = new RecordHeaders();
        for (int i = 0; i < headers.length; i += 2) {
            list.add(headers[i], headers[i + 1].getBytes(UTF_8));
        }
        var bytes = value == null ? null : value.getBytes(UTF_8);
        return new ConsumerRecord<>(
                "t", 0, 0L, 0L, TimestampType.CREATE_TIME, 0, 0, new byte[0], bytes, list, Optional.empty());
    }
}
