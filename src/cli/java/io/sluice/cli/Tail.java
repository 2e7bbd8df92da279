package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Shows messages as they come. When the server ends the stream, as it does every hour, it connects again.
@Command(
        name = "tail",
        description = {
            "Messages as any node receives them, until Ctrl-C.",
            "Live only: what comes while nobody watches, or too fast, is not shown."
        },
        mixinStandardHelpOptions = true)
final class Tail implements Callable<Integer> {
    private static final int SHOWN_MAX = 200;

    /// A server that ends each stream at once is not asked without a pause.
    private static final Duration PAUSE = Duration.ofSeconds(1);

    @Mixin
    private final Asking asking = new Asking();

    @Parameters(paramLabel = "FILTER", arity = "0..*", description = "Topic filters as in MQTT. Default: #.")
    private List<String> filters = List.of();

    @Option(names = "--count", paramLabel = "N", description = "End after so many messages.")
    private long count = Long.MAX_VALUE;

    private long shown;

    @Override
    public Integer call() throws InterruptedException {
        if (count < 1) {
            throw Failure.usage("--count: expected at least 1, was " + count);
        }
        var interrupted = new Thread(this::endWell, "interrupted");
        Runtime.getRuntime().addShutdownHook(interrupted);
        try (var client = asking.client()) {
            watch(client);
        } finally {
            forget(interrupted);
        }
        return ExitCode.DONE;
    }

    private void watch(Client client) throws InterruptedException {
        var ask = Ask.get("/messages").header("Accept", "text/event-stream");
        for (var filter : filters) {
            ask = ask.query("filter", filter);
        }
        while (wantsMore()) {
            var events = new Events(this::show);
            client.lines(ask, line -> {
                events.take(line);
                return wantsMore();
            });
            if (wantsMore()) {
                Thread.sleep(PAUSE);
            }
        }
    }

    private boolean wantsMore() {
        return shown < count && !asking.out().checkError();
    }

    private void show(String event, String data) {
        var json = Json.read(data.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        if (json.isEmpty() || !wantsMore()) {
            return;
        }
        if (event.equals("message")) {
            asking.showNext(json.get(), () -> line(json.get()));
            shown++;
        } else if (event.equals("dropped")) {
            asking.err()
                    .printf(
                            "not shown: %s messages%n",
                            Plain.line(json.get().path("count").asText()));
            asking.err().flush();
        }
    }

    private String line(JsonNode message) {
        return "%s  %s  %s  %s"
                .formatted(
                        Table.local(
                                message.path("receivedAt").asText(),
                                asking.surroundings().zone()),
                        Plain.line(message.path("topic").asText()),
                        Plain.line(message.path("clientId").asText()),
                        payload(message))
                .stripTrailing();
    }

    private static String payload(JsonNode message) {
        if (!message.has("payload")) {
            return "(%s bytes)".formatted(message.path("bytes").asText());
        }
        var text = message.path("payload").asText();
        var end = text.offsetByCodePoints(0, Math.min(SHOWN_MAX, text.codePointCount(0, text.length())));
        return Plain.line(text.substring(0, end)) + (end < text.length() ? "…" : "");
    }

    /// Ctrl-C is how this is meant to end.
    private void endWell() {
        asking.out().flush();
        Runtime.getRuntime().halt(ExitCode.DONE);
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // the process ends already
        }
    }
}
