package io.sluice.node;

import static io.sluice.node.catalog.Kind.INGRESS;
import static io.sluice.node.catalog.Kind.INTEGRATION;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.catalog.Key;
import io.sluice.node.catalog.Rules.Problem;
import io.sluice.node.settings.Configuration;
import io.sluice.node.settings.Problems;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DefinitionRulesTest {
    private static final Key PLANT = new Key(INTEGRATION, "plant-7");

    private final DefinitionRules rules = rules();

    private static DefinitionRules rules() {
        var config = Configuration.reference().resolve();
        return DefinitionRules.of(config, NodeSettings.from(config));
    }

    @Test
    void completesADefinitionAsItDoesASection() {
        var problems = new Problems();

        var settings = rules.integration(
                "plant-7", "{\"filters\":[\"plant/7/#\"],\"topic\":\"${topic[1]}\",\"tasks\":4}", problems);

        assertThat(problems.found()).isEmpty();
        assertThat(settings.name()).isEqualTo("plant-7");
        assertThat(settings.filters()).containsExactly("plant/7/#");
        assertThat(settings.tasks()).isEqualTo(4);
        assertThat(settings.batchSize()).isEqualTo(64 << 10);
        assertThat(settings.enabled()).isTrue();
    }

    @Test
    void anIntegrationGoesOnAsLongAsEachSubjectKeepsItsTask() {
        var before = "{\"filters\":[\"a/#\"],\"topic\":\"t\",\"tasks\":4}";

        assertThat(rules.continues(
                        PLANT, before, "{\"filters\":[\"b/#\"],\"topic\":\"u\",\"tasks\":4,\"enabled\":false}"))
                .isTrue();
        assertThat(rules.continues(PLANT, before, "{\"filters\":[\"a/#\"],\"topic\":\"t\",\"tasks\":5}"))
                .isFalse();
        assertThat(rules.continues(
                        PLANT, before, "{\"filters\":[\"a/#\"],\"topic\":\"t\",\"tasks\":4,\"subject\":\"${topic}\"}"))
                .isFalse();
        assertThat(rules.continues(PLANT, "{\"filters\":[\"a/#\"],\"topic\":\"t\",\"taks\":4}", before))
                .as("one that could not be read")
                .isFalse();
    }

    /// Two changes that a node sees as one, the second of which takes back the first, leave it with lanes that no other
    /// node has.
    @Test
    void equalSettingsOfOtherLanesAreAChange() {
        var settings =
                rules.integration("plant-7", "{\"filters\":[\"a/#\"],\"topic\":\"t\",\"tasks\":4}", new Problems());
        var other = rules.integration("plant-7", "{\"filters\":[\"b/#\"],\"topic\":\"t\",\"tasks\":4}", new Problems());

        assertThat(new Definitions.Defined(settings, 6, 6).keeps(settings, 3)).isFalse();
        assertThat(new Definitions.Defined(settings, 6, 3).keeps(settings, 3)).isTrue();
        assertThat(new Definitions.Defined(other, 6, 3).keeps(settings, 3)).isFalse();
    }

    @Test
    void findsAllProblemsAtOnce() {
        assertThat(problems(PLANT, "{\"filters\":[\"a/#/b\"],\"topic\":\"t\",\"tasks\":0,\"taks\":1}"))
                .hasSize(3)
                .anySatisfy(problem -> assertThat(problem).contains("integration.filters[0]"))
                .anySatisfy(problem -> assertThat(problem).contains("integration.tasks must be"))
                .anySatisfy(problem -> assertThat(problem).contains("integration.taks is not a key"));
    }

    @Test
    void readsJsonAndNothingElse() {
        assertThat(problems(PLANT, "include \"/etc/passwd\""))
                .first()
                .asString()
                .contains("must be a JSON object");
        assertThat(problems(PLANT, "{\"include\":\"/etc/passwd\",\"filters\":[\"a\"],\"topic\":\"t\"}"))
                .singleElement()
                .asString()
                .contains("integration.include is not a key");
        assertThat(problems(PLANT, "{\"filters\":[\"a\"],\"topic\":${HOME}}"))
                .first()
                .asString()
                .contains("must be a JSON object");
        assertThat(problems(PLANT, "[1]")).first().asString().contains("must be a JSON object");
    }

    @Test
    void readsNoJsonThatIsTooDeepOrSaysTwoThings() {
        assertThat(problems(PLANT, "{\"metadata\":" + "[".repeat(100_000) + "}"))
                .first()
                .asString()
                .contains("must be a JSON object")
                .contains("nesting depth");
        assertThat(problems(PLANT, "{\"tasks\":1,\"tasks\":2}"))
                .first()
                .asString()
                .contains("Duplicate field 'tasks', line 1");
        assertThat(problems(PLANT, "{} {}")).first().asString().contains("expected nothing after the last }");
    }

    @Test
    void knowsWhatTheConfigurationDeclares() {
        assertThat(rules.declaredIn(new Key(INTEGRATION, "telemetry")))
                .contains("the configuration, at sluice.integrations.telemetry");
        assertThat(rules.declaredIn(PLANT)).isEmpty();
        assertThat(rules.declaredIn(new Key(INGRESS, "telemetry"))).isEmpty();
    }

    @Test
    void judgesOnlyWhatChanges() {
        var other = new Key(INTEGRATION, "other");

        assertThat(rules.problems(Map.of(PLANT, "{\"tasks\":0}", other, "{\"tasks\":0}"), Set.of(PLANT)))
                .isNotEmpty()
                .extracting(Problem::key)
                .containsOnly(PLANT);
        assertThat(rules.problems(Map.of(), Set.of(PLANT))).as("a removed one").isEmpty();
    }

    private List<String> problems(Key key, String definition) {
        return rules.problems(Map.of(key, definition), Set.of(key)).stream()
                .map(Problem::text)
                .toList();
    }
}
