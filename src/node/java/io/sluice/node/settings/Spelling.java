package io.sluice.node.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds what a person may have meant.
public final class Spelling {
    private Spelling() {}

    /// `; nearest is <word>`, empty if no known word is close.
    public static String hint(String word, Collection<String> known) {
        return nearest(word, known).map("; nearest is "::concat).orElse("");
    }

    /// The known word closest to the given one, if it is close at all.
    static Optional<String> nearest(String word, Collection<String> known) {
        return known.stream()
                .filter(candidate -> distance(word, candidate) <= Math.max(2, word.length() / 3))
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)));
    }

    /// Levenshtein's distance, two rows at a time.
    static int distance(String left, String right) {
        var above = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            var row = new int[right.length() + 1];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                var swap = above[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(swap, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[right.length()];
    }
}
