package io.sluice.node.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sluice.sdk.Event;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One JSON document that is a CloudEvent: attributes and data (CloudEvents JSON event format 1.0).
final class StructuredEvent {
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private final byte[] document;
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private byte @Nullable [] json;
    private @Nullable String text;
    private byte @Nullable [] binary;

    private StructuredEvent(byte[] document) {
        this.document = document;
    }

    static Event read(String contentType, byte[] document) {
        checkContentType(contentType);
        var event = parsed(document);
        return CloudEvents.event(event.attributes, event.data());
    }

    static WrittenEvent written(String contentType, byte[] document) {
        checkContentType(contentType);
        return parsed(document).written();
    }

    private static void checkContentType(String contentType) {
        if (!MediaType.isJson(contentType) || MediaType.isCloudEventBatch(contentType)) {
            throw new IllegalArgumentException(
                    "event content type: expected application/cloudevents+json, was \"" + contentType + "\"");
        }
    }

    /// The events of a JSON array, in its order.
    static List<WrittenEvent> batch(String contentType, byte[] document, int max) {
        if (!MediaType.isJson(contentType) || !MediaType.isCloudEventBatch(contentType)) {
            throw new IllegalArgumentException(
                    "event content type: expected application/cloudevents-batch+json, was \"" + contentType + "\"");
        }
        checkUtf8(document);
        var events = new ArrayList<WrittenEvent>();
        try (var parser = JSON.createParser(document)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw new IllegalArgumentException("event batch: expected a JSON array, was " + parser.currentToken());
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (events.size() == max) {
                    throw new IllegalArgumentException(
                            "event batch: expected at most %d events, was more; send several".formatted(max));
                }
                events.add(element(events.size() + 1, parser, document));
            }
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("event batch: expected one JSON array, was more");
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "event batch: expected JSON, was none of " + document.length + " bytes", e);
        }
        return events;
    }

    private static WrittenEvent element(int position, JsonParser parser, byte[] document) throws IOException {
        if (!parser.hasToken(JsonToken.START_OBJECT)) {
            throw new IllegalArgumentException(
                    "event %d of the batch: expected a JSON object, was %s".formatted(position, parser.currentToken()));
        }
        var start = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        var end = (int) parser.currentLocation().getByteOffset();
        try {
            return parsed(Arrays.copyOfRange(document, start, end)).written();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("event %d of the batch: %s".formatted(position, e.getMessage()), e);
        }
    }

    private static StructuredEvent parsed(byte[] document) {
        checkUtf8(document);
        var event = new StructuredEvent(document);
        try (var parser = JSON.createParser(document)) {
            event.readMembers(parser);
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("event document: expected one JSON object, was more");
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "event document: expected JSON, was none of " + document.length + " bytes", e);
        }
        return event;
    }

    /// JSON that says no content type is JSON (JSON event format 1.0, section 3.1), which a reader of
    /// another form would not know.
    private WrittenEvent written() {
        var data = data();
        if (json != null) {
            attributes.putIfAbsent("datacontenttype", "application/json");
        }
        return new WrittenEvent(attributes, data);
    }

    /// JSON in UTF-16 or UTF-32 would parse, but the places of its parts are not known then.
    private static void checkUtf8(byte[] document) {
        var marked = document.length > 1 && (document[0] == (byte) 0xFE || document[0] == (byte) 0xFF);
        if (marked || (document.length > 1 && (document[0] == 0 || document[1] == 0))) {
            throw new IllegalArgumentException("event document: expected UTF-8, was another encoding");
        }
    }

    private void readMembers(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("event document: expected a JSON object, was " + parser.currentToken());
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var name = parser.currentName();
            var token = parser.nextToken();
            if (token == JsonToken.VALUE_NULL) {
                continue; // a null member is an absent one
            }
            switch (name) {
                case "data" -> readData(parser);
                case "data_base64" -> binary = base64(parser.getText());
                default -> attributes.put(name, scalar(name, parser));
            }
        }
    }

    /// Keeps the very bytes of the value, so that a number keeps its digits.
    private void readData(JsonParser parser) throws IOException {
        var start = (int) parser.currentTokenLocation().getByteOffset();
        text = parser.hasToken(JsonToken.VALUE_STRING) ? parser.getText() : null;
        parser.skipChildren();
        json = Arrays.copyOfRange(
                document, start, (int) parser.currentLocation().getByteOffset());
    }

    private static byte[] base64(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("event data_base64: expected Base64, was something else", e);
        }
    }

    private static String scalar(String name, JsonParser parser) throws IOException {
        if (!parser.currentToken().isScalarValue()) {
            throw new IllegalArgumentException(
                    "event " + name + ": expected a text, a number or a truth value, was " + parser.currentToken());
        }
        return parser.getText();
    }

    /// Data under a content type that is not JSON stands as a JSON text; all other is JSON itself.
    private byte[] data() {
        if (json != null && binary != null) {
            throw new IllegalArgumentException("event document: expected data or data_base64, was both");
        }
        if (binary != null) {
            return binary;
        }
        if (json == null) {
            return new byte[0];
        }
        var contentType = attributes.getOrDefault("datacontenttype", "");
        return text == null || contentType.isEmpty() || MediaType.isJson(contentType) ? json : text.getBytes(UTF_8);
    }
}
