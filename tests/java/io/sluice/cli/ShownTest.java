package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cli.Table.Column;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a person sees: tables, moments, text from elsewhere.
class ShownTest {
    private static final ZoneId ZONE = ZoneId.of("Asia/Kolkata");

    private static com.fasterxml.jackson.databind.JsonNode json(String text) {
        return Objects.requireNonNull(Json.written("test", text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void columnsStandBelowEachOther() {
        var columns = List.of(
                Column.text("NAME", "/name"),
                Column.number("N", "/n"),
                Column.moment("AT", "/at"),
                Column.text("ALL", "/all"),
                Column.text("ON", "/on"));
        var rows = json("""
                [{"name": "é", "n": 7, "at": "2026-05-01T20:00:00.123Z", "all": ["a", "b"], "on": true},
                 {"name": "long one", "n": 123, "all": [], "on": false},
                 {"at": "no moment", "all": {"a": 1}}]
                """);

        assertThat(Table.of(columns, rows, ZONE)).isEqualTo("""
                NAME        N  AT                   ALL      ON
                é           7  2026-05-02 01:30:00  a, b     yes
                long one  123                                no
                               no moment            {"a":1}
                """);
        assertThat(Table.of(columns, json("[]"), ZONE)).isEqualTo("NAME  N  AT  ALL  ON\n");
    }

    @Test
    void oneThingHasALineForEachOfItsValues() {
        var columns = List.of(Column.text("name", "/name"), Column.text("none", "/none"), Column.text("a", "/x/y"));

        assertThat(Table.ofOne(columns, json("{\"name\": \"n\", \"x\": {\"y\": 1}}"), ZONE))
                .isEqualTo("name  n\na     1\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u001b[2J", "\u009b1m", "a\rb", "\u202e", "\u2028", "\u0000", "a\nb", "\t"})
    void nothingMovesTheCursor(String text) {
        var line = Plain.line(text);

        assertThat(line).matches("[ -~]+").contains("\\u");
        assertThat(json(Json.pretty(Json.object().put("x", text))).path("x").asText())
                .isEqualTo(text);
        assertThat(Json.pretty(Json.object().put("x", text)))
                .as("but its own line ends")
                .matches("[ -~\\n]+");
    }

    @Test
    void theSecretOfATokenIsLeftOut() {
        assertThat(Plain.message("Unknown option: '--tokn=slc_a1B2c3D4e5F6_x-Y_z' here"))
                .isEqualTo("Unknown option: '--tokn=slc_… here");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-05-01T10:00:00Z, 2026-05-01T10:00:00Z",
        "2026-05-01 10:00:00+02:00, 2026-05-01T08:00:00Z",
        "2026-05-01T10:00, 2026-05-01T04:30:00Z",
        "2026-05-01, 2026-04-30T18:30:00Z",
        "90s, 2026-06-01T11:58:30Z",
        "15m, 2026-06-01T11:45:00Z",
        "2h, 2026-06-01T10:00:00Z",
        "3d, 2026-05-29T12:00:00Z"
    })
    void readsMomentsAsPeopleWriteThem(String text, String moment) {
        assertThat(Lists.moment(text, ZONE, Instant.parse("2026-06-01T12:00:00Z")))
                .isEqualTo(moment);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "5", "m", "2026-13-01", "99999999999999999d"})
    void refusesWhatIsNoMoment(String text) {
        assertThatThrownBy(() -> Lists.moment(text, ZONE, Instant.EPOCH))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("expected a moment");
    }

    @ParameterizedTest
    @CsvSource({
        "a=1, '{\"a\":1}'",
        "a=x y, '{\"a\":\"x y\"}'",
        "a=, '{\"a\":\"\"}'",
        "headers.b.c=x, '{\"headers\":{\"b.c\":\"x\"}}'",
        "missing.key=fail, '{\"missing\":{\"key\":\"fail\"}}'",
        "a.b=true, '{\"a.b\":true}'"
    })
    void setsKeysOfADefinition(String setting, String definition) {
        var made = Json.object();

        Definitions.set(made, setting);

        assertThat(made).hasToString(definition);
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"a\":1,\"b\":[1.0]}', '{\"b\":[1],\"a\":1.0}', true",
        "'{\"a\":1}', '{\"a\":\"1\"}', false",
        "'{\"a\":1}', '{\"a\":1,\"b\":null}', false",
        "'{\"a\":9007199254740993}', '{\"a\":9007199254740992}', false"
    })
    void knowsWhatSaysTheSame(String one, String other, boolean same) {
        assertThat(Json.same(json(one), json(other))).isEqualTo(same);
    }

    @ParameterizedTest
    @CsvSource({"a/b c, a/b%20c", "/a, /a", "ü/+, %C3%BC/%2B", "../x, %2E%2E/x", "a?b#c, a%3Fb%23c", "a*b, a%2Ab"})
    void putsTopicsIntoAPath(String topic, String path) {
        assertThat(Ask.segments(topic)).isEqualTo(path);
    }
}
