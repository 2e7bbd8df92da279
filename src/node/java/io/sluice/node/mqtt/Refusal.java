package io.sluice.node.mqtt;

/// A client did what this listener does not take: the connection ends with the reason.
final class Refusal extends RuntimeException {
    private final Reason reason;

    Refusal(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    static Refusal malformed(String message) {
        return new Refusal(Reason.MALFORMED_PACKET, message);
    }

    static Refusal protocol(String message) {
        return new Refusal(Reason.PROTOCOL_ERROR, message);
    }

    Reason reason() {
        return reason;
    }
}
