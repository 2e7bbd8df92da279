package io.sluice.node.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sluice.node.event.Metadata;
import io.sluice.node.event.Properties;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// MQTT 5 properties as they are stored: absent ones are left out, correlation data in Base64, user properties as
/// a list because names may repeat. Beside them what integrations before noted, if they did.
public final class PropertiesJson {
    private static final JsonFactory JSON = new JsonFactory();

    private PropertiesJson() {}

    public static String of(Properties properties, Metadata metadata) {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text)) {
            json.writeStartObject();
            writeText(json, "contentType", properties.contentType());
            writeText(json, "responseTopic", properties.responseTopic());
            if (properties.correlationData().length > 0) {
                json.writeBinaryField("correlationData", properties.correlationData());
            }
            if (properties.text()) {
                json.writeBooleanField("text", true);
            }
            if (properties.expirySeconds() >= 0) {
                json.writeNumberField("expirySeconds", properties.expirySeconds());
            }
            writeUser(json, properties);
            writeMetadata(json, metadata);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter has none
        }
        return text.toString();
    }

    /// The properties that a text tells of. Members that we do not know are looked past.
    static Properties read(String text) {
        return read(text, PropertiesJson::read);
    }

    /// The metadata that a text tells of.
    static Metadata readMetadata(String text) {
        return text.contains("\"metadata\"") ? read(text, PropertiesJson::readMetadata) : Metadata.NONE;
    }

    private interface Reading<T> {
        T of(JsonParser json) throws IOException;
    }

    private static <T> T read(String text, Reading<T> reading) {
        try (var json = JSON.createParser(text)) {
            json.nextToken();
            return reading.of(json);
        } catch (IOException | RuntimeException e) {
            throw new IllegalStateException(
                    "properties of a dead letter: expected JSON as it was stored, was %d characters of something else"
                            .formatted(text.length()),
                    e);
        }
    }

    private static Properties read(JsonParser json) throws IOException {
        var contentType = "";
        var responseTopic = "";
        var correlationData = new byte[0];
        var isText = false;
        var expirySeconds = -1L;
        List<Properties.User> user = List.of();
        expect(JsonToken.START_OBJECT, json);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            var name = json.currentName();
            json.nextToken();
            switch (name) {
                case "contentType" -> contentType = json.getText();
                case "responseTopic" -> responseTopic = json.getText();
                case "correlationData" -> correlationData = json.getBinaryValue();
                case "text" -> isText = json.getBooleanValue();
                case "expirySeconds" -> expirySeconds = json.getLongValue();
                case "user" -> user = readUser(json);
                default -> json.skipChildren();
            }
        }
        return new Properties(contentType, responseTopic, correlationData, isText, expirySeconds, user);
    }

    private static Metadata readMetadata(JsonParser json) throws IOException {
        var texts = new TreeMap<String, String>();
        expect(JsonToken.START_OBJECT, json);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            var isMetadata = json.currentName().equals("metadata");
            json.nextToken();
            if (isMetadata) {
                expect(JsonToken.START_OBJECT, json);
                while (json.nextToken() != JsonToken.END_OBJECT) {
                    var name = json.currentName();
                    json.nextToken();
                    texts.put(name, json.getText());
                }
            } else {
                json.skipChildren();
            }
        }
        return new Metadata(texts);
    }

    private static List<Properties.User> readUser(JsonParser json) throws IOException {
        var user = new ArrayList<Properties.User>();
        expect(JsonToken.START_ARRAY, json);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(JsonToken.START_OBJECT, json);
            var name = "";
            var value = "";
            while (json.nextToken() != JsonToken.END_OBJECT) {
                var member = json.currentName();
                json.nextToken();
                switch (member) {
                    case "name" -> name = json.getText();
                    case "value" -> value = json.getText();
                    default -> json.skipChildren();
                }
            }
            user.add(new Properties.User(name, value));
        }
        return user;
    }

    private static void expect(JsonToken token, JsonParser json) throws IOException {
        if (!json.hasToken(token)) {
            throw new IOException("expected " + token + ", was " + json.currentToken());
        }
    }

    private static void writeText(JsonGenerator json, String name, String value) throws IOException {
        if (!value.isEmpty()) {
            json.writeStringField(name, value);
        }
    }

    private static void writeMetadata(JsonGenerator json, Metadata metadata) throws IOException {
        if (metadata.isEmpty()) {
            return;
        }
        json.writeObjectFieldStart("metadata");
        for (var entry : metadata.texts().entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    private static void writeUser(JsonGenerator json, Properties properties) throws IOException {
        if (properties.user().isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("user");
        for (var property : properties.user()) {
            json.writeStartObject();
            json.writeStringField("name", property.name());
            json.writeStringField("value", property.value());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
