package io.sluice.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// A caller of a node's REST API.
final class Rest {
    static final String ADMIN_PASSWORD = "let me in";

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    /// @param json a missing node if there is no JSON
    record Reply(int status, HttpHeaders headers, String text, JsonNode json) {
        String code() {
            return json.path("code").asText();
        }

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    private final URI base;
    private final List<String> headers;

    private Rest(URI base, List<String> headers) {
        this.base = base;
        this.headers = headers;
    }

    static Rest nobody(OneNode node) {
        var address = node.node().apiAddress();
        return new Rest(URI.create("http://127.0.0.1:" + address.getPort()), List.of());
    }

    static Rest admin(OneNode node) {
        return nobody(node).loggedIn("admin", ADMIN_PASSWORD);
    }

    Rest loggedIn(String user, String password) {
        var reply = post("/v1/session", "{\"user\":\"%s\",\"password\":\"%s\"}".formatted(user, password));
        if (reply.status() != 200) {
            throw new IllegalStateException(reply.text());
        }
        var cookie = reply.header("Set-Cookie").split(";", 2)[0];
        return with("Cookie", cookie)
                .with("Sluice-Csrf", reply.json().path("csrf").asText());
    }

    /// Makes a user of this name and role, and is that user.
    Rest newUser(String name, String role) {
        var reply = post(
                "/v1/users", "{\"name\":\"%s\",\"role\":\"%s\",\"password\":\"of %s\"}".formatted(name, role, name));
        if (reply.status() != 201) {
            throw new IllegalStateException(reply.text());
        }
        return new Rest(base, List.of()).loggedIn(name, "of " + name);
    }

    Rest with(String name, String value) {
        var all = new ArrayList<>(headers);
        all.add(name);
        all.add(value);
        return new Rest(base, all);
    }

    Rest without(String name) {
        var kept = new ArrayList<String>();
        for (int i = 0; i < headers.size(); i += 2) {
            if (!headers.get(i).equals(name)) {
                kept.addAll(headers.subList(i, i + 2));
            }
        }
        return new Rest(base, kept);
    }

    Rest token(String token) {
        return new Rest(base, List.of("Authorization", "Bearer " + token));
    }

    URI base() {
        return base;
    }

    Reply get(String path) {
        return send("GET", path, "", "");
    }

    Reply post(String path, String json) {
        return send("POST", path, json.isEmpty() ? "" : "application/json", json);
    }

    Reply put(String path, String json) {
        return send("PUT", path, "application/json", json);
    }

    Reply patch(String path, String json) {
        return send("PATCH", path, "application/merge-patch+json", json);
    }

    Reply delete(String path) {
        return send("DELETE", path, "", "");
    }

    Reply send(String method, String path, String contentType, String body) {
        var request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(LIMIT)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        if (!headers.isEmpty()) {
            request.headers(headers.toArray(String[]::new));
        }
        try {
            return reply(CLIENT.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Reply reply(HttpResponse<String> response) {
        var type = response.headers().firstValue("Content-Type").orElse("");
        try {
            var json = type.contains("json") ? JSON.readTree(response.body()) : JSON.missingNode();
            return new Reply(response.statusCode(), response.headers(), response.body(), Objects.requireNonNull(json));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
