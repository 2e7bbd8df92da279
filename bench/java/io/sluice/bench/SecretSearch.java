package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Looks for secrets where many may read: a node's log, its management, what its API answers an admin.
final class SecretSearch {
    private static final List<String> SHOWN = List.of("/metrics", "/tasks", "/ready", "/cluster/members");
    private static final List<String> ANSWERED = List.of(
            "/v1/status",
            "/v1/integrations",
            "/v1/integrations:export",
            "/v1/users",
            "/v1/tokens",
            "/v1/audit",
            "/v1/dead-letters");

    private final List<String> secrets;
    private final List<String> places = new ArrayList<>();

    SecretSearch(List<String> secrets) {
        this.secrets = List.copyOf(secrets);
    }

    /// @throws IllegalStateException where there is nothing to look at
    void look(String node, Path log, Console console) throws IOException {
        look(node + ", log", Files.readString(log));
        SHOWN.forEach(path -> look(node + ", management " + path, console.shown(path)));
        ANSWERED.forEach(path -> look(node + ", API " + path, console.answered(path)));
    }

    void look(String place, String text) {
        if (text.isEmpty()) {
            throw new IllegalStateException(place + ": expected something to read, was nothing");
        }
        if (secrets.stream().anyMatch(text::contains)) {
            places.add(place);
        }
    }

    /// Where one stands.
    List<String> places() {
        return List.copyOf(places);
    }
}
