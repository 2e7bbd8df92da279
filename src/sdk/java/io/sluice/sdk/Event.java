package io.sluice.sdk;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A CloudEvent, version 1.0. Nothing of it ever changes; a `with` method answers a copy.
///
/// `source` and `id` together tell an event from every other: two events that share both are repeats of one.
///
/// @param id              never empty
/// @param source          where it happened, a URI reference, never empty
/// @param type            what happened, never empty
/// @param subject         what it happened to; events of one subject keep their order
/// @param time            when it happened
/// @param dataContentType media type of the data; if absent, the data is JSON or unknown
/// @param dataSchema      schema that the data adheres to, a URI
/// @param data            may be empty; copied on the way in and on the way out
/// @param extensions      further attributes in their text form; names are of a-z and 0-9
public record Event(
        String id,
        String source,
        String type,
        Optional<String> subject,
        Optional<Instant> time,
        Optional<String> dataContentType,
        Optional<String> dataSchema,
        byte[] data,
        Map<String, String> extensions) {

    /// @throws IllegalArgumentException when an attribute breaks CloudEvents 1.0, section 3
    public Event {
        requireText("id", id);
        requireText("source", source);
        requireText("type", type);
        subject.ifPresent(value -> requireText("subject", value));
        dataContentType.ifPresent(value -> requireText("datacontenttype", value));
        dataSchema.ifPresent(value -> requireText("dataschema", value));
        extensions.keySet().forEach(Event::requireExtensionName);
        data = data.clone();
        extensions = Collections.unmodifiableMap(new LinkedHashMap<>(extensions));
    }

    /// An event with the required attributes only.
    ///
    /// @throws IllegalArgumentException when one is empty
    public static Event of(String id, String source, String type) {
        return new Event(
                id,
                source,
                type,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                new byte[0],
                Map.of());
    }

    /// Whether an attribute outside the specification may have this name: one or more of a-z and 0-9, and none of the
    /// names that the specification uses itself.
    public static boolean isExtensionName(String name) {
        for (int i = 0; i < name.length(); i++) {
            var c = name.charAt(i);
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) {
                return false;
            }
        }
        return switch (name) {
            case "", "id", "source", "specversion", "type" -> false;
            case "subject", "time", "datacontenttype", "dataschema", "data" -> false;
            default -> true;
        };
    }

    public Event withSubject(String subject) {
        return new Event(id, source, type, Optional.of(subject), time, dataContentType, dataSchema, data, extensions);
    }

    public Event withTime(Instant time) {
        return new Event(id, source, type, subject, Optional.of(time), dataContentType, dataSchema, data, extensions);
    }

    public Event withDataSchema(String dataSchema) {
        return new Event(id, source, type, subject, time, dataContentType, Optional.of(dataSchema), data, extensions);
    }

    public Event withData(String contentType, byte[] data) {
        return new Event(id, source, type, subject, time, Optional.of(contentType), dataSchema, data, extensions);
    }

    /// The same with UTF-8 data.
    public Event withData(String contentType, String data) {
        return withData(contentType, data.getBytes(StandardCharsets.UTF_8));
    }

    /// Adds an attribute, or gives it another value.
    public Event withExtension(String name, String value) {
        var more = new LinkedHashMap<>(extensions);
        more.put(name, value);
        return new Event(id, source, type, subject, time, dataContentType, dataSchema, data, more);
    }

    @Override
    public byte[] data() {
        return data.clone();
    }

    /// The data as UTF-8 text.
    public String text() {
        return new String(data, StandardCharsets.UTF_8);
    }

    private static void requireText(String attribute, String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("event " + attribute + ": expected a text, was empty");
        }
    }

    private static void requireExtensionName(String name) {
        if (!isExtensionName(name)) {
            throw new IllegalArgumentException("event extension \"" + name
                    + "\": expected a name of a-z and 0-9 that the specification does not use itself");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Event event
                && id.equals(event.id)
                && source.equals(event.source)
                && type.equals(event.type)
                && subject.equals(event.subject)
                && time.equals(event.time)
                && dataContentType.equals(event.dataContentType)
                && dataSchema.equals(event.dataSchema)
                && Arrays.equals(data, event.data)
                && extensions.equals(event.extensions);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, source);
    }

    /// Without the data, which may be large or confidential.
    @Override
    public String toString() {
        return "Event[id=" + id + ", source=" + source + ", type=" + type + ", subject=" + subject.orElse("")
                + ", bytes=" + data.length + "]";
    }
}
