package io.sluice.node.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Reads a request as its operation describes it, or says all that is wrong. Pure.
final class Reading {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int PROBLEMS_MAX = 50;

    private final Operation operation;
    private final List<String> problems = new ArrayList<>();

    Reading(Operation operation) {
        this.operation = operation;
    }

    /// Parameters of the query by their types.
    ///
    /// @param raw as it was sent
    ObjectNode query(String raw) {
        var sent = new LinkedHashMap<String, List<String>>();
        for (var pair : raw.isEmpty() ? new String[0] : raw.split("&", -1)) {
            var equals = pair.indexOf('=');
            try {
                var name = Percent.decode(equals < 0 ? pair : pair.substring(0, equals));
                var value = equals < 0 ? "" : Percent.decode(pair.substring(equals + 1));
                sent.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
            } catch (IllegalArgumentException e) {
                problems.add("query: " + e.getMessage());
            }
        }
        var found = NODES.objectNode();
        for (var input : operation.inputs()) {
            if (input.in().equals("query")) {
                read(input, Optional.ofNullable(sent.remove(input.name())))
                        .ifPresent(value -> found.set(input.name(), value));
            }
        }
        sent.keySet()
                .forEach(name -> problems.add(
                        "query parameter %s: expected one of %s, was none of them".formatted(name, names("query"))));
        return found;
    }

    void path(Map<String, String> path) {
        for (var input : operation.inputs()) {
            if (input.in().equals("path")) {
                var value = path.get(input.name());
                read(input, Optional.ofNullable(value).map(List::of));
            }
        }
    }

    /// @param headers by their names in small letters
    void headers(Map<String, List<String>> headers) {
        for (var input : operation.inputs()) {
            if (input.in().equals("header")) {
                for (var value : headers.getOrDefault(input.name().toLowerCase(Locale.ROOT), List.of())) {
                    read(input, Optional.of(List.of(value)));
                }
            }
        }
    }

    /// The body as JSON, if that is what it is.
    ///
    /// @param mediaType of the body in small letters, empty if there is none
    JsonNode body(String mediaType, byte[] body) {
        if (operation.bodies().isEmpty() || (body.length == 0 && !operation.mustHaveBody())) {
            if (body.length > 0) {
                problems.add("body: expected none, was one of %d bytes".formatted(body.length));
            }
            return MissingNode.getInstance();
        }
        var schema = operation.bodies().get(mediaType);
        if (schema == null) {
            if (operation.bodies().containsKey("*/*")) {
                return MissingNode.getInstance();
            }
            throw Problem.of(
                    ErrorCode.UNSUPPORTED_CONTENT_TYPE,
                    "content type: expected one of %s, was %s"
                            .formatted(operation.bodies().keySet(), mediaType.isEmpty() ? "none" : mediaType));
        }
        if (schema.isEmpty()) {
            return MissingNode.getInstance();
        }
        var json = Json.parse(body);
        check("body", schema.get(), json);
        return json;
    }

    /// @throws Problem if anything was wrong
    void end() {
        if (!problems.isEmpty()) {
            throw Problem.of(
                    ErrorCode.INVALID_REQUEST,
                    problems.getFirst(),
                    problems.subList(0, Math.min(problems.size(), PROBLEMS_MAX)));
        }
    }

    private Optional<JsonNode> read(Operation.Input input, Optional<List<String>> sent) {
        var what = "path".equals(input.in()) ? "path" : input.in() + " parameter";
        if (sent.isEmpty()) {
            if (input.required()) {
                problems.add("%s %s: expected one, was none".formatted(what, input.name()));
            }
            return input.preset().map(JsonNode.class::cast);
        }
        var values = sent.get();
        if (values.size() > 1 && !input.type().equals("array")) {
            problems.add("%s %s: expected one, was %d of them".formatted(what, input.name(), values.size()));
        }
        var value = value(input.type(), values);
        check("%s %s".formatted(what, input.name()), input.schema(), value);
        return Optional.of(value);
    }

    /// A text that is none of its type stays a text, and the schema says so.
    private static JsonNode value(String type, List<String> values) {
        var first = values.getFirst();
        return switch (type) {
            case "integer" ->
                first.matches("-?(0|[1-9]\\d{0,17})") ? NODES.numberNode(Long.parseLong(first)) : NODES.textNode(first);
            case "boolean" ->
                first.equals("true") || first.equals("false")
                        ? NODES.booleanNode(first.equals("true"))
                        : NODES.textNode(first);
            case "array" -> {
                var all = NODES.arrayNode();
                values.forEach(all::add);
                yield all;
            }
            default -> NODES.textNode(first);
        };
    }

    private void check(String what, JsonSchema schema, JsonNode value) {
        schema.validate(value).stream()
                .map(message -> "%s: %s".formatted(what, message.getMessage()))
                .sorted()
                .forEach(problems::add);
    }

    private String names(String in) {
        return operation.inputs().stream()
                .filter(input -> input.in().equals(in))
                .map(Operation.Input::name)
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
