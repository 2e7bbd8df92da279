package io.sluice.node.mqtt;

import java.util.Locale;

/// Reason codes of MQTT 5 (section 2.4) that this listener sends, with the CONNACK return code of 3.1.1 where there is
/// one.
///
/// A PUBACK or PUBREC with a code of 0x80 or more counts as acknowledged (MQTT-4.4.0-2), so it only answers what can
/// never succeed.
enum Reason {
    SUCCESS(0x00),
    NO_ROUTE(0x10),
    NO_SUBSCRIPTION_EXISTED(0x11),
    UNSPECIFIED_ERROR(0x80),
    MALFORMED_PACKET(0x81),
    PROTOCOL_ERROR(0x82),
    UNSUPPORTED_PROTOCOL_VERSION(0x84, 1),
    CLIENT_ID_NOT_VALID(0x85, 2),
    BAD_USER_NAME_OR_PASSWORD(0x86, 4),
    NOT_AUTHORIZED(0x87, 5),
    SERVER_UNAVAILABLE(0x88, 3),
    SERVER_BUSY(0x89, 3),
    SERVER_SHUTTING_DOWN(0x8B),
    BAD_AUTHENTICATION_METHOD(0x8C, 5),
    KEEP_ALIVE_TIMEOUT(0x8D),
    SESSION_TAKEN_OVER(0x8E),
    TOPIC_FILTER_INVALID(0x8F),
    TOPIC_NAME_INVALID(0x90),
    PACKET_ID_NOT_FOUND(0x92),
    RECEIVE_MAXIMUM_EXCEEDED(0x93),
    TOPIC_ALIAS_INVALID(0x94),
    PACKET_TOO_LARGE(0x95),
    QUOTA_EXCEEDED(0x97),
    RETAIN_NOT_SUPPORTED(0x9A),
    SHARED_SUBSCRIPTIONS_NOT_SUPPORTED(0x9E),
    SUBSCRIPTION_IDS_NOT_SUPPORTED(0xA1);

    private final int code;
    private final int returnCode;

    Reason(int code) {
        this(code, -1);
    }

    Reason(int code, int returnCode) {
        this.code = code;
        this.returnCode = returnCode;
    }

    int code() {
        return code;
    }

    /// Return code of a 3.1.1 CONNACK, -1 where 3.1.1 only closes.
    int returnCode() {
        return returnCode;
    }

    boolean isFailure() {
        return code >= 0x80;
    }

    /// As metrics and logs show it.
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
