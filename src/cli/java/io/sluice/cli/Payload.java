package io.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The body of a message: words, a file, or standard input.
final class Payload {
    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "The message itself.")
    private Optional<String> text = Optional.empty();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "A file with the message; without this and -m it comes from standard input.")
    private Optional<String> file = Optional.empty();

    Optional<String> text() {
        return text;
    }

    /// @throws Failure if it cannot be read
    byte[] bytes(Target target) {
        if (text.isPresent() && file.isPresent()) {
            throw Failure.usage("expected -m or -f, was both");
        }
        return text.map(words -> words.getBytes(UTF_8))
                .orElseGet(() -> Documents.bytes(file.orElse("-"), target.surroundings()));
    }

    /// Of `NAME=VALUE`.
    static Map.Entry<String, String> pair(String option, String text) {
        int end = text.indexOf('=');
        if (end < 1) {
            throw Failure.usage("%s: expected NAME=VALUE, was %s".formatted(option, text));
        }
        return Map.entry(text.substring(0, end), text.substring(end + 1));
    }

    /// The body of a message that is only thought of; -f is taken by the definition.
    static final class OfSample {
        @Option(
                names = {"-m", "--message"},
                paramLabel = "TEXT",
                description = "The message itself.")
        private Optional<String> text = Optional.empty();

        @Option(
                names = "--payload",
                paramLabel = "FILE",
                description = "A file with the message, - for standard input.")
        private Optional<String> file = Optional.empty();

        Optional<byte[]> bytes(Target target) {
            if (text.isPresent() && file.isPresent()) {
                throw Failure.usage("expected -m or --payload, was both");
            }
            return text.map(words -> words.getBytes(UTF_8))
                    .or(() -> file.map(name -> Documents.bytes(name, target.surroundings())));
        }
    }
}
