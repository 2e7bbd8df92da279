package io.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A request that is to be sent.
///
/// @param path    below `/v1`, with its query
/// @param headers names and values by turns
/// @param body    empty: none
/// @param limit   until the answer is there
record Ask(String method, String path, List<String> headers, byte[] body, Duration limit) {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /// The server itself gives up after three minutes.
    private static final Duration LONG_LIMIT = Duration.ofSeconds(200);

    Ask {
        headers = List.copyOf(headers);
    }

    static Ask get(String path) {
        return new Ask("GET", path, List.of(), new byte[0], LIMIT);
    }

    static Ask post(String path) {
        return get(path).method("POST");
    }

    static Ask delete(String path) {
        return get(path).method("DELETE");
    }

    Ask method(String other) {
        return new Ask(other, path, headers, body, limit);
    }

    Ask query(String name, String value) {
        var separator = path.contains("?") ? "&" : "?";
        return new Ask(method, path + separator + name + "=" + URLEncoder.encode(value, UTF_8), headers, body, limit);
    }

    Ask query(String name, Optional<?> value) {
        return value.map(given -> query(name, given.toString())).orElse(this);
    }

    /// @throws Failure if the value is not what a header can carry
    Ask header(String name, String value) {
        if (!value.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw Failure.usage("%s: expected printable ASCII, was something else".formatted(name));
        }
        var all = new ArrayList<>(headers);
        all.add(name);
        all.add(value);
        return new Ask(method, path, all, body, limit);
    }

    Ask header(String name, Optional<?> value) {
        return value.map(given -> header(name, given.toString())).orElse(this);
    }

    Ask json(JsonNode json) {
        return body("application/json", Json.bytes(json));
    }

    Ask body(String contentType, byte[] bytes) {
        return new Ask(method, path, headers, bytes, limit).header("Content-Type", contentType);
    }

    /// For what may take minutes.
    Ask slow() {
        return new Ask(method, path, headers, body, LONG_LIMIT);
    }

    /// Text as one segment of a path. Dots are encoded too, for some take them for folders.
    static String segment(String text) {
        var encoded = URLEncoder.encode(text, UTF_8).replace("+", "%20").replace("*", "%2A");
        return encoded.matches("\\.+") ? encoded.replace(".", "%2E") : encoded;
    }

    /// Text as a path whose slashes stay.
    static String segments(String text) {
        return Arrays.stream(text.split("/", -1)).map(Ask::segment).collect(Collectors.joining("/"));
    }
}
