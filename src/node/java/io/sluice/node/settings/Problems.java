package io.sluice.node.settings;

import com.typesafe.config.ConfigOrigin;
import java.util.ArrayList;
import java.util.List;

/// Collects what is wrong with a configuration, so that a person mends it in one go.
public final class Problems {
    private final List<String> found = new ArrayList<>();

    /// Notes a problem at a place in a file.
    public void add(ConfigOrigin origin, String problem) {
        found.add(place(origin) + problem);
    }

    /// Notes a problem that has no place in a file.
    public void add(String problem) {
        found.add(problem);
    }

    public List<String> found() {
        return List.copyOf(found);
    }

    /// @throws InvalidSettings with all problems, if there is any
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw new InvalidSettings(found);
        }
    }

    private static String place(ConfigOrigin origin) {
        var file = origin.filename() != null ? origin.filename() : origin.description();
        return origin.lineNumber() > 0 ? file + ": " + origin.lineNumber() + ": " : file + ": ";
    }
}
