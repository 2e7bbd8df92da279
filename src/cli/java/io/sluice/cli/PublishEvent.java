package io.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Publishes CloudEvents, and returns when they are safe.
@Command(
        name = "publish-event",
        description = {
            "Publish CloudEvents. Done when every integration that wants them has them safe.",
            "By words: --source S --type T -m DATA. Without --source: one event, or a list of them, as JSON from a file",
            "or standard input."
        },
        mixinStandardHelpOptions = true)
final class PublishEvent implements Callable<Integer> {
    @Mixin
    private final Asking asking = new Asking();

    @Mixin
    private final Payload payload = new Payload();

    @Option(names = "--source", paramLabel = "URI", description = "Where the event comes from.")
    private Optional<String> source = Optional.empty();

    @Option(names = "--type", paramLabel = "TYPE", description = "What kind of event it is.")
    private Optional<String> type = Optional.empty();

    @Option(names = "--id", paramLabel = "ID", description = "Default: a random one. A repeat has the same.")
    private Optional<String> id = Optional.empty();

    @Option(names = "--subject", paramLabel = "SUBJECT", description = "What it is about; orders the events.")
    private Optional<String> subject = Optional.empty();

    @Override
    public Integer call() {
        var event = source.isPresent() ? ofWords(source.get()) : ofFile();
        var contentType = event.isArray() ? "application/cloudevents-batch+json" : "application/cloudevents+json";
        try (var client = asking.client()) {
            Publish.show(
                    asking,
                    client.json(Ask.post("/events")
                            .body(contentType, Json.bytes(event))
                            .slow()));
        }
        return ExitCode.DONE;
    }

    private JsonNode ofFile() {
        if (type.isPresent() || id.isPresent() || subject.isPresent()) {
            throw Failure.usage("expected --source beside --type, --id and --subject, was none");
        }
        return Json.written("event", payload.bytes(asking));
    }

    /// Data that is JSON counts as such, all else as text.
    private JsonNode ofWords(String source) {
        var event = Json.object()
                .put("specversion", "1.0")
                .put("id", id.orElseGet(() -> UUID.randomUUID().toString()))
                .put("source", source)
                .put("type", type.orElseThrow(() -> Failure.usage("expected --type beside --source, was none")));
        subject.ifPresent(text -> event.put("subject", text));
        var bytes = payload.bytes(asking);
        if (bytes.length > 0) {
            var json = Json.read(bytes);
            event.put("datacontenttype", json.isPresent() ? "application/json" : "text/plain");
            json.ifPresentOrElse(data -> event.set("data", data), () -> event.put("data", new String(bytes, UTF_8)));
        }
        return event;
    }
}
