package io.sluice.node.access;

import io.sluice.node.secret.Secret;
import io.sluice.node.settings.Section;
import java.time.Duration;

/// Who may come in.
///
/// @param adminPassword of the user `admin` that is made if there is no user; empty: one is made up
/// @param resetAdmin    whether `admin` gets that password at each start, whoever there is
/// @param sessionExpiry how long a session lasts
/// @param attempts      what becomes of wrong passwords
/// @param checks        passwords checked at a time
public record AccessSettings(
        Secret adminPassword, boolean resetAdmin, Duration sessionExpiry, Attempts attempts, int checks) {

    /// @param max     wrong passwords in a row until the door is shut
    /// @param lockMin how long it is shut first; twice as long with each further one
    /// @param lockMax longest time
    public record Attempts(int max, Duration lockMin, Duration lockMax) {}

    /// Reads `sluice.api.access`.
    public static AccessSettings from(Section section) {
        var settings = new AccessSettings(
                section.secret("admin-password"),
                section.flag("reset-admin"),
                section.duration("session-expiry", Duration.ofMinutes(1), Duration.ofDays(30)),
                new Attempts(
                        section.number("attempts-max", 1, 1_000),
                        section.duration("lock-min", Duration.ofMillis(10), Duration.ofHours(1)),
                        section.duration("lock-max", Duration.ofMillis(10), Duration.ofDays(1))),
                section.number("password-checks", 1, 64));
        if (settings.attempts().lockMax().compareTo(settings.attempts().lockMin()) < 0) {
            section.problem("lock-max", "must be at least lock-min");
        }
        return settings;
    }
}
