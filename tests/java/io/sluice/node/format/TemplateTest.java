package io.sluice.node.format;

import static io.sluice.node.format.AnArrival.anArrival;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.node.event.Arrival;
import io.sluice.node.format.FormatSettings.OnMissing;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {
    private final PayloadJson json = new PayloadJson();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            plain | plain
            ${clientId} | valve-1
            ${topicName} | plant/7/valves
            ${topic[0]}-${topic[2]} | plant-valves
            ${qos}${retain}${ts} | 1false1795168800007
            ${username}${clientCertCn} | alicecn-1
            ${eventType} ${tbmqNode} ${tbmqIeNode} | PUBLISH_MSG node-1 node-1
            ${props.site} ${metadata.zone} | north z-1
            $[temperature] | 23.50
            $[*] | {"temperature":23.50,"list":[[1,{"é":true}]],"none":null,"text":"${clientId}"}
            $[list[0][0]]$[list[0][1].é] | 1true
            $[text] | ${clientId}
            ${topic[9]:-none} $[none:-null] $[list:-list] $[list[1]:-end] $[a.b:-deep] | none null list end deep
            ${props.x:-} | ''
            ${metadata.x:-no zone} | no zone
            ${props.x:-a:-b} | a:-b
            $${clientId} $$[a] $$ $ {x} [y] } ] | ${clientId} $[a] $$ $ {x} [y] } ]
            a$ | a$
            a${qos}b$[temperature]c${qos}d | a1b23.50c1d
            """)
    void fillsInValues(String pattern, String filled) throws Unformattable {
        var payload =
                "{ \"temperature\": 23.50, \"list\": [ [ 1, { \"é\": true } ] ], \"none\": null, \"text\": \"${clientId}\" }";
        var arrival = anArrival()
                .with(payload)
                .by("alice")
                .certified("cn-1")
                .property("site", "north")
                .build();

        assertThat(template(pattern, OnMissing.FAIL).text(arrival, json)).isEqualTo(filled);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            x${clientId | pattern "x${clientId" has ${ without its }, position 2
            $[a[0] | pattern "$[a[0]" has $[ without its ], position 1
            ab${foo} | pattern "ab${foo}" has the unknown placeholder ${foo}; known are clientId, topicName,
            ${} | pattern "${}" has the unknown placeholder ${}; known are
            ${props.} | has the unknown placeholder ${props.}; known are
            ${topic[x]} | pattern "${topic[x]}" has a topic level that is no number; the first is topic[0], position 9
            ${topic[-1]} | has a topic level that is no number; the first is topic[0], position 9
            ${metadata.x} | pattern "${metadata.x}" has ${metadata.x}, which has no value; set are zone, and in a chain error, offset, partition, topic, position 1
            ${props.a:-${qos}} | pattern "${props.a:-${qos}}" has a placeholder inside a default, position 12
            $[] | pattern "$[]" has a JSON path without a name where one must be, position 3
            $[a..b] | pattern "$[a..b]" has a JSON path without a name where one must be, position 5
            $[a.] | pattern "$[a.]" has a JSON path without a name where one must be, position 5
            $[.a] | pattern "$[.a]" has a JSON path without a name where one must be, position 3
            $[a[x]] | pattern "$[a[x]]" has a JSON path with an index that is no number, position 5
            $[a[99999999999]] | has a JSON path with an index that is no number, position 5
            $[a[0]b] | pattern "$[a[0]b]" has a JSON path without a name where one must be, position 7
            """)
    void refusesABadPatternWithItsPlace(String pattern, String message) {
        assertThatThrownBy(() -> template(pattern, OnMissing.FAIL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .hasMessageMatching(".*, position \\d+");
    }

    @Test
    void failsOnAMissingValueByName() {
        var arrival = anArrival().build();

        assertThatThrownBy(() -> template("t.${props.site}", OnMissing.FAIL).text(arrival, json))
                .isInstanceOf(Unformattable.class)
                .hasMessage("topic \"t.${props.site}\": expected a value for ${props.site}, was missing");
    }

    @ParameterizedTest
    @CsvSource({
        "EMPTY, ${username}, ''", "EMPTY, <${username}>, <>", "EMPTY, $[none], ''",
        "LITERAL, ${username}, ${username}", "LITERAL, <$[none.x[1]]>, <$[none.x[1]]>", "LITERAL, ${username:-x}, x",
        "FAIL, ${username:-x}, x"
    })
    void obeysThePolicyForAMissingValue(OnMissing policy, String pattern, String filled) throws Unformattable {
        assertThat(template(pattern, policy).text(anArrival().build(), json)).isEqualTo(filled);
    }

    @Test
    void takesFromAChainWhatTheIntegrationDoesNotSetItself() throws Unformattable {
        var last = anArrival().noted("topic", "t-1").noted("zone", "of another").build();
        var first = anArrival().build();

        assertThat(template("${metadata.topic}/${metadata.zone}", OnMissing.FAIL)
                        .text(last, json))
                .isEqualTo("t-1/z-1");
        assertThat(template("${metadata.topic:-none}", OnMissing.FAIL).text(first, json))
                .isEqualTo("none");
        assertThatThrownBy(() -> template("${metadata.topic}", OnMissing.FAIL).text(first, json))
                .isInstanceOf(Unformattable.class);
    }

    @Test
    void handsOutALoneValueItself() throws Unformattable {
        var arrival = anArrival().build();

        assertThat(template("${clientId}", OnMissing.FAIL).text(arrival, json)).isSameAs(arrival.clientId());
        assertThat(template("a${metadata.zone}", OnMissing.FAIL).constant()).hasValue("az-1");
        assertThat(template("${clientId}", OnMissing.FAIL).constant()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"no JSON", "{\"a\":1", "{\"a\":1} x", "''", "{\"a\":{\"b\":2}}", "{\"a\":\"\"}", "[]"})
    void takesWhatIsNoJsonValueAsMissing(String payload) throws Unformattable {
        var arrival = anArrival().with(payload).build();

        assertThat(template("$[a:-missing]", OnMissing.FAIL).text(arrival, json))
                .isEqualTo("missing");
    }

    @Test
    void takesAPayloadNestedTooDeepAsNoJson() throws Unformattable {
        var template = template("$[a:-missing]", OnMissing.FAIL);

        assertThat(template.text(nested(98), json)).isEqualTo("1");
        assertThat(template.text(nested(100), json)).isEqualTo("missing");
    }

    private static Arrival nested(int depth) {
        return anArrival()
                .with("{\"a\":1,\"b\":" + "[".repeat(depth) + "]".repeat(depth) + "}")
                .build();
    }

    private Template template(String pattern, OnMissing onMissing) {
        return Template.parse(
                "topic", pattern, onMissing, new Placeholder.Scope(Map.of("zone", "z-1"), "node-1", json));
    }
}
