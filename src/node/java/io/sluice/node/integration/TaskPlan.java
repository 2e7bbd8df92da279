package io.sluice.node.integration;

import io.sluice.node.queue.QueueReaders;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What one task needs to do its work. Two are equal if they are one and the same, made of one version of
/// the integration: what they were made of cannot be compared.
///
/// @param integration name of the integration
/// @param task        number of the task, from 0
/// @param properties  of the Kafka producer, serializers left out; asked at each start, so that a renewed
///                    certificate is used; may block
/// @param topic       the target topic if it is the same for every record, to wait for it at the start
/// @param adaptive    merge what comes while Kafka has not answered; otherwise the producer's own linger
///                    works
/// @param recorders   gives what makes the records, one for each line: it is used by one thread at a time
/// @param next        where it sends on what became of its messages
/// @param problems    explains why a start failed, in words for an operator; may block
/// @param queues      gives what the integration has for queues, or had and may hold something; may block
public record TaskPlan(
        String integration,
        int task,
        Supplier<Map<String, Object>> properties,
        @Nullable String topic,
        boolean adaptive,
        Supplier<Line.Recorder> recorders,
        Next next,
        Problems problems,
        Supplier<List<QueueReaders.Source>> queues) {

    /// One without a queue, and the last of a chain, or of none.
    public TaskPlan(
            String integration,
            int task,
            Supplier<Map<String, Object>> properties,
            @Nullable String topic,
            boolean adaptive,
            Supplier<Line.Recorder> recorders,
            Problems problems) {
        this(integration, task, properties, topic, adaptive, recorders, Next.NOWHERE, problems, List::of);
    }

    /// Finds out why Kafka could not be used.
    public interface Problems {
        String explain(Throwable cause);
    }

    @Override
    public String toString() {
        return integration + "/" + task;
    }
}
