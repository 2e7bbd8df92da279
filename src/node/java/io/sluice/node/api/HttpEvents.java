package io.sluice.node.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.node.event.CloudEvents;
import io.sluice.node.event.MediaType;
import io.sluice.node.event.WrittenEvent;
import io.sluice.sdk.Event;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/// Reads the CloudEvents of a request (CloudEvents HTTP binding 1.0): binary mode, structured mode and
/// batches, both in JSON. Pure.
final class HttpEvents {
    private static final String PREFIX = "ce-";
    private static final List<String> REQUIRED = List.of("specversion", "id", "source", "type");

    private HttpEvents() {}

    static List<WrittenEvent> read(HttpArrivals.Request request, int max) {
        var contentType = request.contentType();
        if (MediaType.isCloudEventBatch(contentType)) {
            return CloudEvents.batch(contentType, request.body(), max);
        }
        return List.of(
                MediaType.isCloudEvent(contentType)
                        ? CloudEvents.structured(contentType, request.body())
                        : binary(request));
    }

    /// The content type is the data's; `ce-datacontenttype` has no meaning here and is refused.
    private static WrittenEvent binary(HttpArrivals.Request request) {
        var attributes = new LinkedHashMap<String, String>();
        for (var header : request.headers()) {
            if (header.name().regionMatches(true, 0, PREFIX, 0, PREFIX.length())) {
                var name = header.name().substring(PREFIX.length()).toLowerCase(Locale.ROOT);
                if (name.equals("datacontenttype")) {
                    throw new IllegalArgumentException(
                            "header ce-datacontenttype: expected none, send the type of the data as Content-Type");
                }
                if (attributes.putIfAbsent(name, decoded(header)) != null) {
                    throw new IllegalArgumentException("header ce-%s: expected once, was more often".formatted(name));
                }
            }
        }
        if (!attributes.containsKey("specversion")) {
            throw new IllegalArgumentException(
                    "event: expected header ce-specversion, or content type application/cloudevents+json or"
                            + " application/cloudevents-batch+json, was content type \""
                            + HttpArrivals.shown(request.contentType()) + "\"");
        }
        if (!request.contentType().isEmpty()) {
            attributes.put("datacontenttype", request.contentType());
        }
        return new WrittenEvent(attributes, request.body());
    }

    /// @throws IllegalArgumentException naming the attribute, its value and the cure
    static void check(WrittenEvent event) {
        event.attributes().forEach((name, value) -> {
            if (!REQUIRED.contains(name) && !isOptional(name) && !Event.isExtensionName(name)) {
                throw new IllegalArgumentException(
                        "event attribute \"%s\": expected a name of a-z and 0-9 only, rename it"
                                .formatted(HttpArrivals.shown(name)));
            }
            HttpArrivals.checkText("event " + name, value);
        });
        if (!event.attribute("specversion").equals("1.0")) {
            throw new IllegalArgumentException("event specversion: expected 1.0, was \"%s\""
                    .formatted(HttpArrivals.shown(event.attribute("specversion"))));
        }
        for (var name : REQUIRED) {
            if (event.attribute(name).isEmpty()) {
                throw new IllegalArgumentException("event %s: expected a text, was empty; add it".formatted(name));
            }
        }
        if (!event.attribute("time").isEmpty()) {
            CloudEvents.time(event.attribute("time"));
        }
    }

    private static boolean isOptional(String name) {
        return switch (name) {
            case "subject", "time", "datacontenttype", "dataschema" -> true;
            default -> false;
        };
    }

    /// A value may stand in double quotes, and holds what is not plain ASCII as percent-encoded UTF-8
    /// (section 3.1.3.2).
    private static String decoded(HttpHeader header) {
        var value = unquoted(header.value().strip());
        if (value.indexOf('%') < 0) {
            return value;
        }
        var bytes = new ByteArrayOutputStream(value.length());
        var text = value.getBytes(UTF_8);
        for (int i = 0; i < text.length; i++) {
            if (text[i] != '%') {
                bytes.write(text[i]);
                continue;
            }
            var high = i + 2 < text.length ? Character.digit(text[i + 1], 16) : -1;
            var low = i + 2 < text.length ? Character.digit(text[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw badlyEncoded(header);
            }
            bytes.write(high << 4 | low);
            i += 2;
        }
        try {
            return UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException _) {
            throw badlyEncoded(header);
        }
    }

    private static IllegalArgumentException badlyEncoded(HttpHeader header) {
        return new IllegalArgumentException("header %s: expected percent-encoded UTF-8, was \"%s\"; write %% as %%25"
                .formatted(header.name().toLowerCase(Locale.ROOT), HttpArrivals.shown(header.value())));
    }

    private static String unquoted(String value) {
        if (value.length() < 2 || !value.startsWith("\"") || !value.endsWith("\"")) {
            return value;
        }
        var text = new StringBuilder();
        for (int i = 1; i < value.length() - 1; i++) {
            if (value.charAt(i) == '\\' && i + 1 < value.length() - 1) {
                i++;
            }
            text.append(value.charAt(i));
        }
        return text.toString();
    }
}
