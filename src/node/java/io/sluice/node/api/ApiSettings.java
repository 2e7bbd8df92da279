package io.sluice.node.api;

import io.sluice.node.access.AccessSettings;
import io.sluice.node.http.HttpSettings;
import io.sluice.node.settings.Section;

/// The REST API.
public record ApiSettings(
        HttpSettings http, AccessSettings access, HttpIngressSettings ingress, ReplaySettings replay) {

    /// Reads `sluice.api`.
    public static ApiSettings from(Section section) {
        return new ApiSettings(
                HttpSettings.from(section),
                AccessSettings.from(section.section("access")),
                HttpIngressSettings.from(section.section("ingress")),
                ReplaySettings.from(section.section("replay")));
    }
}
