package io.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/// Reads definitions of integrations from files: JSON, as the API takes and exports it, or HOCON, as a node
/// reads it.
final class Documents {
    private static final String INPUT = "-";

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "Definitions: *.json as export writes it, or one definition with its name; any other name:"
                    + " HOCON with sluice.integrations; -: JSON from standard input. As many as needed.")
    private List<String> files = List.of();

    boolean isEmpty() {
        return files.isEmpty();
    }

    /// Definitions by their names, without the names in them.
    ///
    /// @throws Failure if a file cannot be used, or two define the same
    SortedMap<String, ObjectNode> read(Surroundings surroundings) {
        var all = new TreeMap<String, ObjectNode>();
        Map<String, String> places = new HashMap<>();
        for (var file : files) {
            for (var each : definitions(file, surroundings)) {
                var name = each.path("name").asText("");
                if (name.isEmpty() || !(each instanceof ObjectNode definition)) {
                    throw Failure.usage("%s: expected a definition with a name, was none".formatted(place(file)));
                }
                var other = places.put(name, place(file));
                if (other != null) {
                    throw Failure.usage(
                            "%s: integration [%s]: expected once, was in %s too".formatted(place(file), name, other));
                }
                definition.remove("name");
                all.put(name, definition);
            }
        }
        if (all.isEmpty()) {
            throw Failure.usage("expected a definition, was none; name files with -f");
        }
        return all;
    }

    /// As the API takes several.
    static ObjectNode document(Map<String, ObjectNode> definitions) {
        var document = Json.object();
        var all = document.putArray("integrations");
        definitions.forEach((name, definition) -> all.add(named(name, definition)));
        return document;
    }

    static ObjectNode named(String name, ObjectNode definition) {
        var named = Json.object().put("name", name);
        named.setAll(definition);
        return named;
    }

    /// Bytes of a file, or of standard input for `-`.
    ///
    /// @throws Failure if it cannot be read
    static byte[] bytes(String file, Surroundings surroundings) {
        try {
            return file.equals(INPUT) ? surroundings.in().readAllBytes() : Files.readAllBytes(Path.of(file));
        } catch (IOException e) {
            throw Failure.usage("file [%s]: expected one that can be read, was not (%s)"
                    .formatted(file, e.getClass().getSimpleName()));
        }
    }

    private static Iterable<JsonNode> definitions(String file, Surroundings surroundings) {
        var json = Json.written(place(file), text(file, surroundings));
        if (json.isArray()) {
            return json;
        }
        return json.has("integrations") ? json.path("integrations") : List.of(json);
    }

    private static byte[] text(String file, Surroundings surroundings) {
        if (file.equals(INPUT) || file.endsWith(".json")) {
            return bytes(file, surroundings);
        }
        try {
            return HoconDefinitions.json(Path.of(file), surroundings.environment())
                    .getBytes(UTF_8);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(String.valueOf(e.getMessage()));
        }
    }

    private static String place(String file) {
        return file.equals(INPUT) ? "standard input" : "file [%s]".formatted(file);
    }
}
