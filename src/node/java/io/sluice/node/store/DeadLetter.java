package io.sluice.node.store;

import io.sluice.node.event.Arrival;
import java.time.Instant;

/// An arrival that can never be delivered, and why.
///
/// @param properties its MQTT 5 properties and its metadata as JSON, see [PropertiesJson]
/// @param reason     short and fixed, e.g. `unformattable`
/// @param error      what was wrong, in words
public record DeadLetter(
        String integration,
        int task,
        String arrivalId,
        String topic,
        String clientId,
        String username,
        String certificateName,
        int qos,
        boolean retain,
        String properties,
        byte[] payload,
        String subject,
        String reason,
        String error,
        Instant receivedAt,
        Instant parkedAt) {

    private static final int ERROR_LENGTH_MAX = 4000;

    public DeadLetter {
        error = error.length() > ERROR_LENGTH_MAX ? error.substring(0, ERROR_LENGTH_MAX) : error;
    }

    public static DeadLetter of(
            String integration,
            int task,
            Arrival arrival,
            String subject,
            String reason,
            String error,
            Instant parkedAt) {
        return new DeadLetter(
                integration,
                task,
                arrival.id(),
                arrival.topic(),
                arrival.clientId(),
                arrival.username(),
                arrival.certificateName(),
                arrival.qos(),
                arrival.retain(),
                PropertiesJson.of(arrival.properties(), arrival.metadata()),
                arrival.payload(),
                subject,
                reason,
                error,
                Instant.ofEpochMilli(arrival.receivedAt()),
                parkedAt);
    }

    /// The arrival as it was.
    ///
    /// @throws IllegalStateException if its properties or its metadata cannot be read back
    public Arrival arrival() {
        return new Arrival(
                arrivalId,
                topic,
                payload,
                qos,
                retain,
                false,
                clientId,
                username,
                certificateName,
                receivedAt.toEpochMilli(),
                PropertiesJson.read(properties),
                PropertiesJson.readMetadata(properties));
    }

    @Override
    public String toString() {
        return "DeadLetter[integration=%s, arrivalId=%s, reason=%s]".formatted(integration, arrivalId, reason);
    }
}
