package io.sluice.bench;

import java.util.Arrays;
import java.util.stream.Collectors;

/// What chaos does to a running system.
enum FaultKind {
    /// SIGKILL to the node, and start it again at once.
    KILL_NODE("kill-node"),
    /// SIGSTOP to Kafka for some seconds.
    STOP_KAFKA("stop-kafka"),
    /// SIGKILL to Kafka, and start it again at once.
    KILL_KAFKA("kill-kafka");

    private final String text;

    FaultKind(String text) {
        this.text = text;
    }

    static FaultKind of(String text) {
        return Arrays.stream(values())
                .filter(kind -> kind.text.equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("fault: expected one of %s, was %s"
                        .formatted(
                                Arrays.stream(values()).map(FaultKind::toString).collect(Collectors.joining(", ")),
                                text)));
    }

    @Override
    public String toString() {
        return text;
    }
}
