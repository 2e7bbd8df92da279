package io.sluice.node.api;

import static io.sluice.node.api.Requests.arrivals;
import static io.sluice.node.api.Requests.request;
import static io.sluice.node.api.Requests.requestBy;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.Properties.User;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpArrivalsTest {

    @Test
    void makesAMessageOfARequest() {
        var arrival = arrivals()
                .message(
                        "plant/7",
                        request(
                                "text/plain",
                                "on",
                                "sluice-client-id",
                                "valve-1",
                                "Sluice-User-Property",
                                "site=north",
                                "Sluice-User-Property",
                                "note=a=b",
                                "Accept",
                                "*/*"));

        assertThat(arrival.topic()).isEqualTo("plant/7");
        assertThat(new String(arrival.payload(), UTF_8)).isEqualTo("on");
        assertThat(arrival.clientId()).isEqualTo("valve-1");
        assertThat(arrival.username()).isEqualTo("ann");
        assertThat(arrival.qos()).isEqualTo(1);
        assertThat(arrival.receivedAt()).isEqualTo(Requests.RECEIVED_AT);
        assertThat(arrival.properties().contentType()).isEqualTo("text/plain");
        assertThat(arrival.properties().user()).containsExactly(new User("site", "north"), new User("note", "a=b"));
    }

    @Test
    void takesTheCallerAsClientWhereNoneIsNamed() {
        assertThat(arrivals().message("a", request("", "")).clientId()).isEqualTo("ann");
    }

    @Test
    void namesAMessageByItsKeyAndWhatItHolds() {
        var arrivals = arrivals();

        var first = keyed(arrivals, "ann", "a", "x", "k-1");

        assertThat(first.id()).matches("ann:k-1:[0-9a-f]{16}");
        assertThat(keyed(arrivals(), "ann", "a", "x", "k-1").id()).isEqualTo(first.id());
        assertThat(keyed(arrivals, "ann", "b", "x", "k-1").id()).isNotEqualTo(first.id());
        assertThat(keyed(arrivals, "ann", "a", "y", "k-1").id()).isNotEqualTo(first.id());
        assertThat(arrivals.message("a", requestBy("bob", "", "x", "Idempotency-Key", "k-1", "Sluice-Client-Id", "ann"))
                        .id())
                .isNotEqualTo(first.id());
    }

    private static Arrival keyed(HttpArrivals arrivals, String caller, String topic, String body, String key) {
        return arrivals.message(topic, requestBy(caller, "", body, "Idempotency-Key", key));
    }

    @Test
    void givesEachMessageWithoutKeyANameOfItsOwn() {
        var arrivals = arrivals();

        assertThat(arrivals.message("a", request("", "x")).id()).isEqualTo("ann:0000000000001234-0");
        assertThat(arrivals.message("a", request("", "x")).id()).isEqualTo("ann:0000000000001234-1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                | topic name: expected at least one character, was none
            a/+/b             | topic name: expected no wildcard, was one at position 3
            a/#               | topic name: expected no wildcard, was one at position 3
            1/2/3/4/5/6/7/8/9 | topic name: expected at most 8 levels, was 9
            """)
    void refusesATopicThatNobodyMayPublishTo(String topic, String message) {
        assertThatThrownBy(() -> arrivals().message(topic, request("", "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\0b", "a\uD800b", "\n"})
    void refusesATopicThatIsNoText(String topic) {
        assertThatThrownBy(() -> arrivals().message(topic, request("", "")))
                .hasMessageStartingWith("topic name: expected text without control characters, was U+");
    }

    @Test
    void refusesATopicThatIsTooLong() {
        assertThatThrownBy(() -> arrivals().message("ö".repeat(32_768), request("", "")))
                .hasMessage("topic name: expected at most 65535 bytes, was 65536");
        assertThat(arrivals().message("\uD83D\uDCA7", request("", "")).topic()).isEqualTo("💧");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Sluice-Client-Id     | 12345678901234567 | header Sluice-Client-Id: expected at most 16 bytes, was 17
            Sluice-User-Property | =x                | header Sluice-User-Property: expected name=value, was "=x"
            Sluice-User-Property | x                 | header Sluice-User-Property: expected name=value, was "x"
            """)
    void refusesAHeaderThatSaysNothing(String name, String value, String message) {
        assertThatThrownBy(() -> arrivals().message("a", request("", "", name, value)))
                .hasMessage(message);
    }

    @Test
    void boundsWhatHeadersSay() {
        var property = "Sluice-User-Property";
        assertThatThrownBy(() -> arrivals()
                        .message(
                                "a",
                                request(
                                        "", "", property, "a=", property, "b=", property, "c=", property, "d=",
                                        property, "e=", property, "f=")))
                .hasMessage("header Sluice-User-Property: expected at most 5, was 6");
        assertThatThrownBy(() -> arrivals().message("a", request("", "", property, "a=" + "x".repeat(200))))
                .hasMessage("header Sluice-User-Property: expected at most 200 bytes in all, was 201");
        assertThatThrownBy(() -> arrivals().message("a", request("", "", "Idempotency-Key", "k".repeat(1_004))))
                .hasMessage("header Idempotency-Key: expected at most 1003 characters beside this client id, was 1004");
        assertThatThrownBy(
                        () -> arrivals().message("a", request("", "", "Idempotency-Key", "1", "idempotency-key", "2")))
                .hasMessage("header Idempotency-Key: expected once, was 2 times");
        assertThatThrownBy(() -> arrivals().message("a", requestBy("", "", "")))
                .hasMessage("header Sluice-Client-Id: expected one, as the caller has no name");
    }

    @Test
    void namesAnEventStably() {
        var first = event("A", "/s", "1");

        assertThat(first.id()).matches("A:[0-9a-f]{16}");
        assertThat(event("A", "/s", "1").id()).isEqualTo(first.id());
        assertThat(event("A", "/other", "1").id()).isNotEqualTo(first.id());
        assertThat(event("B", "/s", "1").id()).isNotEqualTo(first.id());
        assertThat(event("A", "/s", "2").id())
                .as("one that was given a used id is not lost among the dead letters")
                .isNotEqualTo(first.id());
    }

    private static Arrival event(String id, String source, String data) {
        return arrivals()
                .events(request("", data, "ce-specversion", "1.0", "ce-id", id, "ce-source", source, "ce-type", "t"))
                .getFirst();
    }

    @Test
    void publishesAnEventToItsTopicOrByItsType() {
        assertThat(structured("\"topic\":\"plant/7\"").topic()).isEqualTo("plant/7");
        assertThat(structured("\"on\":true").topic()).isEqualTo("events/t");
    }

    private static Arrival structured(String member) {
        return arrivals()
                .events(request(
                        "application/cloudevents+json",
                        "{\"specversion\":\"1.0\",\"id\":\"A\",\"source\":\"/s\",\"type\":\"t\"," + member + "}"))
                .getFirst();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            "id":"" | event id: expected a text, was empty; add it
            "type":null,"type":"" | event type: expected a text, was empty; add it
            "specversion":"0.3" | event specversion: expected 1.0, was "0.3"
            "time":"now" | event time: expected RFC 3339 such as 2026-11-20T10:00:00Z, was "now"
            "Site":"x" | event attribute "Site": expected a name of a-z and 0-9 only, rename it
            "site":"\\u0000" | event site: expected text without control characters, was U+0000 at position 1
            "site":{} | event site: expected a text, a number or a truth value, was START_OBJECT
            "topic":"a/#" | event topic "a/#": topic name: expected no wildcard, was one at position 3; name another by the extension attribute topic
            "type":"a+b" | event topic "events/a+b": topic name: expected no wildcard, was one at position 9; name another by the extension attribute topic
            "a":1,"b":2 | event attributes: expected at most 5, was 6
            """)
    void refusesAnEventNamingAttributeValueAndCure(String member, String message) {
        assertThatThrownBy(() -> structured(member))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            ce-site | %C3 | header ce-site: expected percent-encoded UTF-8, was "%C3"; write % as %25
            ce-site | 5% | header ce-site: expected percent-encoded UTF-8, was "5%"; write % as %25
            CE-ID | B | header ce-id: expected once, was more often
            ce-no-name | x | event attribute "no-name": expected a name of a-z and 0-9 only, rename it
            ce-datacontenttype | x | header ce-datacontenttype: expected none, send the type of the data as Content-Type
            """)
    void refusesAHeaderThatIsNoAttribute(String name, String value, String message) {
        assertThatThrownBy(() -> arrivals()
                        .events(request(
                                "",
                                "",
                                "ce-specversion",
                                "1.0",
                                "ce-id",
                                "A",
                                "ce-source",
                                "/s",
                                "ce-type",
                                "t",
                                name,
                                value)))
                .hasMessage(message);
    }

    @Test
    void refusesWhatIsNoEvent() {
        assertThatThrownBy(() -> arrivals().events(request("application/json", "{}")))
                .hasMessage("event: expected header ce-specversion, or content type application/cloudevents+json or"
                        + " application/cloudevents-batch+json, was content type \"application/json\"");
        assertThatThrownBy(() -> arrivals().events(request("application/cloudevents+avro", "")))
                .hasMessage("event content type: expected application/cloudevents+json, was"
                        + " \"application/cloudevents+avro\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {} | event batch: expected a JSON array, was START_OBJECT
            [7] | event 1 of the batch: expected a JSON object, was VALUE_NUMBER_INT
            [{"specversion":"1.0","id":"A","source":"/s","type":"t"},{}] | event 2 of the batch: event specversion: expected 1.0, was ""
            [{},{},{},{}] | event batch: expected at most 3 events, was more; send several
            [{}] [] | event batch: expected one JSON array, was more
            [{ | event batch: expected JSON, was none of 2 bytes
            """)
    void refusesABrokenBatch(String document, String message) {
        assertThatThrownBy(() -> arrivals().events(request("application/cloudevents-batch+json", document)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void refusesADocumentInAnotherEncoding() {
        var utf16 =
                new HttpArrivals.Request("ann", "application/cloudevents+json", List.of(), "{}".getBytes(UTF_16BE), 0);

        assertThatThrownBy(() -> arrivals().events(utf16))
                .hasMessage("event document: expected UTF-8, was another encoding");
    }
}
