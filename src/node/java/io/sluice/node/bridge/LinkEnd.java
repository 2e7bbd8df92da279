package io.sluice.node.bridge;

import com.hivemq.client.mqtt.exceptions.ConnectionClosedException;
import com.hivemq.client.mqtt.exceptions.ConnectionFailedException;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionException;

/// Why a connection ended or did not come to be.
///
/// @param outcome short and fixed, for metrics and events
/// @param problem in words; never holds a secret
record LinkEnd(String outcome, String problem) {

    static LinkEnd of(Throwable failure) {
        return switch (failure) {
            case CompletionException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
            case Mqtt5ConnAckException refused -> {
                var answer = refused.getMqttMessage();
                yield new LinkEnd(
                        "refused",
                        "the broker refused the connection: %s (0x%02x)%s"
                                .formatted(
                                        answer.getReasonCode(),
                                        answer.getReasonCode().getCode(),
                                        answer.getReasonString()
                                                .map(text -> ", " + text)
                                                .orElse("")));
            }
            case Mqtt3ConnAckException refused ->
                new LinkEnd(
                        "refused",
                        "the broker refused the connection: "
                                + refused.getMqttMessage().getReturnCode());
            case Mqtt5DisconnectException said -> {
                var goodbye = said.getMqttMessage();
                yield goodbye.getReasonCode() == Mqtt5DisconnectReasonCode.SESSION_TAKEN_OVER
                        ? new LinkEnd(
                                "taken-over",
                                "another client came in with our client id (0x8e); nobody else may use it")
                        : new LinkEnd(
                                "lost",
                                "the connection was ended: %s (0x%02x)%s"
                                        .formatted(
                                                goodbye.getReasonCode(),
                                                goodbye.getReasonCode().getCode(),
                                                goodbye.getReasonString()
                                                        .map(text -> ", " + text)
                                                        .orElse("")));
            }
            case ConnectionClosedException _ ->
                new LinkEnd(
                        "lost",
                        "the connection was closed without a word: %s; if this comes again and again, another client may use our client id"
                                .formatted(words(failure)));
            case ConnectionFailedException unreached
            when unreached.getCause() != null ->
                new LinkEnd("unreachable", "no connection: " + words(unreached.getCause()));
            case UnknownHostException unknown ->
                new LinkEnd("unreachable", "no connection: unknown host " + unknown.getMessage());
            case IllegalArgumentException unusable -> new LinkEnd("unusable", words(unusable));
            default -> new LinkEnd("lost", "the connection is lost: " + words(failure));
        };
    }

    private static String words(Throwable failure) {
        var root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        var text = root.getMessage();
        return text == null || text.isBlank() ? root.getClass().getSimpleName() : text;
    }
}
