package io.sluice.cli;

import java.io.InputStream;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/// What a command sees of the world besides its words.
///
/// @param in       standard input
/// @param terminal who can be asked, if somebody sits there
/// @param zone     in which a person is told the time
public record Surroundings(Map<String, String> environment, InputStream in, Optional<Terminal> terminal, ZoneId zone) {

    /// A person at a terminal.
    public interface Terminal {
        /// What was answered; empty if nothing.
        String line(String prompt);

        /// The same without showing it.
        String hidden(String prompt);
    }

    public Surroundings {
        environment = Map.copyOf(environment);
    }

    /// Of this process. It talks to a person if input and output both are a terminal.
    static Surroundings ofProcess() {
        var console = Optional.ofNullable(System.console()).filter(java.io.Console::isTerminal);
        return new Surroundings(System.getenv(), System.in, console.map(ConsoleTerminal::new), ZoneId.systemDefault());
    }

    /// A variable; an empty one counts as unset.
    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty());
    }

    private record ConsoleTerminal(java.io.Console console) implements Terminal {
        @Override
        public String line(String prompt) {
            var line = console.readLine("%s", prompt);
            return line == null ? "" : line;
        }

        @Override
        public String hidden(String prompt) {
            var password = console.readPassword("%s", prompt);
            return password == null ? "" : String.valueOf(password);
        }
    }
}
