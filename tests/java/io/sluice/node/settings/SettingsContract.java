package io.sluice.node.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What every settings record keeps: its defaults are those of `reference.conf`, and each key of its section arrives.
public interface SettingsContract<S> {

    /// Section of `reference.conf`, e.g. `sluice.handover`.
    String path();

    S read(Section section);

    S defaults();

    /// Each key of the section with a value that is not its default, as on the command line.
    Map<String, String> changes();

    /// What must be set besides, so that each change stands without a problem.
    default Map<String, String> company() {
        return Map.of();
    }

    /// Keys of which nothing but the default is accepted.
    default Set<String> keysWithOneValue() {
        return Set.of();
    }

    @Test
    default void readsTheDefaultsOfTheReference() {
        assertThat(readWith(Map.of())).isEqualTo(defaults());
    }

    @Test
    default void namesEveryKeyOfTheSection() {
        var section = (ConfigObject) Configuration.reference().resolve().getValue(path());

        assertThat(changes().keySet()).containsExactlyInAnyOrderElementsOf(leaves("", section));
    }

    @Test
    default void takesEveryKey() {
        var before = readWith(company());

        changes().forEach((key, value) -> {
            var changed = new HashMap<>(company());
            changed.put(key, value);
            var after = readWith(changed);
            if (!keysWithOneValue().contains(key)) {
                assertThat(after).as(key).isNotEqualTo(before);
            }
        });
    }

    /// Reads the section with some keys changed, and expects no problem.
    default S readWith(Map<String, String> keys) {
        var problems = new Problems();
        var settings = readWith(keys, problems);
        assertThat(problems.found()).isEmpty();
        return settings;
    }

    /// The problems of the section with some keys changed.
    default List<String> problemsWith(Map<String, String> keys) {
        var problems = new Problems();
        readWith(keys, problems);
        return problems.found();
    }

    private S readWith(Map<String, String> keys, Problems problems) {
        var definitions = new ArrayList<String>();
        keys.forEach((key, value) -> definitions.add(path() + "." + key + "=" + value));
        var config = new Configuration(List.of(), definitions, Map.of()).resolve();
        var section = Section.of(config, path(), problems);
        var settings = read(section);
        section.close();
        return settings;
    }

    private static Set<String> leaves(String prefix, ConfigObject object) {
        var found = new TreeSet<String>();
        object.forEach((String key, ConfigValue value) -> {
            if (value instanceof ConfigObject part && !part.isEmpty()) {
                found.addAll(leaves(prefix + key + ".", part));
            } else {
                found.add(prefix + key);
            }
        });
        return found;
    }
}
