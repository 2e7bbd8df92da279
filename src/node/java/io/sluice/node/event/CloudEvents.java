package io.sluice.node.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.sdk.Event;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Reads CloudEvents 1.0 out of Kafka records: structured mode (JSON), and binary mode with Kafka's `ce_` or HTTP's
/// `ce-` before the attributes.
public final class CloudEvents {
    private CloudEvents() {}

    /// The event a record holds; empty when the record does not claim to hold one. A null value (a tombstone) reads as
    /// no data. Attributes with names the specification does not allow are left out.
    ///
    /// @throws IllegalArgumentException when the record claims to hold an event and breaks the specification
    public static Optional<Event> read(ConsumerRecord<byte[], byte[]> record) {
        var contentType = "";
        var attributes = new LinkedHashMap<String, String>();
        for (var header : record.headers()) {
            var name = header.key();
            var value = header.value() == null ? "" : new String(header.value(), UTF_8);
            if (name.equalsIgnoreCase("content-type")) {
                contentType = value;
            } else if (name.regionMatches(true, 0, "ce_", 0, 3) || name.regionMatches(true, 0, "ce-", 0, 3)) {
                attributes.put(name.substring(3).toLowerCase(Locale.ROOT), value);
            }
        }
        var data = record.value() == null ? new byte[0] : record.value();
        if (MediaType.isCloudEvent(contentType)) {
            return Optional.of(StructuredEvent.read(contentType, data));
        }
        if (!attributes.containsKey("specversion")) {
            return Optional.empty();
        }
        if (!contentType.isEmpty()) {
            attributes.put("datacontenttype", contentType);
        }
        return Optional.of(event(attributes, data));
    }

    /// The event that one JSON document is. JSON data without a content type is `application/json`.
    ///
    /// @throws IllegalArgumentException when it is none; its attributes are not checked
    public static WrittenEvent structured(String contentType, byte[] document) {
        return StructuredEvent.written(contentType, document);
    }

    /// The same of all events of a JSON array, in its order.
    ///
    /// @param max most events it may hold
    public static List<WrittenEvent> batch(String contentType, byte[] document, int max) {
        return StructuredEvent.batch(contentType, document, max);
    }

    /// An event of attributes in their text form, by name.
    static Event event(Map<String, String> attributes, byte[] data) {
        var version = attributes.getOrDefault("specversion", "");
        if (!version.startsWith("1.")) {
            throw new IllegalArgumentException("event specversion: expected 1.0, was \"" + version + "\"");
        }
        var extensions = new LinkedHashMap<>(attributes);
        extensions.keySet().removeIf(name -> !Event.isExtensionName(name));
        return new Event(
                attributes.getOrDefault("id", ""),
                attributes.getOrDefault("source", ""),
                attributes.getOrDefault("type", ""),
                text(attributes, "subject"),
                text(attributes, "time").map(CloudEvents::time),
                text(attributes, "datacontenttype"),
                text(attributes, "dataschema"),
                data,
                extensions);
    }

    /// A moment in RFC 3339 form.
    ///
    /// @throws IllegalArgumentException when it has another form
    public static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "event time: expected RFC 3339 such as 2026-11-20T10:00:00Z, was \"" + text + "\"", e);
        }
    }

    private static Optional<String> text(Map<String, String> attributes, String name) {
        return Optional.ofNullable(attributes.get(name)).filter(value -> !value.isEmpty());
    }
}
