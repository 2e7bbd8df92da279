package io.sluice.bench;

import java.util.regex.Pattern;

/// What a node says became of the messages it received, read from its metrics. Pure.
///
/// @param received     from publishers
/// @param endedAtDoor  that no integration took
/// @param routed       to integrations
/// @param ended        of those: delivered, parked or discarded
/// @param inFlight     of those: without an end yet
record Books(long received, long endedAtDoor, long routed, long ended, long inFlight) {

    /// @param metrics in the text format of Prometheus
    static Books of(String metrics) {
        return new Books(
                sum(metrics, "sluice_received_messages_total"),
                sum(metrics, "sluice_ingress_ended_messages_total"),
                sum(metrics, "sluice_routed_messages_total"),
                sum(metrics, "sluice_integration_ended_messages_total"),
                sum(metrics, "sluice_in_flight_messages"));
    }

    /// Whether at rest every message has exactly one end. Each is for one integration at most.
    boolean balance() {
        return received > 0 && inFlight == 0 && routed == ended && received == routed + endedAtDoor;
    }

    /// Whether it has nothing to say: a node that nobody has published to since it started.
    boolean isBlank() {
        return received == 0 && routed == 0 && ended == 0 && inFlight == 0;
    }

    private static long sum(String metrics, String name) {
        return Pattern.compile("^%s(?:\\{[^}]*})? (\\S+)".formatted(name), Pattern.MULTILINE)
                .matcher(metrics)
                .results()
                .mapToLong(found -> Math.round(Double.parseDouble(found.group(1))))
                .sum();
    }
}
