package io.sluice.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.node.catalog.Entry;
import io.sluice.node.http.Json;
import io.sluice.node.observe.TaskStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// An integration as the API shows it.
///
/// @param source  `catalog`, or `configuration` for one declared in files
/// @param version its ETag; 0 for one declared in files
record Integration(
        String name,
        boolean enabled,
        String source,
        long version,
        Optional<String> changedBy,
        Optional<Instant> changedAt,
        JsonNode definition,
        List<TaskStatus> tasks) {

    static Integration of(Entry entry, List<TaskStatus> tasks) {
        var definition = Json.of(entry.definition());
        return new Integration(
                entry.key().name(),
                isEnabled(definition),
                "catalog",
                entry.version(),
                Optional.of(entry.by()),
                Optional.of(entry.at()),
                definition,
                of(entry.key().name(), tasks));
    }

    static Integration declared(String name, String json, List<TaskStatus> tasks) {
        var definition = Json.of(json);
        return new Integration(
                name,
                isEnabled(definition),
                "configuration",
                0,
                Optional.empty(),
                Optional.empty(),
                definition,
                of(name, tasks));
    }

    /// Whether name or definition contain a text.
    ///
    /// @param small the text in small letters
    boolean contains(String small) {
        return name.toLowerCase(java.util.Locale.ROOT).contains(small)
                || definition.toString().toLowerCase(java.util.Locale.ROOT).contains(small);
    }

    /// The definition with a name in it, as an export has it.
    ObjectNode named() {
        var named = Json.object().put("name", name);
        definition.properties().forEach(key -> named.set(key.getKey(), key.getValue()));
        return named;
    }

    private static boolean isEnabled(JsonNode definition) {
        return !"false".equals(definition.path("enabled").asText("true"));
    }

    private static List<TaskStatus> of(String name, List<TaskStatus> tasks) {
        return tasks.stream().filter(task -> task.integration().equals(name)).toList();
    }
}
