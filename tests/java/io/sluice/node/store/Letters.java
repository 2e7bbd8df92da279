package io.sluice.node.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.Properties;
import java.time.Instant;
import java.util.List;

/// Dead letters for tests.
final class Letters {
    static final Instant RECEIVED = Instant.parse("2026-01-02T03:04:05.678Z");
    static final Instant PARKED = Instant.parse("2026-01-02T03:04:06.789Z");

    private Letters() {}

    static DeadLetter letter(String integration, String arrivalId) {
        return letter(integration, arrivalId, "{\"broken\":".getBytes(UTF_8));
    }

    static DeadLetter letter(String integration, String arrivalId, byte[] payload) {
        return letter(integration, arrivalId, payload, "device-1");
    }

    static DeadLetter letter(String integration, String arrivalId, byte[] payload, String subject) {
        var properties = new Properties(
                "application/json",
                "",
                new byte[] {1, 2, 3},
                true,
                60,
                List.of(new Properties.User("plant", "7"), new Properties.User("plant", "ö \"8\"")));
        var arrival = new Arrival(
                arrivalId,
                "tbmq/plant-7",
                payload,
                1,
                true,
                false,
                "device-1",
                "operator",
                "device-1.example",
                RECEIVED.toEpochMilli(),
                properties);
        return DeadLetter.of(
                integration, 1, arrival, subject, "unformattable", "key: $[a] expected a value, was none", PARKED);
    }
}
