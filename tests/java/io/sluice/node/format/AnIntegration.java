package io.sluice.node.format;

import io.sluice.node.format.FormatSettings.Format;
import io.sluice.node.format.FormatSettings.Missing;
import io.sluice.node.format.FormatSettings.OnMissing;
import java.util.LinkedHashMap;
import java.util.Map;

/// An integration's format to begin with: the defaults.
final class AnIntegration {
    private Format format = Format.CLOUDEVENTS_BINARY;
    private String topic = "tbmq.messages";
    private String subject = "${clientId}";
    private String key = "";
    private String source = "/mqtt";
    private String type = "mqtt.message";
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private boolean userPropertiesAsHeaders;
    private boolean tombstoneOnEmpty;
    private OnMissing missing = OnMissing.FAIL;

    static AnIntegration anIntegration() {
        return new AnIntegration();
    }

    AnIntegration format(Format format) {
        this.format = format;
        return this;
    }

    AnIntegration topic(String topic) {
        this.topic = topic;
        return this;
    }

    AnIntegration subject(String subject) {
        this.subject = subject;
        return this;
    }

    AnIntegration key(String key) {
        this.key = key;
        return this;
    }

    AnIntegration source(String source) {
        this.source = source;
        return this;
    }

    AnIntegration type(String type) {
        this.type = type;
        return this;
    }

    AnIntegration header(String name, String pattern) {
        headers.put(name, pattern);
        return this;
    }

    AnIntegration metadata(String name, String text) {
        metadata.put(name, text);
        return this;
    }

    AnIntegration userPropertiesAsHeaders() {
        userPropertiesAsHeaders = true;
        return this;
    }

    AnIntegration tombstoneOnEmpty() {
        tombstoneOnEmpty = true;
        return this;
    }

    AnIntegration missing(OnMissing missing) {
        this.missing = missing;
        return this;
    }

    Formatter formatter() {
        var settings = new FormatSettings(
                "telemetry",
                format,
                topic,
                subject,
                key,
                headers,
                metadata,
                userPropertiesAsHeaders,
                new Missing(missing, missing, missing, missing),
                tombstoneOnEmpty,
                source,
                type);
        return Formatter.of(settings, "node-1");
    }
}
