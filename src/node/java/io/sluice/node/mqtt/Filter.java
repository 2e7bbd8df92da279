package io.sluice.node.mqtt;

import java.util.List;
import java.util.Optional;

/// A topic filter (MQTT 5 section 4.7), split into its levels.
record Filter(String text, List<String> levels) {

    static Filter of(String text) {
        return new Filter(text, levels(text));
    }

    static List<String> levels(String text) {
        return List.of(text.split("/", -1));
    }

    /// What is wrong with a text as a filter; nothing if it is one.
    static Optional<String> problem(String text) {
        if (text.isEmpty()) {
            return Optional.of("expected at least one character, was none");
        }
        var levels = levels(text);
        for (int i = 0; i < levels.size(); i++) {
            var level = levels.get(i);
            if (level.contains("#") && (level.length() > 1 || i < levels.size() - 1)) {
                return Optional.of("\"%s\" has # elsewhere than alone in its last level".formatted(text));
            }
            if (level.contains("+") && level.length() > 1) {
                return Optional.of("\"%s\" has + beside other characters in a level".formatted(text));
            }
        }
        return Optional.empty();
    }

    boolean matches(String topic) {
        return covers(levels(topic));
    }

    /// Whether every topic that the other filter matches is matched by this one too.
    boolean covers(Filter other) {
        return covers(other.levels);
    }

    private boolean covers(List<String> others) {
        if (others.getFirst().startsWith("$") && isWildcard(levels.getFirst())) {
            return false;
        }
        for (int i = 0; i < levels.size(); i++) {
            var level = levels.get(i);
            if (level.equals("#")) {
                return true;
            }
            if (i == others.size() || others.get(i).equals("#")) {
                return false;
            }
            if (!level.equals("+") && !level.equals(others.get(i))) {
                return false;
            }
        }
        return others.size() == levels.size();
    }

    private static boolean isWildcard(String level) {
        return level.equals("#") || level.equals("+");
    }
}
