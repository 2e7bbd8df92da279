package io.sluice.node.observe;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Something that happened to an integration, as its users are told. Never holds a payload or a secret.
///
/// @param node    where it happened
/// @param task    number of the task; [#NO_TASK] if it concerns the integration as a whole
/// @param what    a short fixed word, e.g. `started`, `backing-off`, `failed`, `parked`
/// @param message in words, cut where it is too long
/// @param about   the message it is about, if it is about one
public record IntegrationEvent(
        Instant at,
        String node,
        String integration,
        int task,
        Kind kind,
        String what,
        String message,
        Optional<OfMessage> about) {

    public static final int NO_TASK = -1;

    /// Most characters of a message in words.
    public static final int MESSAGE_MAX = 4_000;

    /// Most characters of what names a message.
    public static final int NAME_MAX = 1_024;

    public enum Kind {
        LIFECYCLE,
        ERROR
    }

    /// Which message an event is about.
    ///
    /// @param partition where it is in Kafka, if it is there
    public record OfMessage(
            String topic,
            String clientId,
            String subject,
            String arrivalId,
            OptionalInt partition,
            OptionalLong offset) {

        public OfMessage {
            topic = cut(topic, NAME_MAX);
            clientId = cut(clientId, NAME_MAX);
            subject = cut(subject, NAME_MAX);
            arrivalId = cut(arrivalId, NAME_MAX);
        }

        /// One that is not in Kafka.
        public OfMessage(String topic, String clientId, String subject, String arrivalId) {
            this(topic, clientId, subject, arrivalId, OptionalInt.empty(), OptionalLong.empty());
        }
    }

    public IntegrationEvent {
        message = cut(message, MESSAGE_MAX);
    }

    /// Never through the middle of a character.
    private static String cut(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max);
    }
}
