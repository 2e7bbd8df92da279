package io.sluice.node.format;

import static io.sluice.node.format.HeaderList.header;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/// Writes attributes as Kafka headers (CloudEvents Kafka binding 1.0, binary mode). What is the same for every arrival
/// is made once.
final class EventHeaders {
    private static final Header VERSION = header("ce_specversion", "1.0");
    private static final Header[] QOS = {header("ce_mqttqos", "0"), header("ce_mqttqos", "1"), header("ce_mqttqos", "2")
    };
    private static final Header RETAIN = header("ce_mqttretain", "true");

    private final String sourceText;
    private final Header source;
    private final String typeText;
    private final Header type;

    /// @param source the usual one
    /// @param type   the usual one, empty if there is none
    EventHeaders(String source, String type) {
        this.sourceText = source;
        this.source = header("ce_source", source);
        this.typeText = type;
        this.type = header("ce_type", type);
    }

    void add(EventAttributes event, HeaderList headers) {
        headers.add(VERSION);
        headers.add("ce_id", event.id());
        headers.add(event.source().equals(sourceText) ? source : header("ce_source", event.source()));
        headers.add(event.type().equals(typeText) ? type : header("ce_type", event.type()));
        if (!event.subject().isEmpty()) {
            headers.add("ce_subject", event.subject());
        }
        headers.add(new RecordHeader("ce_time", event.time()));
        if (!event.dataSchema().isEmpty()) {
            headers.add("ce_dataschema", event.dataSchema());
        }
        headers.add("ce_mqtttopic", event.arrival().topic());
        headers.add(QOS[event.arrival().qos()]);
        if (event.arrival().retain()) {
            headers.add(RETAIN);
        }
        if (event.published()) {
            addExtensions(event, headers);
        }
    }

    private static void addExtensions(EventAttributes event, HeaderList headers) {
        var properties = event.arrival().properties();
        for (int i = 0; i < properties.user().size(); i++) {
            if (PublishedEvent.isExtension(properties, i)) {
                var property = properties.user().get(i);
                headers.add("ce_" + property.name(), property.value());
            }
        }
    }
}
