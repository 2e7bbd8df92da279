package io.sluice.node.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.node.access.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/// A request that is as described.
///
/// @param who       empty where the operation needs nobody
/// @param path      parameters of the path
/// @param query     parameters of the query by their types, defaults filled in
/// @param headers   by their names in small letters, in the order they came
/// @param json      body, a missing node if it is none
/// @param body      as it came
/// @param contentType of the body, empty if it has none
/// @param address   where the request came from
public record Call(
        Optional<Caller> who,
        Map<String, String> path,
        ObjectNode query,
        Map<String, List<String>> headers,
        JsonNode json,
        byte[] body,
        String contentType,
        String address) {

    /// The caller of an operation that needs one.
    public Caller caller() {
        return who.orElseThrow(() -> new IllegalStateException("expected an operation that needs a caller, was not"));
    }

    /// A parameter of the path.
    public String name(String parameter) {
        var found = path.get(parameter);
        if (found == null) {
            throw new IllegalStateException("expected parameter " + parameter + " in the path, was none");
        }
        return found;
    }

    /// A text of the query.
    public Optional<String> text(String parameter) {
        return Optional.ofNullable(query.get(parameter)).map(JsonNode::asText);
    }

    /// A whole number of the query.
    public Optional<Long> number(String parameter) {
        return Optional.ofNullable(query.get(parameter)).map(JsonNode::asLong);
    }

    public Optional<Boolean> flag(String parameter) {
        return Optional.ofNullable(query.get(parameter)).map(JsonNode::asBoolean);
    }

    /// A list of texts of the query.
    public List<String> texts(String parameter) {
        var found = query.get(parameter);
        return found == null
                ? List.of()
                : StreamSupport.stream(found.spliterator(), false)
                        .map(JsonNode::asText)
                        .toList();
    }

    /// First value of a header, named in small letters.
    public Optional<String> header(String name) {
        return headers.getOrDefault(name, List.of()).stream().findFirst();
    }

    /// What the browser holds of its session.
    public Optional<String> sessionCookie() {
        return Desk.cookie(headers);
    }

    /// A text of the body, empty if it is not there.
    public String field(String name) {
        return json.path(name).asText("");
    }

    /// Texts of a list in the body.
    public List<String> fields(String name) {
        var found = new ArrayList<String>();
        json.path(name).forEach(each -> found.add(each.asText()));
        return found;
    }
}
