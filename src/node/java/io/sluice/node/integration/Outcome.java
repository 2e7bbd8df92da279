package io.sluice.node.integration;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.Metadata;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.kafka.clients.producer.RecordMetadata;

/// What became of an arrival, on its way into the next integration: the same message, and what there is to say.
///
/// It is named after the arrival, the integration and how it ended, so a repeat is recognised however far down the
/// chain it comes.
///
/// @param target name of the next integration
record Outcome(String target, Arrival arrival) {
    private static final int ERROR_LENGTH_MAX = 1_000;

    /// A dead letter has room for 1024 characters.
    private static final int ID_LENGTH_MAX = 512;

    /// @param record where Kafka keeps it
    static Outcome success(String target, String integration, Arrival arrival, RecordMetadata record) {
        var metadata = arrival.metadata()
                .with(Metadata.OFFSET, Long.toString(record.offset()))
                .with(Metadata.PARTITION, Integer.toString(record.partition()))
                .with(Metadata.TOPIC, record.topic());
        return new Outcome(target, arrival.with(id(arrival.id(), integration, "success"), metadata));
    }

    /// @param reason short and fixed
    /// @param error  in words
    static Outcome failure(String target, String integration, Arrival arrival, String reason, String error) {
        var metadata = arrival.metadata().with(Metadata.ERROR, cut(reason + ": " + error));
        return new Outcome(target, arrival.with(id(arrival.id(), integration, "failure"), metadata));
    }

    private static String id(String id, String integration, String end) {
        return (id.length() <= ID_LENGTH_MAX ? id : hash(id)) + "/" + integration + "/" + end;
    }

    private static String hash(String id) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(id.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String cut(String error) {
        if (error.length() <= ERROR_LENGTH_MAX) {
            return error;
        }
        var end =
                Character.isHighSurrogate(error.charAt(ERROR_LENGTH_MAX - 1)) ? ERROR_LENGTH_MAX - 1 : ERROR_LENGTH_MAX;
        return error.substring(0, end);
    }
}
