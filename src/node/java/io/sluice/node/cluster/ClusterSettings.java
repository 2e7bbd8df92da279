package io.sluice.node.cluster;

import io.sluice.node.settings.Section;
import io.sluice.node.settings.ServerAddress;

/// Where nodes reach each other.
///
/// @param host loopback only, until nodes prove themselves by mutual TLS
/// @param port 0: any free one
public record ClusterSettings(String host, int port) {

    /// Reads `sluice.cluster`.
    public static ClusterSettings from(Section section) {
        var settings = new ClusterSettings(section.text("host"), section.number("port", 0, 65_535));
        if (!ServerAddress.isLoopback(settings.host())) {
            section.problem(
                    "host",
                    "must be a loopback address such as 127.0.0.1 until mutual TLS between nodes is available, was "
                            + settings.host());
        }
        return settings;
    }
}
