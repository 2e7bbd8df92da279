package io.sluice.node.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.internals.Topic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The hand-written writers and rules against the libraries that know them: seeded, 500 cases a seed.
class TextTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    static List<Long> seeds() {
        return new Random(20261121).longs(20).boxed().toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void writesJsonTextsAsJacksonDoes(long seed) throws Exception {
        var random = new Random(seed);
        var json = new JsonText();
        for (int i = 0; i < 500; i++) {
            var text = text(random);
            var utf8 = text.getBytes(UTF_8);

            assertThat(new String(json.clear().text(text).toBytes(), UTF_8))
                    .as("seed %d, case %d", seed, i)
                    .isEqualTo(MAPPER.writeValueAsString(text));
            assertThat(json.clear().text(utf8).toBytes())
                    .isEqualTo(json.clear().text(text).toBytes());
            assertThat(new String(json.clear().base64(utf8).toBytes(), UTF_8))
                    .isEqualTo(MAPPER.writeValueAsString(utf8));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void writesMomentsAsJavaDoes(long seed) {
        var random = new Random(seed);
        var utc = new UtcText();
        var millis = 0L;
        var expected = new DateTimeFormatterBuilder().appendInstant(3).toFormatter();
        for (int i = 0; i < 500; i++) {
            millis += random.nextInt(4) == 0 ? random.nextLong(1L << 40) - (1L << 39) : random.nextInt(700) - 100;

            assertThat(new String(utc.of(millis), UTF_8))
                    .as("seed %d, %d ms", seed, millis)
                    .isEqualTo(expected.format(Instant.ofEpochMilli(millis)));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void takesTheTopicNamesKafkaTakes(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            var name = new StringBuilder();
            for (int n = random.nextInt(10) == 0 ? 245 + random.nextInt(8) : random.nextInt(4); n > 0; n--) {
                name.append(random.nextInt(50) == 0 ? '/' : "azAZ09._-...".charAt(random.nextInt(12)));
            }

            assertThat(KafkaTopic.problem(name.toString()).isEmpty())
                    .as("seed %d, [%s]", seed, name)
                    .isEqualTo(Topic.isValid(name.toString()));
        }
    }

    @Test
    void writesHalfASurrogatePairAsAQuestionMark() {
        var written = new JsonText().text("a\uD83D").text("\uD83Db\uDCA7").toBytes();

        assertThat(new String(written, UTF_8)).isEqualTo("\"a?\"\"?b?\"");
    }

    /// Of all kinds of characters, but no half of a surrogate pair.
    private static String text(Random random) {
        var text = new StringBuilder();
        for (int n = random.nextInt(random.nextInt(20) == 0 ? 3000 : 20); n > 0; n--) {
            var c = switch (random.nextInt(6)) {
                case 0 -> random.nextInt(0x20);
                case 1 -> "\"\\/\u007f".charAt(random.nextInt(4));
                case 2 -> 0x80 + random.nextInt(0x780);
                case 3 -> 0xE000 + random.nextInt(0x1F00);
                case 4 -> 0x10000 + random.nextInt(0x10000);
                default -> ' ' + random.nextInt(0x5F);
            };
            text.appendCodePoint(c);
        }
        return text.toString();
    }
}
