package io.sluice.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventTest {
    private static final Event OPENED = Event.of("A-1", "/plant/7", "valve.opened");

    @Test
    void answersACopyWithOneThingMore() {
        var event = OPENED.withSubject("valve-9")
                .withTime(Instant.EPOCH)
                .withDataSchema("https://example.org/s")
                .withExtension("zone", "z-1")
                .withExtension("zone", "z-2")
                .withData("application/json", "{\"ö\":1}");

        assertThat(event.subject()).contains("valve-9");
        assertThat(event.time()).contains(Instant.EPOCH);
        assertThat(event.dataSchema()).contains("https://example.org/s");
        assertThat(event.extensions()).containsExactly(entry("zone", "z-2"));
        assertThat(event.dataContentType()).contains("application/json");
        assertThat(event.text()).isEqualTo("{\"ö\":1}");
        assertThat(OPENED.subject()).isEmpty();
        assertThat(OPENED.data()).isEmpty();
    }

    @Test
    void neverChanges() {
        var data = "abc".getBytes(UTF_8);
        var event = OPENED.withData("text/plain", data);

        data[0] = 'x';
        event.data()[1] = 'x';

        assertThat(event.text()).isEqualTo("abc");
        assertThatThrownBy(() -> event.extensions().put("a", "b")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void comparesItsBytes() {
        assertThat(OPENED.withData("a/b", "x"))
                .isEqualTo(OPENED.withData("a/b", "x"))
                .hasSameHashCodeAs(OPENED);
        assertThat(OPENED.withData("a/b", "x")).isNotEqualTo(OPENED.withData("a/b", "y"));
    }

    @Test
    void keepsItsDataOutOfItsText() {
        assertThat(OPENED.withData("a/b", "secret"))
                .hasToString("Event[id=A-1, source=/plant/7, type=valve.opened, subject=, bytes=6]");
    }

    @Test
    void needsItsRequiredAttributes() {
        assertThatThrownBy(() -> Event.of("", "s", "t")).hasMessage("event id: expected a text, was empty");
        assertThatThrownBy(() -> Event.of("i", "", "t")).hasMessage("event source: expected a text, was empty");
        assertThatThrownBy(() -> Event.of("i", "s", "")).hasMessage("event type: expected a text, was empty");
        assertThatThrownBy(() -> OPENED.withSubject("")).hasMessage("event subject: expected a text, was empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Zone", "my-zone", "my_zone", "zöne", "id", "data", "datacontenttype", "specversion"})
    void refusesAnExtensionNameTheSpecificationDoesNotAllow(String name) {
        assertThatThrownBy(() -> OPENED.withExtension(name, "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("event extension \"" + name + "\": expected a name of a-z and 0-9");
    }
}
