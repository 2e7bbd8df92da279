package io.sluice.bench;

import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

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

    /// Reads a kind from the command line.
    static final class Named implements ITypeConverter<FaultKind> {
        @Override
        public FaultKind convert(String text) {
            return Arrays.stream(values())
                    .filter(kind -> kind.text.equals(text))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "expected one of %s, was %s".formatted(Arrays.toString(values()), text)));
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
