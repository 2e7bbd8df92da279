package io.sluice.node.format;

import io.sluice.node.settings.Section;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// How an integration makes a Kafka record of an arrival. Texts named pattern may hold `${…}` and `$[…]`, see
/// [Formatter].
///
/// @param integration      name of the integration
/// @param format           shape of the record value
/// @param topic            pattern of the Kafka topic
/// @param subject          pattern of the subject, which orders records and picks the task
/// @param key              pattern of the record key; empty: the subject
/// @param headers          header name to pattern
/// @param metadata         fixed texts that travel with every record, also for `${metadata.x}`
/// @param userPropertiesAsHeaders MQTT 5 user properties become headers of the same name
/// @param missing          what a pattern does when a value is missing
/// @param tombstoneOnEmpty an empty payload becomes a null value
/// @param source           `ce_source` of the records, a URI reference
/// @param type             pattern of `ce_type`
public record FormatSettings(
        String integration,
        Format format,
        String topic,
        String subject,
        String key,
        Map<String, String> headers,
        Map<String, String> metadata,
        boolean userPropertiesAsHeaders,
        Missing missing,
        boolean tombstoneOnEmpty,
        String source,
        String type) {

    /// Shape of the record value.
    public enum Format {
        /// The payload's bytes, unchanged, and no headers of ours but the id and the epoch.
        PAYLOAD,
        /// TBMQ's JSON wrapper, key for key.
        JSON,
        /// The payload's bytes, the attributes as `ce_` headers.
        CLOUDEVENTS_BINARY,
        /// One JSON document of attributes and data.
        CLOUDEVENTS_STRUCTURED
    }

    /// What a pattern does when a value is missing.
    public enum OnMissing {
        /// The arrival goes to the dead letters.
        FAIL,
        /// The missing value becomes an empty text.
        EMPTY,
        /// The pattern's own text stands in the result, as in ThingsBoard.
        LITERAL
    }

    /// The policy of each field.
    public record Missing(OnMissing topic, OnMissing subject, OnMissing key, OnMissing headers) {}

    public FormatSettings {
        headers = Map.copyOf(headers);
        metadata = Map.copyOf(metadata);
    }

    /// Reads the keys of an integration that shape its records; a bad pattern is a problem with its position.
    public static FormatSettings from(Section section, String integration) {
        var metadata = section.textMap("metadata");
        Consumer<String> pattern = text -> Formatter.check(text, integration, metadata);
        var missing = section.section("missing");
        var source = section.parsed("source", "", FormatSettings::uriReference);
        var before = section.problems().found().size();
        var settings = new FormatSettings(
                integration,
                section.choice("format", Format.class),
                section.checked("topic", pattern.andThen(FormatSettings::checkTopic)),
                section.checked("subject", pattern),
                section.checked("key", pattern),
                section.textMap("headers", (_, text) -> refusal(pattern, text)),
                metadata,
                section.flag("user-properties-as-headers"),
                new Missing(
                        missing.choice("topic", OnMissing.class),
                        missing.choice("subject", OnMissing.class),
                        missing.choice("key", OnMissing.class),
                        missing.choice("headers", OnMissing.class)),
                section.flag("tombstone-on-empty"),
                source.isEmpty() ? "sluice/" + integration : source,
                section.checked("type", pattern));
        if (section.problems().found().size() == before) {
            refusal(_ -> Formatter.of(settings, ""), "")
                    .ifPresent(text -> section.problems().add(section.origin(), text));
        }
        return settings;
    }

    private static Optional<String> refusal(Consumer<String> pattern, String text) {
        try {
            pattern.accept(text);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of("has a bad value: " + e.getMessage());
        }
    }

    /// A topic without any placeholder must be one that Kafka takes.
    private static void checkTopic(String topic) {
        var problem = topic.contains("$") ? "" : KafkaTopic.problem(topic);
        if (!problem.isEmpty()) {
            throw new IllegalArgumentException(problem);
        }
    }

    private static String uriReference(String source) {
        try {
            return new URI(source).toString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("expected a URI reference, was \"%s\"".formatted(source), e);
        }
    }
}
