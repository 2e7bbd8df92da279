package io.sluice.node.format;

import static io.sluice.node.format.AnArrival.anArrival;
import static io.sluice.node.format.AnIntegration.anIntegration;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.node.format.FormatSettings.Format;
import io.sluice.node.format.FormatSettings.OnMissing;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FormatterTest {

    @Test
    void handsOnThePayloadItself() throws Unformattable {
        var arrival = anArrival().build();

        var record = anIntegration().format(Format.PAYLOAD).formatter().record(arrival, "s", 1);

        assertThat(record.value()).isSameAs(arrival.payload());
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void carriesIdAndEpochInEveryFormat(Format format) throws Unformattable {
        var formatter = anIntegration().format(format).formatter();

        for (var epoch : new long[] {0, 7, 7, Long.MAX_VALUE}) {
            var headers = formatter.record(anArrival().build(), "s", epoch).headers();
            assertThat(headers.lastHeader("sluice-epoch").value())
                    .asString(UTF_8)
                    .isEqualTo(Long.toString(epoch));
            assertThat(headers.lastHeader("ce_id").value()).asString(UTF_8).isEqualTo("id-1");
        }
    }

    @Test
    void leavesTheTimestampToTheProducer() throws Unformattable {
        var record = anIntegration().formatter().record(anArrival().build(), "s", 1);

        assertThat(record.timestamp()).isNull();
        assertThat(record.partition()).isNull();
    }

    @Test
    void writesNothingOfAnEarlierRecordIntoALaterOne() throws Unformattable {
        var formatter =
                anIntegration().key("$[id:-none]").userPropertiesAsHeaders().formatter();
        var rich = anArrival()
                .with("{\"id\":1}")
                .retained()
                .contentType("a/b")
                .property("x", "y")
                .build();
        var poor = anArrival().with("{}").build();

        var first = formatter.record(rich, "s", 1);
        var second = formatter.record(poor, "s", 1);

        assertThat(second.key()).asString(UTF_8).isEqualTo("none");
        assertThat(second.headers()).hasSize(first.headers().toArray().length - 3);
        assertThat(first.key()).asString(UTF_8).isEqualTo("1");
        assertThat(first.headers().lastHeader("x").value()).asString(UTF_8).isEqualTo("y");
    }

    @Test
    void aMissingSubjectIsAFailureOrNoSubjectAsThePolicySays() throws Unformattable {
        var arrival = anArrival().with("{}").build();

        assertThatThrownBy(
                        () -> anIntegration().subject("$[deviceId]").formatter().record(arrival, "", 1))
                .isInstanceOf(Unformattable.class)
                .hasMessage("subject \"$[deviceId]\": expected a value for $[deviceId], was missing");
        var record = anIntegration()
                .subject("$[deviceId]")
                .missing(OnMissing.EMPTY)
                .formatter()
                .record(arrival, "", 1);
        assertThat(record.key()).isNull();
        assertThat(record.headers().lastHeader("ce_subject")).isNull();
    }

    @Test
    void takesTheSubjectOfAPublishedEventAndOtherwiseThePattern() throws Unformattable {
        var formatter = anIntegration().subject("${topic[1]}").formatter();

        assertThat(formatter.subject(anArrival().publishedAsEvent().build())).isEqualTo("valve-9");
        assertThat(formatter.subject(anArrival().build())).isEqualTo("7");
        assertThat(formatter.subject(anArrival().property("subject", "x").build()))
                .isEqualTo("7");
    }

    @Test
    void takesAnIncompleteEventAsAPlainMessage() throws Unformattable {
        var arrival = anArrival()
                .property("specversion", "1.0")
                .property("id", "A-1")
                .property("type", "t")
                .build();

        var headers = anIntegration().formatter().record(arrival, "s", 1).headers();

        assertThat(headers.lastHeader("ce_id").value()).asString(UTF_8).isEqualTo("id-1");
        assertThat(headers.lastHeader("ce_type").value()).asString(UTF_8).isEqualTo("mqtt.message");
    }

    @Test
    void refusesATopicKafkaWouldNotTake() {
        var formatter = anIntegration().topic("t.${topic[2]}").formatter();

        assertThatThrownBy(() -> formatter.record(anArrival().on("a/b/ö").build(), "s", 1))
                .isInstanceOf(Unformattable.class)
                .hasMessage("topic: expected a-z A-Z 0-9 . _ - only, was \"t.ö\"");
        assertThatThrownBy(() -> formatter.record(
                        anArrival().on("a/b/" + "c".repeat(248)).build(), "s", 1))
                .hasMessage("topic: expected at most 249 characters, was 250");
    }

    @Test
    void refusesAMissingTopicAndAMissingKey() {
        assertThatThrownBy(() -> anIntegration()
                        .topic("$[t]")
                        .formatter()
                        .record(anArrival().build(), "s", 1))
                .hasMessage("topic \"$[t]\": expected a value for $[t], was missing");
        assertThatThrownBy(() -> anIntegration()
                        .topic("$[t]")
                        .missing(OnMissing.EMPTY)
                        .formatter()
                        .record(anArrival().build(), "s", 1))
                .hasMessage("topic: expected a topic name, was empty");
        assertThatThrownBy(() -> anIntegration()
                        .key("$[k]")
                        .formatter()
                        .record(anArrival().build(), "s", 1))
                .hasMessage("key \"$[k]\": expected a value for $[k], was missing");
    }

    @Test
    void refusesATombstoneThatWouldDeleteNothing() {
        var formatter = anIntegration()
                .key("${username}")
                .missing(OnMissing.EMPTY)
                .tombstoneOnEmpty()
                .formatter();

        assertThatThrownBy(() -> formatter.record(anArrival().with("").build(), "s", 1))
                .isInstanceOf(Unformattable.class)
                .hasMessage("key: expected a text, as the record is a tombstone, was empty");
    }

    @Test
    void refusesAPublishedEventWithABadTime() {
        var arrival =
                anArrival().property("time", "yesterday").publishedAsEvent().build();

        assertThatThrownBy(() -> anIntegration().formatter().record(arrival, "s", 1))
                .isInstanceOf(Unformattable.class)
                .hasMessage("event time: expected RFC 3339 such as 2026-11-20T10:00:00Z, was \"yesterday\"");
    }

    @ParameterizedTest
    @CsvSource({"ce_id", "CE_type", "ce-x", "sluice-epoch", "mqtt-response-topic", "''"})
    void refusesAHeaderNameThatIsOurs(String name) {
        assertThatThrownBy(() -> anIntegration().header(name, "x").formatter())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("integration [telemetry]: header \"" + name + "\": expected a name");
    }

    @Test
    void refusesBadSettingsByField() {
        assertThatThrownBy(() -> anIntegration().topic("a b").formatter())
                .hasMessage("integration [telemetry]: topic: expected a-z A-Z 0-9 . _ - only, was \"a b\"");
        assertThatThrownBy(() -> anIntegration().subject("").formatter())
                .hasMessage("integration [telemetry]: subject: expected a text, was empty");
        assertThatThrownBy(() -> anIntegration().source("a b").formatter())
                .hasMessage("integration [telemetry]: source: expected a URI reference, was \"a b\"");
        assertThatThrownBy(() -> anIntegration().key("${clientid}").formatter())
                .hasMessageStartingWith(
                        "integration [telemetry]: key pattern \"${clientid}\" has the unknown placeholder");
        assertThatThrownBy(() -> anIntegration().header("h", "$[").formatter())
                .hasMessage("integration [telemetry]: header \"h\" pattern \"$[\" has $[ without its ], position 1");
        assertThatThrownBy(() -> anIntegration()
                        .format(Format.JSON)
                        .header("Content-Type", "x")
                        .formatter())
                .hasMessageContaining("as format JSON writes this one itself");
    }

    @Test
    void letsTheOperatorSayTheContentType() throws Unformattable {
        var formatter =
                anIntegration().header("content-type", "application/json").formatter();

        var headers = formatter
                .record(anArrival().contentType("text/plain").build(), "s", 1)
                .headers();

        assertThat(headers.headers("content-type"))
                .singleElement()
                .satisfies(header -> assertThat(header.value()).asString(UTF_8).isEqualTo("application/json"));
    }

    @Test
    void checksAPatternAloneForTheSettings() {
        assertThatCode(() -> Formatter.check("${metadata.zone}/${metadata.integrationName}", "i", Map.of("zone", "z")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> Formatter.check("${x}", "i", Map.of())).hasMessageContaining("position 1");
    }
}
