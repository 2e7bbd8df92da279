package io.sluice.bench;

import java.util.Arrays;

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

    /// @throws IllegalArgumentException naming all there are
    static FaultKind named(String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.text.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "faults: expected one of %s, was %s".formatted(Arrays.toString(values()), name)));
    }

    @Override
    public String toString() {
        return text;
    }
}
