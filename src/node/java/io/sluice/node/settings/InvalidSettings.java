package io.sluice.node.settings;

import java.util.List;

/// The configuration cannot be used. The message lists every problem, one a line.
public final class InvalidSettings extends RuntimeException {
    private final transient List<String> problems;

    public InvalidSettings(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
