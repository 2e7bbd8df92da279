package io.sluice.node.observe;

import io.sluice.node.settings.Section;
import io.sluice.node.settings.ServerTls;
import java.util.Optional;

/// Where metrics, health and cluster state are read.
///
/// @param host address to listen on
/// @param port 0: any free one
/// @param tls  empty: none
public record ManagementSettings(String host, int port, Optional<ServerTls> tls) {

    /// Reads `sluice.management`.
    public static ManagementSettings from(Section section) {
        var settings = new ManagementSettings(
                section.text("host"),
                section.number("port", 0, 65_535),
                ServerTls.from(section.section("tls"), section.text("host")));
        if (settings.host().isBlank()) {
            section.problem("host", "must not be empty");
        }
        return settings;
    }
}
