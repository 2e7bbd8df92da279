package io.sluice.node.observe;

import io.sluice.node.settings.Section;

/// Where metrics, health and cluster state are read.
///
/// @param host address to listen on
/// @param port 0: any free one
public record ManagementSettings(String host, int port) {

    /// Reads `sluice.management`.
    public static ManagementSettings from(Section section) {
        var settings = new ManagementSettings(section.text("host"), section.number("port", 0, 65_535));
        if (settings.host().isBlank()) {
            section.problem("host", "must not be empty");
        }
        return settings;
    }
}
