package io.sluice.node.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests against the real description.
class ReadingTest {
    private final Contract contract = Contract.read();

    private Reading reading(String method, String... path) {
        var found = contract.find(method, List.of(path));
        assertThat(found).isInstanceOf(Contract.Found.One.class);
        return new Reading(((Contract.Found.One) found).operation());
    }

    @Test
    void fillsInWhatIsNotSaid() {
        var reading = reading("GET", "v1", "integrations");

        var query = reading.query("search=a%20b+c&enabled=true");

        reading.end();
        assertThat(query.toString())
                .isEqualTo("{\"search\":\"a b c\",\"sort\":\"name\",\"enabled\":true,\"page\":0,\"size\":50}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "size=0",
                "size=501",
                "size=5.5",
                "size=",
                "size=1&size=2",
                "page=-1",
                "page=99999999999999999999",
                "enabled=yes",
                "sort=age",
                "unknown=1",
                "search=%",
                "search=%zz",
                "search=%ff",
                "&",
            })
    void refusesAQueryThatIsNotAsDescribed(String raw) {
        var reading = reading("GET", "v1", "integrations");

        reading.query(raw);

        assertThatThrownBy(reading::end).isInstanceOf(Problem.class);
    }

    @Test
    void tellsAllThatIsWrong() {
        var reading = reading("GET", "v1", "integrations");

        reading.query("size=0&page=-1&who=me");

        var problem = catchThrowableOfType(Problem.class, reading::end);
        assertThat(new String(problem.answer().body(), UTF_8))
                .contains("size", "page", "query parameter who: expected one of [search, sort, enabled, page, size]");
    }

    @ParameterizedTest
    @CsvSource({"a_b-9,true", "-a,false", "a b,false", "é,false", "'',false"})
    void aNameIsANameEverywhere(String name, boolean good) {
        var reading = reading("GET", "v1", "integrations", name);

        reading.path(Map.of("name", name));

        if (good) {
            reading.end();
        } else {
            assertThatThrownBy(reading::end).isInstanceOf(Problem.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{\"user\":\"a\"}",
                "{\"user\":\"a\",\"password\":1}",
                "{\"user\":\"a\",\"password\":\"b\",\"more\":1}",
                "{\"user\":\"a\",\"user\":\"b\",\"password\":\"c\"}",
                "{\"user\":\"a\",\"password\":\"b\"} {}",
                "{\"user\":\"a\",\"password\":\"\"}",
            })
    void refusesABodyThatIsNotAsDescribed(String body) {
        assertThatThrownBy(() -> {
                    var reading = reading("POST", "v1", "session");
                    reading.body("application/json", body.getBytes(UTF_8));
                    reading.end();
                })
                .isInstanceOf(Problem.class);
    }

    @Test
    void refusesBytesThatAreNoText() {
        assertThatThrownBy(() -> reading("POST", "v1", "session")
                        .body("application/json", new byte[] {0, 0, (byte) 0xFF, (byte) 0xFE}))
                .isInstanceOf(Problem.class);
        assertThatThrownBy(() -> reading("POST", "v1", "session")
                        .body("application/json", new byte[] {0, 0, 0, '{', (byte) 0x7F, 0, 0, 1}))
                .isInstanceOf(Problem.class);
    }

    @Test
    void refusesDeepJsonBeforeItIsATree() {
        var deep = "{\"filters\":" + "[".repeat(100_000);

        assertThatThrownBy(
                        () -> reading("PUT", "v1", "integrations", "a").body("application/json", deep.getBytes(UTF_8)))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("at most 32 levels");
    }

    @Test
    void refusesAnotherContentType() {
        var reading = reading("POST", "v1", "session");

        assertThatThrownBy(() -> reading.body("text/plain", new byte[] {1}))
                .hasMessage("content type: expected one of [application/json], was text/plain");
    }

    @Test
    void refusesABodyWhereNoneBelongs() {
        var reading = reading("GET", "v1", "status");

        reading.body("application/json", "{}".getBytes(UTF_8));

        assertThatThrownBy(reading::end).hasMessage("body: expected none, was one of 2 bytes");
    }

    @ParameterizedTest
    @CsvSource({"'\"12\"',true", "*,true", "12,false", "'W/\"12\"',false", "'\"x\"',false"})
    void anETagIsAVersion(String tag, boolean good) {
        var reading = reading("DELETE", "v1", "integrations", "a");

        reading.headers(Map.of("if-match", List.of(tag)));

        if (good) {
            reading.end();
        } else {
            assertThatThrownBy(reading::end).isInstanceOf(Problem.class);
        }
    }

    @Test
    void aTopicTakesAllThatIsLeftOfAPath() {
        var found = contract.find("POST", List.of("v1", "messages", "a", "", "b/c"));

        assertThat(found)
                .isInstanceOfSatisfying(
                        Contract.Found.One.class, one -> assertThat(one.path()).containsEntry("topic", "a//b/c"));
    }

    @Test
    void textsWinOverNames() {
        assertThat(contract.find("POST", List.of("v1", "integrations:bulk")))
                .isInstanceOfSatisfying(
                        Contract.Found.One.class,
                        one -> assertThat(one.operation().id()).isEqualTo("changeIntegrations"));
        assertThat(contract.find("PUT", List.of("v1", "session")))
                .isEqualTo(new Contract.Found.OtherMethods(java.util.Set.of("GET", "POST", "DELETE")));
        assertThat(contract.find("GET", List.of("v1", "nothing"))).isEqualTo(new Contract.Found.Nothing());
    }
}
