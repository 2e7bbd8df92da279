package io.sluice.node.settings;

import com.typesafe.config.ConfigOrigin;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Collects what is wrong with a configuration, so that a person mends it in one go. The same problem is told once.
public final class Problems {
    private final Set<String> found = new LinkedHashSet<>();

    /// Notes a problem at a place in a file, an environment variable or the command line.
    public void add(ConfigOrigin origin, String problem) {
        found.add(place(origin) + ": " + problem);
    }

    /// Notes a problem that has no place.
    public void add(String problem) {
        found.add(problem);
    }

    public List<String> found() {
        return List.copyOf(found);
    }

    /// @throws InvalidSettings with all problems, if there is any
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw new InvalidSettings(found());
        }
    }

    /// File and line where there are any. A description made by the parser carries its line already; of a section
    /// merged from several places the first counts, which is where a person wrote.
    static String place(ConfigOrigin origin) {
        var file = origin.resource() != null ? origin.resource() : origin.filename();
        if (file == null) {
            var merged = origin.description().replaceFirst("^merge of ", "");
            return merged.equals(origin.description()) ? merged : merged.split(",", 2)[0];
        }
        return origin.lineNumber() > 0 ? file + ": " + origin.lineNumber() : file;
    }
}
