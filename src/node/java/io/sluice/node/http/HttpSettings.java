package io.sluice.node.http;

import io.sluice.node.settings.Section;
import io.sluice.node.settings.ServerTls;
import java.time.Duration;
import java.util.Optional;

/// The REST API's server.
///
/// @param port           0: any free one
/// @param tls            empty: none
/// @param connectionsMax open at a time
/// @param requestsMax    under way at a time, besides those that publish
/// @param requestMax     bytes of one request
/// @param requestsBytes  bytes of all requests under way
/// @param requestTimeout until a request has arrived
/// @param pace           requests of one caller, besides those that publish
/// @param publishPace    requests of one caller that publish
public record HttpSettings(
        String host,
        int port,
        Optional<ServerTls> tls,
        int connectionsMax,
        int requestsMax,
        long requestMax,
        long requestsBytes,
        Duration requestTimeout,
        Pace pace,
        Pace publishPace) {

    /// @param perSecond in the long run
    /// @param burst     at once after a pause
    public record Pace(int perSecond, int burst) {}

    /// Reads its keys of `sluice.api`.
    public static HttpSettings from(Section section) {
        var host = section.text("host");
        var settings = new HttpSettings(
                host,
                section.number("port", 0, 65_535),
                ServerTls.from(section.section("tls"), host),
                section.number("connections-max", 1, 65_535),
                section.number("requests-max", 1, 10_000),
                section.bytes("request-max", 16 << 10, 64 << 20),
                section.bytes("requests-bytes", 1 << 20, 1 << 30),
                section.duration("request-timeout", Duration.ofMillis(100), Duration.ofMinutes(5)),
                pace(section.section("pace")),
                pace(section.section("publish-pace")));
        if (settings.host().isBlank()) {
            section.problem("host", "must not be empty");
        }
        if (settings.requestsBytes() < settings.requestMax()) {
            section.problem("requests-bytes", "must be at least request-max");
        }
        return settings;
    }

    private static Pace pace(Section section) {
        return new Pace(section.number("per-second", 1, 1_000_000), section.number("burst", 1, 1_000_000));
    }
}
