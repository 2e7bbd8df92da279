package io.sluice.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ErrorCodeTest {

    @Test
    void eachCodeHasItsLineAmongTheProblems() throws IOException {
        var lines = Files.readAllLines(Path.of("../docs/problems.md"));

        for (var code : ErrorCode.values()) {
            assertThat(lines)
                    .contains(
                            "| `%s` | %d | %s | %s |".formatted(code.code(), code.status(), code.title(), code.cure()));
        }
        assertThat(lines.stream().filter(line -> line.startsWith("| `"))).hasSize(ErrorCode.values().length);
    }

    @Test
    void codesAreDifferent() {
        assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::code)).doesNotHaveDuplicates();
    }
}
