package io.sluice.node.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceConfTest {
    private static final Path HOCON = Path.of(System.getProperty("sluice.root", ".."), "hocon");

    @ParameterizedTest
    @ValueSource(strings = {"reference.conf", "sluice.conf", "sluice-environment.conf"})
    void explainsEveryKey(String name) {
        var file = ConfigFactory.parseFile(HOCON.resolve(name).toFile());

        assertThat(withoutComment("", file.root())).isEmpty();
        assertThat(file.root()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("files")
    void keepsLinesShort(Path file) throws Exception {
        assertThat(Files.readAllLines(file)).allMatch(line -> line.length() <= 120);
    }

    @Test
    void findsAKeyWithoutComment() {
        var config = ConfigFactory.parseString("a {\n# why\nb = 1\nc = 2\n}");

        assertThat(withoutComment("", config.root())).containsExactly("a.c");
    }

    static Stream<Path> files() throws Exception {
        try (var files = Files.walk(HOCON)) {
            return files.filter(file -> file.toString().endsWith(".conf")).toList().stream();
        }
    }

    private static List<String> withoutComment(String prefix, ConfigObject object) {
        var found = new ArrayList<String>();
        object.forEach((key, value) -> {
            if (value instanceof ConfigObject part && !part.isEmpty()) {
                found.addAll(withoutComment(prefix + key + ".", part));
            } else if (value.origin().comments().isEmpty()) {
                found.add(prefix + key);
            }
        });
        return found;
    }
}
