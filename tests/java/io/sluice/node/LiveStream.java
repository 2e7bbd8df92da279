package io.sluice.node;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/// Reads `GET /v1/messages` from when it has begun, line by line.
final class LiveStream implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(30);

    final List<String> lines = new CopyOnWriteArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final CompletableFuture<Void> end;
    private volatile int status;

    /// @param query with its question mark, or empty
    LiveStream(URI api, String token, String query) {
        var request = HttpRequest.newBuilder(api.resolve("/v1/messages" + query))
                .header("Authorization", "Bearer " + token)
                .build();
        end = client.sendAsync(request, BodyHandlers.ofLines()).thenAcceptAsync(response -> {
            status = response.statusCode();
            response.body().forEach(lines::add);
        });
        await("it has begun").atMost(LIMIT).until(() -> status != 0 && (status != 200 || !lines.isEmpty()));
        if (status != 200) {
            client.shutdownNow();
            throw new IllegalStateException("expected 200, was " + status);
        }
    }

    /// Messages that came.
    List<JsonNode> messages() {
        return lines.stream()
                .filter(line -> line.startsWith("data: {\"topic\""))
                .map(line -> json(line.substring(6)))
                .toList();
    }

    List<String> topics() {
        return messages().stream()
                .map(message -> message.path("topic").asText())
                .toList();
    }

    boolean hasEnded() {
        return end.isDone();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
