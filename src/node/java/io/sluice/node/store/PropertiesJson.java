package io.sluice.node.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.sluice.node.event.Properties;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/// MQTT 5 properties as they are stored: absent ones are left out, correlation data in Base64, user properties as
/// a list because names may repeat.
final class PropertiesJson {
    private static final JsonFactory JSON = new JsonFactory();

    private PropertiesJson() {}

    static String of(Properties properties) {
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
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter has none
        }
        return text.toString();
    }

    private static void writeText(JsonGenerator json, String name, String value) throws IOException {
        if (!value.isEmpty()) {
            json.writeStringField(name, value);
        }
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
