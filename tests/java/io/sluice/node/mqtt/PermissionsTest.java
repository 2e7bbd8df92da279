package io.sluice.node.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.route.SplitFilter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PermissionsTest {
    @ParameterizedTest
    @CsvSource({
        "#,       a,       true",
        "#,       a/b,     true",
        "#,       $SYS/a,  false",
        "+/a,     $SYS/a,  false",
        "$SYS/#,  $SYS/a,  true",
        "a/#,     a,       true",
        "a/#,     a/b/c,   true",
        "a/#,     ab,      false",
        "a/+,     a/b,     true",
        "a/+,     a/,      true",
        "a/+,     a,       false",
        "a/+,     a/b/c,   false",
        "a/+/c,   a/b/c,   true",
        "a/b,     a/b,     true",
        "a/b,     a/b/,    false"
    })
    void matchesAsTheSpecificationSays(String filter, String topic, boolean matches) {
        assertThat(SplitFilter.of(filter).matches(topic)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({
        "#,      #,      true",
        "#,      a/+,    true",
        "#,      $SYS/#, false",
        "+/a,    +/a,    true",
        "+/a,    b/a,    true",
        "+/+,    +/#,    false",
        "a/#,    a/+/#,  true",
        "a/+/#,  a/#,    false",
        "a/b,    a/+,    false",
        "a/b,    a/#,    false"
    })
    void coversOnlyFiltersThatAskForNoMore(String filter, String wished, boolean covers) {
        assertThat(SplitFilter.of(filter).covers(SplitFilter.of(wished))).isEqualTo(covers);
    }

    @Test
    void fillsPlaceholdersOnce() {
        var rights = new MqttSettings.Rights(List.of("%c/%u/100%"), List.of());

        assertThat(Permissions.of(rights, "%u", "anna").publish()).containsExactly(SplitFilter.of("%u/anna/100%"));
    }

    @ParameterizedTest
    @CsvSource({
        "%c/#,     $share,  ''",
        "%c/#,     $SYS,    ''",
        "%u/up,    $SYS,    ''",
        "$%c/#,    share,   ''",
        "$SYS/%c,  $SYS,    $SYS/$SYS",
        "a/%c,     $share,  a/$share",
        "%c,       a$,      a$"
    })
    void givesNothingWhereTheNameWouldChangeTheKindOfFilter(String filter, String name, String filled) {
        var rights = new MqttSettings.Rights(List.of(filter), List.of(filter));

        var permissions = Permissions.of(rights, name, name);

        var expected = filled.isEmpty() ? List.<SplitFilter>of() : List.of(SplitFilter.of(filled));
        assertThat(permissions.publish()).isEqualTo(expected);
        assertThat(permissions.subscribe()).isEqualTo(expected);
    }
}
