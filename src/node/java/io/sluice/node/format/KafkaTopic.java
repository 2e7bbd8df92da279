package io.sluice.node.format;

/// Kafka's rule for topic names.
final class KafkaTopic {
    private static final int LENGTH_MAX = 249;

    private KafkaTopic() {}

    /// What is wrong with a topic name; empty if nothing is.
    static String problem(String name) {
        if (name.isEmpty()) {
            return "expected a topic name, was empty";
        }
        if (name.length() > LENGTH_MAX) {
            return "expected at most %d characters, was %d".formatted(LENGTH_MAX, name.length());
        }
        if (name.equals(".") || name.equals("..")) {
            return "expected a topic name, was \"" + name + "\"";
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isLegal(name.charAt(i))) {
                return "expected a-z A-Z 0-9 . _ - only, was \"" + name + "\"";
            }
        }
        return "";
    }

    private static boolean isLegal(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }
}
