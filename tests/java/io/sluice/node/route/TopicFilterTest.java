package io.sluice.node.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicFilterTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#",
                "+",
                "/",
                "//",
                "sport/tennis/player1/#",
                "sport/tennis/#",
                "+/tennis/#",
                "sport/+/player1",
                "+/+",
                "/+",
                "/finance",
                "$SYS/#",
                "$SYS/monitor/+",
                "Accounts payable",
                "$share",
                "größe/℃/💧"
            })
    void takesWhatTheSpecificationAllows(String text) {
        assertThat(TopicFilter.parse(text).text()).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            a/#/b | topic filter "a/#/b" has # before its last level, position 3
            #/b | topic filter "#/b" has # before its last level, position 1
            sport/tennis# | topic filter "sport/tennis#" has # beside other characters in a level, position 13
            a/#b | topic filter "a/#b" has # beside other characters in a level, position 3
            ## | topic filter "##" has # beside other characters in a level, position 1
            sport+ | topic filter "sport+" has + beside other characters in a level, position 6
            a/+b/c | topic filter "a/+b/c" has + beside other characters in a level, position 3
            $share/g/a | topic filter "$share/g/a" is a shared subscription; leave out $share/ and the group, position 1
            """)
    void namesWhatIsWrongAndWhere(String text, String message) {
        assertThatThrownBy(() -> TopicFilter.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void refusesTheEmptyFilterAndTheNullCharacter() {
        assertThatThrownBy(() -> TopicFilter.parse("")).hasMessage("topic filter \"\" is empty; everything is #");
        assertThatThrownBy(() -> TopicFilter.parse("a/b\0"))
                .hasMessage("topic filter \"a/b?\" has the character U+0000, position 4");
    }

    @Test
    void boundsLevels() {
        assertThat(TopicFilter.parse("/".repeat(127)).text()).hasSize(127);

        assertThatThrownBy(() -> TopicFilter.parse("/".repeat(128)))
                .hasMessageEndingWith("has more than 128 levels, position 128");
    }

    @ParameterizedTest
    @CsvSource({"a, 65535", "ö, 32767", "€, 21845", "💧, 16383"})
    void boundsUtf8Bytes(String character, int times) {
        assertThat(TopicFilter.parse(character.repeat(times)).text()).startsWith(character);

        assertThatThrownBy(() -> TopicFilter.parse(character.repeat(times + 1)))
                .hasMessageContaining("is longer than 65535 bytes, position");
    }
}
