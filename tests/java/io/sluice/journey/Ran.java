package io.sluice.journey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A command that has ended.
///
/// @param code its exit code
/// @param out  what it wrote to standard output, to the byte
/// @param err  what it wrote to standard error
record Ran(int code, byte[] out, String err) {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /// Runs it in this process's environment.
    static Ran of(String... command) {
        return of(List.of(command), Map.of());
    }

    /// @param environment added to this process's own; an empty value removes the variable
    /// @throws IllegalStateException if it does not end within two minutes; it is killed then
    static Ran of(List<String> command, Map<String, String> environment) {
        try {
            var out = Files.createTempFile("ran", ".out");
            var err = Files.createTempFile("ran", ".err");
            var builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            environment.forEach((name, value) -> {
                builder.environment().remove(name);
                if (!value.isEmpty()) {
                    builder.environment().put(name, value);
                }
            });
            var code = await(builder.start(), command);
            var ran = new Ran(code, Files.readAllBytes(out), Files.readString(err));
            Files.delete(out);
            Files.delete(err);
            return ran;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "%s: cannot be run; ./sluice test installs what is missing".formatted(command.getFirst()), e);
        }
    }

    private static int await(Process process, List<String> command) {
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new IllegalStateException("%s: expected to end within %d s, was still running"
                        .formatted(Path.of(command.getFirst()).getFileName(), LIMIT.toSeconds()));
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    String text() {
        return new String(out, StandardCharsets.UTF_8);
    }

    /// Both outputs and the code, for a failure's message.
    String all() {
        return "code %d%n%s%n%s".formatted(code, text(), err);
    }
}
