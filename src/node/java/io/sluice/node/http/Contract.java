package io.sluice.node.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import io.sluice.node.access.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The operations of an OpenAPI 3.1 document: what is served is what it says.
///
/// Of OpenAPI it reads what ours uses: parameters of path, query and header, one schema per media type of a
/// body, references inside the document. `x-scope` says who may, `x-rest` that a parameter takes all that is
/// left of a path, `x-raw` that a body is read by its handler.
public final class Contract {
    private static final String IRI = "https://sluice.io/openapi";
    private static final String SCHEMAS = "#/components/schemas/";
    private static final String DEFINITIONS = "#/$defs/";
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

    /// An operation and the parameters of its path; or, if the path takes other methods, those.
    sealed interface Found {
        record One(Operation operation, Map<String, String> path) implements Found {}

        record OtherMethods(Set<String> methods) implements Found {}

        record Nothing() implements Found {}
    }

    private record Place(PathTemplate template, Map<String, Operation> methods) {}

    private final byte[] source;
    private final JsonNode document;
    private final JsonSchemaFactory schemas;
    private final SchemaValidatorsConfig config = SchemaValidatorsConfig.builder()
            .formatAssertionsEnabled(true)
            .errorMessageKeyword("message")
            .build();
    private final List<Place> places = new ArrayList<>();

    private Contract(byte[] source) throws IOException {
        this.source = source;
        var mapper = new YAMLMapper();
        var named = (ObjectNode) mapper.readTree(source);
        nameSchemas(named);
        this.document = named;
        this.schemas = JsonSchemaFactory.getInstance(
                SpecVersion.VersionFlag.V202012,
                builder -> builder.schemaLoaders(loaders -> loaders.schemas(Map.of(IRI, definitions()))));
        var base = document.at("/servers/0/url").asText();
        document.path("paths").properties().forEach(path -> places.add(place(base, path.getKey(), path.getValue())));
        places.sort(Comparator.comparingInt((Place place) -> place.template().texts())
                .reversed());
    }

    /// Reads the document that is part of the program.
    public static Contract read() {
        try (var in = Contract.class.getResourceAsStream("/openapi.yaml")) {
            if (in == null) {
                throw new IllegalStateException("openapi.yaml: expected on the class path, was not");
            }
            return new Contract(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] source() {
        return source.clone();
    }

    /// Names of all operations.
    Set<String> operations() {
        return places.stream()
                .flatMap(place -> place.methods().values().stream())
                .map(Operation::id)
                .collect(Collectors.toUnmodifiableSet());
    }

    Found find(String method, List<String> path) {
        for (var place : places) {
            var values = place.template().match(path);
            if (values.isPresent()) {
                var operation = place.methods().get(method);
                return operation == null
                        ? new Found.OtherMethods(place.methods().keySet())
                        : new Found.One(operation, values.get());
            }
        }
        return new Found.Nothing();
    }

    /// Gives each schema that stands alone a name, for only what has one can be referred to.
    private static void nameSchemas(ObjectNode document) {
        var all = (ObjectNode) document.at("/components/schemas");
        var found = new ArrayList<ObjectNode>();
        document.path("paths").forEach(path -> found.addAll(holders(path)));
        document.at("/components/parameters").forEach(parameter -> found.add((ObjectNode) parameter));
        for (var holder : found) {
            var schema = holder.get("schema");
            if (schema != null && !schema.has("$ref")) {
                var name = "unnamed-" + all.size();
                all.set(name, schema);
                holder.set("schema", document.objectNode().put("$ref", "#/components/schemas/" + name));
            }
        }
    }

    private static List<ObjectNode> holders(JsonNode path) {
        var found = new ArrayList<ObjectNode>();
        path.path("parameters").forEach(parameter -> found.add((ObjectNode) parameter));
        for (var operation : path) {
            operation.path("parameters").forEach(parameter -> found.add((ObjectNode) parameter));
            operation.at("/requestBody/content").forEach(content -> found.add((ObjectNode) content));
        }
        return found;
    }

    private Place place(String base, String path, JsonNode node) {
        var shared = new ArrayList<JsonNode>();
        node.path("parameters").forEach(parameter -> shared.add(resolved(parameter)));
        var methods = new TreeMap<String, Operation>();
        node.properties().stream()
                .filter(entry -> METHODS.contains(entry.getKey()))
                .forEach(entry -> methods.put(
                        entry.getKey().toUpperCase(Locale.ROOT),
                        operation(entry.getKey().toUpperCase(Locale.ROOT), entry.getValue(), shared)));
        var rest =
                shared.stream().anyMatch(parameter -> parameter.path("x-rest").asBoolean());
        return new Place(PathTemplate.of(base + path, rest), methods);
    }

    private Operation operation(String method, JsonNode node, List<JsonNode> shared) {
        var inputs = new ArrayList<Operation.Input>();
        shared.forEach(parameter -> inputs.add(input(parameter)));
        node.path("parameters").forEach(parameter -> inputs.add(input(resolved(parameter))));
        var bodies = new LinkedHashMap<String, Optional<JsonSchema>>();
        node.at("/requestBody/content").properties().forEach(content -> {
            var isJson = content.getKey().endsWith("json")
                    && !content.getValue().path("x-raw").asBoolean();
            bodies.put(
                    content.getKey(),
                    isJson ? Optional.of(schema(content.getValue().path("schema"))) : Optional.empty());
        });
        return new Operation(
                node.path("operationId").asText(),
                method,
                access(node.path("x-scope").asText()),
                inputs,
                bodies,
                node.at("/requestBody/required").asBoolean());
    }

    private static Operation.Access access(String scope) {
        return switch (scope) {
            case "none" -> new Operation.Access.Everybody();
            case "any" -> new Operation.Access.Known();
            default -> new Operation.Access.Needs(Scope.of(scope));
        };
    }

    private Operation.Input input(JsonNode parameter) {
        var schema = resolved(parameter.path("schema"));
        var preset = schema.path("default");
        return new Operation.Input(
                parameter.path("name").asText(),
                parameter.path("in").asText(),
                parameter.path("required").asBoolean(),
                schema(parameter.path("schema")),
                schema.path("type").asText("string"),
                preset.isMissingNode() ? Optional.empty() : Optional.of(preset));
    }

    /// All schemas as one document of JSON Schema, which knows nothing of OpenAPI.
    private String definitions() {
        var all = document.at("/components/schemas").toString();
        return "{\"$defs\":" + all.replace(SCHEMAS, DEFINITIONS) + "}";
    }

    private JsonSchema schema(JsonNode reference) {
        return schemas.getSchema(
                SchemaLocation.of(IRI + reference.path("$ref").asText().replace(SCHEMAS, DEFINITIONS)), config);
    }

    private JsonNode resolved(JsonNode node) {
        var reference = node.path("$ref").asText();
        return reference.isEmpty() ? node : resolved(document.at(reference.substring(1)));
    }
}
