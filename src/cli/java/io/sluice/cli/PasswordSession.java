package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// A session for what a token may not do. It ends when it is closed.
final class PasswordSession implements AutoCloseable {
    private final Client client;
    private final JsonNode answer;

    private PasswordSession(Client client, JsonNode answer) {
        this.client = client;
        this.answer = answer;
    }

    /// @throws Failure if user or password is wrong
    static PasswordSession open(Client stranger, String user, String password) {
        var body = Json.object().put("user", user).put("password", password);
        var reply = stranger.send(Ask.post("/session").json(body));
        var cookie = reply.headers().firstValue("Set-Cookie").orElse("").split(";", 2)[0];
        return new PasswordSession(
                stranger.session(cookie, reply.json().path("csrf").asText()), reply.json());
    }

    Client client() {
        return client;
    }

    /// What its user may do.
    List<String> scopes() {
        var scopes = new ArrayList<String>();
        answer.path("scopes").forEach(scope -> scopes.add(scope.asText()));
        return scopes;
    }

    String user() {
        return answer.path("user").asText();
    }

    /// Makes a token for its user.
    JsonNode token(List<String> scopes, String note, int days) {
        var body = Json.object().put("note", note).put("days", days);
        scopes.forEach(body.withArray("scopes")::add);
        return client.json(Ask.post("/tokens").json(body));
    }

    @Override
    public void close() {
        try {
            client.send(Ask.delete("/session"));
        } catch (Failure _) {
            // it ends by itself in a while
        }
    }
}
