package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Publishes a message, and returns when it is safe.
@Command(
        name = "publish",
        description = "Publish a message. Done when every integration that wants it has it safe.",
        mixinStandardHelpOptions = true)
final class Publish implements Callable<Integer> {
    @Mixin
    private final Asking asking = new Asking();

    @Mixin
    private final Payload payload = new Payload();

    @Parameters(paramLabel = "TOPIC", description = "As in MQTT.")
    private String topic = "";

    @Option(names = "--property", paramLabel = "NAME=VALUE", description = "User property; as many as needed.")
    private List<String> properties = List.of();

    @Option(names = "--key", paramLabel = "ID", description = "Names the message, so that a repeat has the same ce_id.")
    private Optional<String> key = Optional.empty();

    @Option(names = "--client-id", paramLabel = "ID", description = "In whose name; default: the caller's own.")
    private Optional<String> clientId = Optional.empty();

    @Option(names = "--content-type", paramLabel = "TYPE", description = "Default: ${DEFAULT-VALUE}.")
    private String contentType = "application/octet-stream";

    @Override
    public Integer call() {
        var ask = Ask.post("/messages/" + Ask.segments(topic))
                .header("Idempotency-Key", key)
                .header("Sluice-Client-Id", clientId);
        for (var property : properties) {
            Payload.pair("--property", property);
            ask = ask.header("Sluice-User-Property", property);
        }
        var bytes = payload.bytes(asking);
        try (var client = asking.client()) {
            show(asking, client.json((bytes.length == 0 ? ask : ask.body(contentType, bytes)).slow()));
        }
        return ExitCode.DONE;
    }

    /// Says where it is safe.
    static void show(Asking asking, JsonNode answer) {
        var integrations = answer.path("integrations").asLong();
        asking.show(
                answer,
                () -> integrations == 0
                        ? "no integration wants it\n"
                        : "safe with %d integration%s%n".formatted(integrations, integrations == 1 ? "" : "s"));
    }
}
