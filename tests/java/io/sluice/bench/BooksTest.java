package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class BooksTest {
    private static final String METRICS = """
            # HELP sluice_received_messages_total Messages
            # TYPE sluice_received_messages_total counter
            sluice_received_messages_total{ingress="tcp",qos="0"} 5.0
            sluice_received_messages_total{ingress="tcp",qos="1"} 1.2E3
            sluice_ingress_ended_messages_total{end="discarded",ingress="tcp",reason="no-route"} 5.0
            sluice_routed_messages_total{integration="rig"} 1200.0
            sluice_routed_messages_totally 7
            sluice_integration_ended_messages_total{end="delivered",integration="rig"} 1100.0
            sluice_integration_ended_messages_total{end="parked",integration="rig"} 100.0
            sluice_in_flight_messages{integration="rig"} 0.0
            """;

    @Test
    void addsUpWhatBecameOfEachMessage() {
        var books = Books.of(METRICS);

        assertThat(books).isEqualTo(new Books(1_205, 5, 1_200, 1_200, 0));
        assertThat(books.balance()).isTrue();
        assertThat(Books.of("up 1").isBlank()).isTrue();
    }

    @Test
    void oneMessageWithoutAnEndOrWithTwoIsSeen() {
        assertThat(Books.of(METRICS.replace("1100.0", "1099.0")).balance()).isFalse();
        assertThat(Books.of(METRICS.replace("1100.0", "1101.0")).balance()).isFalse();
        assertThat(Books.of(METRICS.replace("1.2E3", "1201")).balance()).isFalse();
        assertThat(Books.of(METRICS.replace("\"} 0.0", "\"} 1.0")).balance()).isFalse();
    }

    @Test
    void aSecretIsFoundWhereItStands() {
        var search = new SecretSearch(List.of("hunter2"));
        search.look("log", "nothing to see");
        search.look("metrics", "password=hunter2");

        assertThat(search.places()).containsExactly("metrics");
        assertThatThrownBy(() -> search.look("tasks", "")).hasMessage("tasks: expected something to read, was nothing");
    }
}
