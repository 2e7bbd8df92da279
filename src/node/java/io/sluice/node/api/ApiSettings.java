package io.sluice.node.api;

import io.sluice.node.access.AccessSettings;
import io.sluice.node.http.HttpSettings;
import io.sluice.node.settings.Section;
import java.time.Duration;

/// The REST API.
public record ApiSettings(
        HttpSettings http,
        AccessSettings access,
        HttpIngressSettings ingress,
        ReplaySettings replay,
        TailSettings tail) {
    private static final Duration MARGIN = Duration.ofSeconds(30);

    /// Above every wait of a handler: of a message until it is safe, and of a replay.
    Duration answerLimit() {
        var replaying = DeadLetterCalls.REPLAY_LIMIT.plus(replay.timeMax()).plus(replay.timeout());
        var longest = ingress.timeout().compareTo(replaying) > 0 ? ingress.timeout() : replaying;
        return longest.plus(MARGIN);
    }

    /// Reads `sluice.api`.
    public static ApiSettings from(Section section) {
        return new ApiSettings(
                HttpSettings.from(section),
                AccessSettings.from(section.section("access")),
                HttpIngressSettings.from(section.section("ingress")),
                ReplaySettings.from(section.section("replay")),
                TailSettings.from(section.section("tail")));
    }
}
