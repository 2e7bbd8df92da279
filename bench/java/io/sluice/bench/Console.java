package io.sluice.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// What an operator asks and tells a node over HTTP: management without a login, the API as admin.
final class Console {
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final Duration MANAGEMENT_LIMIT = Duration.ofSeconds(2);
    private static final Pattern CSRF = Pattern.compile("\"csrf\"\\s*:\\s*\"([^\"]+)\"");

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(MANAGEMENT_LIMIT)
            .build();
    private final String management;
    private final String api;
    private final String password;
    private Map<String, String> session = Map.of();

    /// @param management `host:port`
    /// @param api        `host:port`
    /// @param password   of user admin
    Console(String management, String api, String password) {
        this.management = management;
        this.api = api;
        this.password = password;
    }

    /// How many tasks of an integration the node says it runs itself; none if it does not answer.
    ///
    /// @param clusterPort by which the node is known to others
    int runningTasks(String integration, int clusterPort) {
        return count(
                management("/tasks"),
                "\\{\"node\":\"[^\"]*:%d\",\"integration\":\"%s\"[^}]*\"phase\":\"(?i:running)\""
                        .formatted(clusterPort, integration));
    }

    /// How many nodes it sees up; none if it sees one that it cannot reach, or does not answer.
    int membersUp() {
        var members = management("/cluster/members");
        return members.contains("\"unreachable\":[]") ? count(members, "\"status\":\"Up\"") : 0;
    }

    /// What management shows at a path; empty if it does not answer.
    String shown(String path) {
        return management(path);
    }

    /// What the API answers an admin at a path, whatever it is.
    String answered(String path) {
        if (session.isEmpty()) {
            login();
        }
        return send("GET", path, "", "", session).body();
    }

    /// Changes something as admin.
    ///
    /// @throws IllegalStateException when the node does not do it
    void tell(String method, String path, String type, String body) {
        if (session.isEmpty()) {
            login();
        }
        var reply = send(method, path, type, body, session);
        if (reply.statusCode() == 401) {
            login();
            reply = send(method, path, type, body, session);
        }
        if (reply.statusCode() / 100 != 2) {
            throw new IllegalStateException("%s %s at %s: expected 2xx, was %d %s"
                    .formatted(method, path, api, reply.statusCode(), reply.body()));
        }
    }

    private void login() {
        var body = "{\"user\":\"admin\",\"password\":\"%s\"}".formatted(password);
        var reply = send("POST", "/v1/session", "application/json", body, Map.of());
        var csrf = CSRF.matcher(reply.body());
        if (reply.statusCode() != 200 || !csrf.find()) {
            throw new IllegalStateException(
                    "login at %s: expected 200, was %d %s".formatted(api, reply.statusCode(), reply.body()));
        }
        session = new HashMap<>(Map.of(
                "Cookie",
                reply.headers().firstValue("Set-Cookie").orElse("").split(";", 2)[0],
                "Sluice-Csrf",
                csrf.group(1)));
    }

    private HttpResponse<String> send(
            String method, String path, String type, String body, Map<String, String> headers) {
        var request = HttpRequest.newBuilder(URI.create("http://" + api + path))
                .timeout(LIMIT)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", type);
        }
        headers.forEach(request::header);
        return answer(request.build());
    }

    private String management(String path) {
        try {
            var reply = answer(HttpRequest.newBuilder(URI.create("http://" + management + path))
                    .timeout(MANAGEMENT_LIMIT)
                    .build());
            return reply.statusCode() == 200 ? reply.body() : "";
        } catch (IllegalStateException _) {
            return "";
        }
    }

    private HttpResponse<String> answer(HttpRequest request) {
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(
                    "%s %s: expected an answer, was %s".formatted(request.method(), request.uri(), e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static int count(String text, String pattern) {
        return (int) Pattern.compile(pattern).matcher(text).results().count();
    }
}
