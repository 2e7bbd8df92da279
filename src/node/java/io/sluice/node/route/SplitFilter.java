package io.sluice.node.route;

import java.util.List;

/// A topic filter (MQTT 5 section 4.7), split into its levels.
public record SplitFilter(String text, List<String> levels) {

    /// @throws IllegalArgumentException if it is none: what is wrong with it, and where
    public static SplitFilter of(String text) {
        return new SplitFilter(TopicFilter.parse(text).text(), levels(text));
    }

    /// The levels of a topic or a filter.
    public static List<String> levels(String text) {
        return List.of(text.split("/", -1));
    }

    public boolean matches(String topic) {
        return matches(levels(topic));
    }

    /// @param topic its levels
    public boolean matches(List<String> topic) {
        return covers(topic);
    }

    /// Whether every topic that the other filter matches is matched by this one too.
    public boolean covers(SplitFilter other) {
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
