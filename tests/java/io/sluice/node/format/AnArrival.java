package io.sluice.node.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.Metadata;
import io.sluice.node.event.Properties;
import java.util.ArrayList;
import java.util.List;

/// An arrival to begin with: QoS 1, MQTT 3.1.1, a small JSON payload.
final class AnArrival {
    private String topic = "plant/7/valves";
    private byte[] payload = "{\"temperature\":23.50}".getBytes(UTF_8);
    private int qos = 1;
    private boolean retain;
    private String username = "";
    private String certificateName = "";
    private String contentType = "";
    private String responseTopic = "";
    private byte[] correlationData = new byte[0];
    private boolean text;
    private Metadata metadata = Metadata.NONE;
    private final List<Properties.User> user = new ArrayList<>();

    static AnArrival anArrival() {
        return new AnArrival();
    }

    AnArrival on(String topic) {
        this.topic = topic;
        return this;
    }

    AnArrival with(String payload) {
        return with(payload.getBytes(UTF_8));
    }

    AnArrival with(byte[] payload) {
        this.payload = payload;
        return this;
    }

    AnArrival qos(int qos) {
        this.qos = qos;
        return this;
    }

    AnArrival retained() {
        retain = true;
        return this;
    }

    AnArrival by(String username) {
        this.username = username;
        return this;
    }

    AnArrival certified(String name) {
        certificateName = name;
        return this;
    }

    AnArrival noted(String name, String text) {
        metadata = metadata.with(name, text);
        return this;
    }

    AnArrival contentType(String contentType) {
        this.contentType = contentType;
        return this;
    }

    AnArrival text() {
        text = true;
        return this;
    }

    AnArrival replyTo(String responseTopic, byte... correlationData) {
        this.responseTopic = responseTopic;
        this.correlationData = correlationData;
        return this;
    }

    AnArrival property(String name, String value) {
        user.add(new Properties.User(name, value));
        return this;
    }

    /// The CloudEvents MQTT binding's attributes in binary mode.
    AnArrival publishedAsEvent() {
        return property("specversion", "1.0")
                .property("id", "A-1")
                .property("source", "/plant/7")
                .property("type", "valve.opened")
                .property("subject", "valve-9")
                .property("time", "2026-11-20T11:00:00+02:00")
                .property("dataschema", "https://example.org/valve")
                .property("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .property("traceparent", "a second one")
                .property("mqttqos", "9")
                .property("Not-An-Attribute", "x");
    }

    Arrival build() {
        var properties = new Properties(contentType, responseTopic, correlationData, text, -1, user);
        return new Arrival(
                "id-1",
                topic,
                payload,
                qos,
                retain,
                false,
                "valve-1",
                username,
                certificateName,
                1_795_168_800_007L,
                properties,
                metadata);
    }
}
