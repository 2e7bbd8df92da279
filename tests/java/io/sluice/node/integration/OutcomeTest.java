package io.sluice.node.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.Metadata;
import io.sluice.node.event.Properties;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class OutcomeTest {
    private static Arrival arrival(String id, Map<String, String> metadata) {
        return new Arrival(
                id,
                "a/b",
                new byte[] {1},
                1,
                true,
                false,
                "device",
                "user",
                "",
                7,
                Properties.NONE,
                new Metadata(new TreeMap<>(metadata)));
    }

    private static RecordMetadata record(String topic, int partition, long offset) {
        return new RecordMetadata(new TopicPartition(topic, partition), offset, 0, 0, 0, 0);
    }

    @Test
    void successIsTheSameMessageWithWhereItsRecordIs() {
        var arrival = arrival("id-1", Map.of("error", "of one before", "topic", "before"));

        var outcome = Outcome.success("next", "plant", arrival, record("t", 3, 42));

        assertThat(outcome.target()).isEqualTo("next");
        assertThat(outcome.arrival())
                .isEqualTo(arrival.with("id-1/plant/success", outcome.arrival().metadata()));
        assertThat(outcome.arrival().payload()).isSameAs(arrival.payload());
        assertThat(outcome.arrival().metadata().texts())
                .isEqualTo(Map.of("error", "of one before", "topic", "t", "partition", "3", "offset", "42"));
    }

    @Test
    void failureSaysWhyInBoundedWords() {
        var outcome = Outcome.failure("next", "plant", arrival("id-1", Map.of()), "unformattable", "🙂".repeat(900));

        assertThat(outcome.arrival().id()).isEqualTo("id-1/plant/failure");
        assertThat(outcome.arrival().metadata().get("error"))
                .startsWith("unformattable: 🙂")
                .endsWith("🙂")
                .hasSizeLessThanOrEqualTo(1_000)
                .hasSizeGreaterThan(990);
    }

    @Test
    void anIdStaysBoundedAndTheSameHoweverLongTheChain() {
        var once = id("x".repeat(300));

        assertThat(once).hasSizeLessThan(700).isEqualTo(id("x".repeat(300))).isNotEqualTo(id("x".repeat(301)));
    }

    private static String id(String id) {
        var arrival = arrival(id, Map.of());
        for (int i = 0; i < 30; i++) {
            arrival = Outcome.success("next", "n".repeat(64), arrival, record("t", 0, 0))
                    .arrival();
        }
        return arrival.id();
    }
}
