package io.sluice.node.integration;

import io.sluice.node.event.Arrival;
import io.sluice.node.format.Unformattable;
import io.sluice.node.handover.Destination;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.producer.ProducerRecord;

/// What an integration would make of an arrival, found out by the code that does it, without doing it.
///
/// @param matches whether a filter of the integration wants the arrival's topic; the rest is told either way
/// @param subject what orders the arrival, empty if there is none
/// @param task    number of the task that would have it
public record Preview(boolean matches, String subject, int task, Made made) {

    /// What it would become.
    public sealed interface Made {

        /// A record. Who chooses the partition is Kafka's own rule: by the key, any if there is none.
        ///
        /// @param key       empty if it has none
        /// @param value     empty for a tombstone
        /// @param headers   in their order; `sluice-epoch` is 0, a task has its own
        /// @param timestamp milliseconds since the epoch; empty: when it is sent
        record Written(
                String topic,
                Optional<byte[]> key,
                Optional<byte[]> value,
                List<Header> headers,
                Optional<Long> timestamp)
                implements Made {
            public Written {
                headers = List.copyOf(headers);
            }
        }

        /// A dead letter.
        ///
        /// @param reason as the metrics count it
        record Parked(String reason, String error) implements Made {}
    }

    /// One header of a record; names may repeat.
    public record Header(String name, byte[] value) {}

    /// Of what the tasks work with: the same subjects, the same recorder.
    ///
    /// @param tasks how many the integration has
    public static Preview of(
            boolean matches, int tasks, Function<Arrival, String> subjects, Line.Recorder recorder, Arrival arrival) {
        var subject = subjects.apply(arrival);
        return new Preview(matches, subject, Destination.task(subject, tasks), made(recorder, arrival, subject));
    }

    private static Made made(Line.Recorder recorder, Arrival arrival, String subject) {
        try {
            return written(recorder.record(arrival, subject, 0));
        } catch (Unformattable | RuntimeException e) {
            return new Made.Parked(Line.reason(e), Line.error(e));
        }
    }

    private static Made written(ProducerRecord<byte[], byte[]> record) {
        var headers = new ArrayList<Header>();
        record.headers().forEach(header -> headers.add(new Header(header.key(), header.value())));
        return new Made.Written(
                record.topic(),
                Optional.ofNullable(record.key()),
                Optional.ofNullable(record.value()),
                headers,
                Optional.ofNullable(record.timestamp()));
    }
}
