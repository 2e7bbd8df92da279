package io.sluice.node.http;

import com.networknt.schema.JsonSchema;
import io.sluice.node.access.Scope;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One method of one path.
///
/// @param id      names its handler
/// @param access  who may
/// @param inputs  of query and headers; those of the path too
/// @param bodies  schema of the body by media type, empty if there is none; `*/*` takes any
/// @param mustHaveBody whether there has to be one
record Operation(
        String id,
        String method,
        Access access,
        List<Input> inputs,
        Map<String, Optional<JsonSchema>> bodies,
        boolean mustHaveBody) {

    /// Who may make a request.
    sealed interface Access {
        /// Everybody.
        record Everybody() implements Access {}

        /// Who is known, whoever it is.
        record Known() implements Access {}

        /// Who has a scope.
        record Needs(Scope scope) implements Access {}
    }

    /// @param in `path`, `query` or `header`
    record Input(String name, String in, boolean required, JsonSchema schema, String type, Optional<Object> preset) {}

    boolean changes() {
        return !method.equals("GET");
    }
}
