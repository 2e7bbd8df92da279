package io.sluice.node.format;

import java.util.Map;

/// How an integration makes a Kafka record of an arrival. Texts named pattern may hold `${…}` and `$[…]`, see
/// [Formatter].
///
/// @param integration      name of the integration
/// @param format           shape of the record value
/// @param topic            pattern of the Kafka topic
/// @param subject          pattern of the subject, which orders records and picks the task
/// @param key              pattern of the record key; empty: the subject
/// @param headers          header name to pattern
/// @param metadata         fixed texts that travel with every record, also for `${metadata.x}`
/// @param userPropertiesAsHeaders MQTT 5 user properties become headers of the same name
/// @param missing          what a pattern does when a value is missing
/// @param tombstoneOnEmpty an empty payload becomes a null value
/// @param source           `ce_source` of the records, a URI reference
/// @param type             pattern of `ce_type`
public record FormatSettings(
        String integration,
        Format format,
        String topic,
        String subject,
        String key,
        Map<String, String> headers,
        Map<String, String> metadata,
        boolean userPropertiesAsHeaders,
        Missing missing,
        boolean tombstoneOnEmpty,
        String source,
        String type) {

    /// Shape of the record value.
    public enum Format {
        /// The payload's bytes, unchanged, and no headers of ours but the id and the epoch.
        PAYLOAD,
        /// TBMQ's JSON wrapper, key for key.
        JSON,
        /// The payload's bytes, the attributes as `ce_` headers.
        CLOUDEVENTS_BINARY,
        /// One JSON document of attributes and data.
        CLOUDEVENTS_STRUCTURED
    }

    /// What a pattern does when a value is missing.
    public enum OnMissing {
        /// The arrival goes to the dead letters.
        FAIL,
        /// The missing value becomes an empty text.
        EMPTY,
        /// The pattern's own text stands in the result, as in ThingsBoard.
        LITERAL
    }

    /// The policy of each field.
    public record Missing(OnMissing topic, OnMissing subject, OnMissing key, OnMissing headers) {}

    public FormatSettings {
        headers = Map.copyOf(headers);
        metadata = Map.copyOf(metadata);
    }
}
