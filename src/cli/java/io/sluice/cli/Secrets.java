package io.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import picocli.CommandLine.Option;

/// How a password comes in: never as a word of the command, where others could read it.
final class Secrets {
    private static final int LENGTH_MAX = 4_096;

    @Option(names = "--password-stdin", description = "Read the password from the first line of standard input.")
    private boolean fromInput;

    boolean isFromInput() {
        return fromInput;
    }

    /// @throws Failure if there is none
    String password(Target target, String prompt) {
        return checked(fromInput ? firstLine(target.surroundings().in()) : asked(target, prompt));
    }

    /// One that is new, so it is asked for twice.
    ///
    /// @throws Failure if there is none, or both differ
    String fresh(Target target, String prompt) {
        var password = password(target, prompt);
        if (!fromInput && !asked(target, "Again: ").equals(password)) {
            throw Failure.usage("expected the same password twice, was another");
        }
        return password;
    }

    private static String asked(Target target, String prompt) {
        return target.surroundings()
                .terminal()
                .orElseThrow(() -> Failure.usage("expected --password-stdin where nobody can be asked"))
                .hidden(prompt);
    }

    private static String checked(String password) {
        if (password.isEmpty()) {
            throw Failure.usage("expected a password, was none");
        }
        return password;
    }

    private static String firstLine(InputStream in) {
        var line = new ByteArrayOutputStream();
        try {
            for (int b = in.read(); b >= 0 && b != '\n' && line.size() < LENGTH_MAX; b = in.read()) {
                line.write(b);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.toString(UTF_8).replaceFirst("\r$", "");
    }
}
