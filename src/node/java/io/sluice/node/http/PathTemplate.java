package io.sluice.node.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A path with names in braces for some of its segments.
///
/// @param segments each a text, or a name in braces
/// @param rest     whether the last name stands for all that is left, slashes included
record PathTemplate(List<String> segments, boolean rest) {

    static PathTemplate of(String path, boolean rest) {
        return new PathTemplate(List.of(path.substring(1).split("/", -1)), rest);
    }

    /// What stands in place of the names.
    ///
    /// @param path segments, decoded
    Optional<Map<String, String>> match(List<String> path) {
        if (rest ? path.size() < segments.size() : path.size() != segments.size()) {
            return Optional.empty();
        }
        var found = new LinkedHashMap<String, String>();
        for (int i = 0; i < segments.size(); i++) {
            var segment = segments.get(i);
            if (!segment.startsWith("{")) {
                if (!segment.equals(path.get(i))) {
                    return Optional.empty();
                }
            } else {
                var isRest = rest && i == segments.size() - 1;
                found.put(
                        segment.substring(1, segment.length() - 1),
                        isRest ? String.join("/", path.subList(i, path.size())) : path.get(i));
            }
        }
        return Optional.of(found);
    }

    /// How many segments are texts: the more, the better a match.
    int texts() {
        return (int)
                segments.stream().filter(segment -> !segment.startsWith("{")).count();
    }
}
