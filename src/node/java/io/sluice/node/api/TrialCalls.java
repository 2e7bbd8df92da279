package io.sluice.node.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.node.broker.Check;
import io.sluice.node.event.Arrival;
import io.sluice.node.event.Properties;
import io.sluice.node.http.Answer;
import io.sluice.node.http.Call;
import io.sluice.node.http.ErrorCode;
import io.sluice.node.http.Handler;
import io.sluice.node.http.Problem;
import io.sluice.node.integration.IntegrationSettings;
import io.sluice.node.integration.Preview;
import io.sluice.node.integration.Preview.Made;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// What a definition would do: the record it would make of a message, and how far it gets towards its Kafka.
final class TrialCalls {
    /// Each opens connections and a producer.
    private static final int CHECKS_MAX = 4;

    private record ShownPreview(
            boolean matches,
            Optional<String> subject,
            Optional<Integer> task,
            Optional<ShownRecord> record,
            Optional<DeadLetter> deadLetter) {}

    private record ShownRecord(
            String topic,
            String key,
            List<ShownHeader> headers,
            Optional<String> value,
            Optional<String> valueBase64,
            Optional<Instant> timestamp) {}

    private record ShownHeader(String name, String value) {}

    private record DeadLetter(String reason, String error) {}

    private record ShownStep(
            String name, String outcome, String detail, List<String> warnings, String cure, long milliseconds) {

        static ShownStep of(Check.Step step) {
            return new ShownStep(
                    step.stage().toString(),
                    step.outcome().name().toLowerCase(Locale.ROOT),
                    step.detail(),
                    step.warnings(),
                    step.cure(),
                    step.took().toMillis());
        }
    }

    private record ShownCheck(boolean ok, List<ShownStep> steps) {}

    private final IntegrationCalls integrations;
    private final Configured configured;
    private final Semaphore checks = new Semaphore(CHECKS_MAX);

    TrialCalls(IntegrationCalls integrations, Configured configured) {
        this.integrations = integrations;
        this.configured = configured;
    }

    Map<String, Handler> handlers() {
        return Map.of(
                "previewDefinition", this::previewDefinition,
                "previewIntegration", this::previewIntegration,
                "checkDefinition", this::checkDefinition,
                "checkIntegration", this::checkIntegration);
    }

    private Answer previewDefinition(Call call) {
        var name = call.json().path("name").asText("preview");
        return preview(
                settings(name, call.json().path("definition")), call.json().path("message"));
    }

    private Answer previewIntegration(Call call) {
        return preview(settings(call), call.json());
    }

    private Answer checkDefinition(Call call) {
        return check(settings("check", call.json()));
    }

    private Answer checkIntegration(Call call) {
        return check(settings(call));
    }

    private IntegrationSettings settings(Call call) {
        var found = integrations.find(call.name("name"));
        return settings(found.name(), found.definition());
    }

    private IntegrationSettings settings(String name, JsonNode definition) {
        var read = configured.read(name, definition.toString());
        if (!read.problems().isEmpty()) {
            throw Problem.of(ErrorCode.INVALID_DEFINITION, read.problems().getFirst(), read.problems());
        }
        return read.settings();
    }

    private Answer check(IntegrationSettings settings) {
        if (!checks.tryAcquire()) {
            throw Problem.later(
                    ErrorCode.BUSY,
                    "expected at most %d checks at a time".formatted(CHECKS_MAX),
                    Duration.ofSeconds(5));
        }
        try {
            var steps = configured.check(settings);
            var ok = steps.stream().noneMatch(step -> step.outcome() == Check.Outcome.FAILED);
            return Answer.ok(
                    new ShownCheck(ok, steps.stream().map(ShownStep::of).toList()));
        } finally {
            checks.release();
        }
    }

    private Answer preview(IntegrationSettings settings, JsonNode sample) {
        var preview = configured.preview(settings, arrival(sample));
        return Answer.ok(
                switch (preview.made()) {
                    case Made.Written written ->
                        new ShownPreview(
                                preview.matches(),
                                Optional.of(preview.subject()),
                                Optional.of(preview.task()),
                                Optional.of(shown(written)),
                                Optional.empty());
                    case Made.Parked(var reason, var error) ->
                        new ShownPreview(
                                preview.matches(),
                                Optional.of(preview.subject()).filter(subject -> !subject.isEmpty()),
                                Optional.of(preview.task()),
                                Optional.empty(),
                                Optional.of(new DeadLetter(reason, error)));
                });
    }

    private static ShownRecord shown(Made.Written written) {
        var value = written.value().map(Shown::of);
        return new ShownRecord(
                written.topic(),
                written.key().map(Shown::text).orElse(""),
                written.headers().stream().map(TrialCalls::shown).toList(),
                value.flatMap(Shown::text),
                value.flatMap(Shown::base64),
                written.timestamp().map(Instant::ofEpochMilli));
    }

    private static ShownHeader shown(Preview.Header header) {
        return new ShownHeader(header.name(), Shown.text(header.value()));
    }

    private static Arrival arrival(JsonNode sample) {
        var user = new ArrayList<Properties.User>();
        for (var property : sample.path("userProperties")) {
            user.add(new Properties.User(
                    property.path("name").asText(), property.path("value").asText()));
        }
        var properties = new Properties(sample.path("contentType").asText(""), "", new byte[0], false, -1, user);
        return new Arrival(
                "preview",
                topic(sample.path("topic").asText()),
                payload((ObjectNode) sample),
                sample.path("qos").asInt(1),
                sample.path("retain").asBoolean(),
                false,
                sample.path("clientId").asText("preview"),
                sample.path("username").asText(""),
                "",
                System.currentTimeMillis(),
                properties);
    }

    private static String topic(String name) {
        if (name.indexOf('+') >= 0 || name.indexOf('#') >= 0 || name.indexOf('\0') >= 0) {
            throw Problem.of(
                    ErrorCode.INVALID_REQUEST, "topic: expected a name without + # and U+0000, was one with them");
        }
        return name;
    }

    private static byte[] payload(ObjectNode sample) {
        if (sample.has("payload") && sample.has("payloadBase64")) {
            throw Problem.of(ErrorCode.INVALID_REQUEST, "expected payload or payloadBase64, was both");
        }
        try {
            return sample.has("payloadBase64")
                    ? Base64.getDecoder().decode(sample.path("payloadBase64").asText())
                    : sample.path("payload").asText("").getBytes(UTF_8);
        } catch (IllegalArgumentException _) {
            throw Problem.of(ErrorCode.INVALID_REQUEST, "payloadBase64: expected Base64, was something else");
        }
    }
}
