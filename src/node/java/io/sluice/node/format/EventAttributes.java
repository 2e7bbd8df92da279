package io.sluice.node.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.CloudEvents;

/// What an arrival is called as a CloudEvent 1.0.
///
/// @param published  the publisher made it one itself, see [PublishedEvent]
/// @param subject    empty if it has none
/// @param time       RFC 3339; not to be written to
/// @param dataSchema empty if it has none
record EventAttributes(
        Arrival arrival,
        boolean published,
        String id,
        String source,
        String type,
        String subject,
        byte[] time,
        String dataSchema) {

    /// How an integration calls its events. Not for several threads.
    ///
    /// @param source of every arrival that is not published as a CloudEvent
    /// @param type   likewise
    record Rules(String source, Template type, PayloadJson json, UtcText utc) {

        EventAttributes attributes(Arrival arrival, String subject) throws Unformattable {
            return PublishedEvent.isIn(arrival.properties()) ? published(arrival, subject) : plain(arrival, subject);
        }

        private EventAttributes plain(Arrival arrival, String subject) throws Unformattable {
            var type = this.type.text(arrival, json);
            if (type.isEmpty()) {
                throw new Unformattable("type: expected a text, was empty");
            }
            var time = utc.of(arrival.receivedAt());
            return new EventAttributes(arrival, false, arrival.id(), source, type, subject, time, "");
        }

        private EventAttributes published(Arrival arrival, String subject) throws Unformattable {
            var properties = arrival.properties();
            return new EventAttributes(
                    arrival,
                    true,
                    properties.user("id"),
                    properties.user("source"),
                    properties.user("type"),
                    subject,
                    time(arrival, properties.user("time")),
                    properties.user("dataschema"));
        }

        private byte[] time(Arrival arrival, String published) throws Unformattable {
            if (published.isEmpty()) {
                return utc.of(arrival.receivedAt());
            }
            try {
                CloudEvents.time(published);
                return published.getBytes(UTF_8);
            } catch (IllegalArgumentException e) {
                throw new Unformattable(String.valueOf(e.getMessage()));
            }
        }
    }
}
