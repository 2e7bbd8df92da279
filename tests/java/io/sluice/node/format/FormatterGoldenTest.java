package io.sluice.node.format;

import static io.sluice.node.format.AnArrival.anArrival;
import static io.sluice.node.format.AnIntegration.anIntegration;
import static io.sluice.node.format.FormatSettings.Format.CLOUDEVENTS_BINARY;
import static io.sluice.node.format.FormatSettings.Format.CLOUDEVENTS_STRUCTURED;
import static io.sluice.node.format.FormatSettings.Format.JSON;
import static io.sluice.node.format.FormatSettings.Format.PAYLOAD;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.format.FormatSettings.Format;
import io.sluice.node.format.FormatSettings.OnMissing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What stands in Kafka is a promise: each file of `tests/golden/format` is one record. After a wanted change write
/// them anew with `-Dgolden.write=true` and read the difference.
class FormatterGoldenTest {
    private static final Path GOLDEN = Path.of(System.getProperty("sluice.root", ".."), "tests", "golden", "format");

    record Case(String name, AnIntegration integration, AnArrival arrival) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(plain(), mqtt5(), published(), chained(), empty(), patterns(), data())
                .flatMap(cases -> cases);
    }

    private static Stream<Case> plain() {
        return Stream.of(Format.values()).map(format -> a("plain", format, anIntegration(), anArrival()));
    }

    /// Everything MQTT 5 and TLS can add.
    private static Stream<Case> mqtt5() {
        var arrival = anArrival()
                .with("{\"name\":\"größe 💧\"}")
                .qos(2)
                .retained()
                .by("alice \"the\" \\ admin\n\u0001")
                .certified("valve-1.example.org")
                .contentType("application/json")
                .replyTo("plant/7/answers", (byte) 0, (byte) 0xFF)
                .property("site", "north")
                .property("site", "south")
                .property("ce_id", "forged")
                .property("sluice-epoch", "forged")
                .property("Content-Type", "forged")
                .property("team", "the integration has a header of this name");
        return Stream.of(Format.values())
                .map(format -> a(
                        "mqtt5",
                        format,
                        anIntegration()
                                .header("team", "plant ${props.site}")
                                .header("release", "7")
                                .metadata("zone", "z-1")
                                .metadata("building", "Halle \"A\"")
                                .userPropertiesAsHeaders(),
                        arrival));
    }

    private static Stream<Case> published() {
        return Stream.of(Format.values())
                .map(format -> a(
                        "published-event",
                        format,
                        anIntegration().userPropertiesAsHeaders(),
                        anArrival().publishedAsEvent().contentType("application/json")));
    }

    /// What integrations before this one noted.
    private static Stream<Case> chained() {
        var arrival = anArrival()
                .noted("offset", "42")
                .noted("partition", "3")
                .noted("topic", "t \"1\"")
                .noted("zone", "of another");
        return Stream.of(Format.values())
                .map(format -> a(
                        "chained",
                        format,
                        anIntegration()
                                .metadata("zone", "z-1")
                                .header("before", "${metadata.topic}/${metadata.partition}/${metadata.offset}"),
                        arrival));
    }

    private static Stream<Case> empty() {
        return Stream.of(Format.values())
                .flatMap(format -> Stream.of(
                        a("empty", format, anIntegration(), anArrival().with("")),
                        a(
                                "tombstone",
                                format,
                                anIntegration().tombstoneOnEmpty(),
                                anArrival().with(""))));
    }

    private static Stream<Case> patterns() {
        var integration = anIntegration()
                .topic("t.${topic[0]}.${topic[1]}-$[items[1].id]")
                .subject("${topicName}")
                .key("${clientId}/${props.none:-no site}/$[items[0].id:-x]")
                .type("com.example.$[kind]")
                .metadata("zone", "z-1")
                .header(
                        "all",
                        "${qos} ${retain} ${ts} ${eventType} ${tbmqNode} ${metadata.integrationName} ${metadata.zone}")
                .header("literal", "$${clientId} $$[a] $ {} $x")
                .header("whole", "$[*]")
                .header("number", "$[number]")
                .header("truth", "$[items[1].on]")
                .header("user", "${username:-}")
                .header("once", "$[expression]");
        var payload = """
                { "kind": "reading", "number": 1.500e3, "expression": "${clientId} $[kind]",
                  "items": [ { "id": "a", "on": false }, { "id": "b", "on": true } ] }""";
        return Stream.of(
                a("patterns", CLOUDEVENTS_BINARY, integration, anArrival().with(payload)),
                a(
                        "patterns-nothing-there",
                        CLOUDEVENTS_BINARY,
                        lenient(OnMissing.EMPTY),
                        anArrival().with("no JSON")),
                a(
                        "patterns-literal",
                        CLOUDEVENTS_BINARY,
                        lenient(OnMissing.LITERAL),
                        anArrival().with("no JSON")));
    }

    private static AnIntegration lenient(OnMissing policy) {
        return anIntegration()
                .missing(policy)
                .key("$[key]")
                .header("all", "$[name]")
                .header("part", "<${username}>")
                .header("default", "${username:-nobody}");
    }

    private static Stream<Case> data() {
        return Stream.of(
                structured("text", anArrival().with("größe \"7\"\n").contentType("text/plain; charset=utf-8")),
                structured(
                        "text-by-indicator",
                        anArrival()
                                .with("<a>ö</a>")
                                .contentType("application/xml")
                                .text()),
                structured(
                        "not-text",
                        anArrival().with(new byte[] {'a', (byte) 0xFC}).contentType("text/plain")),
                structured("binary", anArrival().with(new byte[] {0, 1, (byte) 0xFF})),
                structured("not-json", anArrival().with("{\"a\":").contentType("application/json")),
                structured("two-json", anArrival().with("1 2")),
                structured("json-suffix", anArrival().with("[1.0, \"ö\"]").contentType("application/senml+json")),
                structured("octets", anArrival().with("{}").contentType("application/octet-stream")),
                structured("number", anArrival().with("23.50")),
                a("bytes", PAYLOAD, anIntegration(), anArrival().with(new byte[] {0, 1, (byte) 0xFF})),
                a("bytes", JSON, anIntegration(), anArrival().with(new byte[] {0, 1, (byte) 0xFF})));
    }

    private static Case structured(String name, AnArrival arrival) {
        return a("data-" + name, CLOUDEVENTS_STRUCTURED, anIntegration(), arrival);
    }

    private static Case a(String name, Format format, AnIntegration integration, AnArrival arrival) {
        var kebab = format.name().toLowerCase(Locale.ROOT).replace('_', '-');
        return new Case(kebab + "-" + name, integration.format(format), arrival);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void writesTheGoldenRecord(Case given) throws Exception {
        var formatter = given.integration().formatter();
        var arrival = given.arrival().build();

        var record = formatter.record(arrival, formatter.subject(arrival), 42);

        var file = GOLDEN.resolve(given.name() + ".txt");
        if (Boolean.getBoolean("golden.write")) {
            Files.createDirectories(GOLDEN);
            Files.writeString(file, shown(record));
        }
        assertThat(shown(record)).isEqualTo(Files.readString(file));
    }

    @Test
    void hasNoGoldenFileWithoutACase() throws IOException {
        try (var files = Files.list(GOLDEN)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            cases().map(given -> given.name() + ".txt").toList());
        }
    }

    private static String shown(ProducerRecord<byte[], byte[]> record) {
        var text = new StringBuilder("topic   %s%nkey     %s%n".formatted(record.topic(), shown(record.key())));
        for (var header : record.headers()) {
            text.append("header  %s = %s%n".formatted(header.key(), shown(header.value())));
        }
        return text.append("value   %s%n".formatted(shown(record.value()))).toString();
    }

    /// UTF-8 text in brackets, all other bytes in hexadecimal.
    private static String shown(byte @Nullable [] bytes) {
        if (bytes == null) {
            return "null";
        }
        try {
            var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.chars().allMatch(c -> c >= ' ')
                    ? "[" + text + "]"
                    : "0x" + HexFormat.of().formatHex(bytes);
        } catch (CharacterCodingException e) {
            return "0x" + HexFormat.of().formatHex(bytes);
        }
    }
}
