package io.sluice.node.bridge;

import io.sluice.node.observe.EventLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the log and the events what is news of one broker: one that fails again and again says so the 1st, 2nd, 4th,
/// 8th … time, and whenever the reason is another one.
final class BridgeVoice {
    private static final Logger log = LoggerFactory.getLogger(BridgeVoice.class);
    private static final int NO_TASK = -1;

    private final String broker;
    private final EventLog events;
    private String lastReason = "";
    private int failures;

    BridgeVoice(String broker, EventLog events) {
        this.broker = broker;
        this.events = events;
    }

    void news(String what, String message) {
        log.info("mqtt broker [{}] {}: {}", broker, what, message);
        events.lifecycle("broker:" + broker, what, message);
    }

    void trouble(String what, String message) {
        log.warn("mqtt broker [{}] {}: {}", broker, what, message);
        events.error("broker:" + broker, NO_TASK, what, message);
    }

    void failed(String what, String problem) {
        var reason = what + problem.replaceAll("\\d+", "");
        failures = reason.equals(lastReason) ? failures + 1 : 1;
        lastReason = reason;
        if (Integer.bitCount(failures) == 1) {
            trouble(what, failures == 1 ? problem : "%s (failure %d in a row)".formatted(problem, failures));
        }
    }

    /// It works, and has for a while.
    void gotOn() {
        failures = 0;
        lastReason = "";
    }
}
