package io.sluice.node.format;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.MediaType;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/// Writes an event as one JSON document (CloudEvents JSON event format 1.0). Not for several threads.
final class EventDocument {
    private static final byte[] ID = ascii("{\"specversion\":\"1.0\",\"id\":");
    private static final byte[] SOURCE = ascii(",\"source\":");
    private static final byte[] TYPE = ascii(",\"type\":");
    private static final byte[] SUBJECT = ascii(",\"subject\":");
    private static final byte[] TIME = ascii(",\"time\":\"");
    private static final byte[] TOPIC = ascii("\",\"mqtttopic\":");
    private static final byte[] QOS = ascii(",\"mqttqos\":");
    private static final byte[] RETAIN = ascii(",\"mqttretain\":true");
    private static final byte[] CONTENT_TYPE = ascii(",\"datacontenttype\":");
    private static final byte[] SCHEMA = ascii(",\"dataschema\":");
    private static final byte[] COMMA = ascii(",");
    private static final byte[] COLON = ascii(":");
    private static final byte[] DATA = ascii(",\"data\":");
    private static final byte[] DATA_BASE64 = ascii(",\"data_base64\":");
    private static final byte[] END = ascii("}");

    private final JsonText json = new JsonText();

    byte[] write(EventAttributes event) {
        var arrival = event.arrival();
        json.clear()
                .raw(ID)
                .text(event.id())
                .raw(SOURCE)
                .text(event.source())
                .raw(TYPE)
                .text(event.type());
        member(SUBJECT, event.subject());
        json.raw(TIME)
                .raw(event.time())
                .raw(TOPIC)
                .text(arrival.topic())
                .raw(QOS)
                .number(arrival.qos());
        if (arrival.retain()) {
            json.raw(RETAIN);
        }
        member(CONTENT_TYPE, arrival.properties().contentType());
        member(SCHEMA, event.dataSchema());
        if (event.published()) {
            extensions(event);
        }
        data(arrival);
        return json.raw(END).toBytes();
    }

    private void member(byte[] name, String value) {
        if (!value.isEmpty()) {
            json.raw(name).text(value);
        }
    }

    private void extensions(EventAttributes event) {
        var properties = event.arrival().properties();
        for (int i = 0; i < properties.user().size(); i++) {
            if (PublishedEvent.isExtension(properties, i)) {
                var property = properties.user().get(i);
                json.raw(COMMA).text(property.name()).raw(COLON).text(property.value());
            }
        }
    }

    /// JSON data stands as it is where the content type says JSON or nothing, which to a reader means JSON too; text
    /// data as a JSON text; all other, and what is not what it says, as Base64.
    private void data(Arrival arrival) {
        var payload = arrival.payload();
        var contentType = arrival.properties().contentType();
        if (payload.length == 0) {
            return;
        }
        if ((contentType.isEmpty() || MediaType.isJson(contentType)) && isUtf8Json(payload)) {
            json.raw(DATA).raw(payload);
        } else if (isText(contentType, arrival) && isUtf8(payload)) {
            json.raw(DATA).text(payload);
        } else {
            json.raw(DATA_BASE64).base64(payload);
        }
    }

    private static boolean isText(String contentType, Arrival arrival) {
        return !contentType.isEmpty()
                && !MediaType.isJson(contentType)
                && (MediaType.isText(contentType) || arrival.properties().text());
    }

    /// JSON may also come in UTF-16 or with a byte order mark, neither of which can stand inside a document in UTF-8.
    private static boolean isUtf8Json(byte[] payload) {
        var plain = payload[0] > 0 && (payload.length == 1 || payload[1] != 0);
        return plain && isUtf8(payload) && PayloadJson.isJson(payload);
    }

    private static boolean isUtf8(byte[] bytes) {
        for (var b : bytes) {
            if (b < 0) {
                return isDecodable(bytes);
            }
        }
        return true;
    }

    private static boolean isDecodable(byte[] bytes) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
