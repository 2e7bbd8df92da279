package io.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.sluice.node.queue.QueuePlace;
import io.sluice.node.store.QueuePlaces.Row;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Which of an integration's queues goes before which.
class QueuesTest {
    private static final QueuePlace A = new QueuePlace("a", "queue");
    private static final QueuePlace B = new QueuePlace("b", "queue");

    private static Row row(QueuePlace place, long lanes) {
        return new Row("one", place.broker(), place.topic(), lanes, "2-0", 1);
    }

    @Test
    void lanesTellWhereTheyCan() {
        assertThat(Queues.forerunners(List.of(row(A, 30), row(B, 20)), Optional.of(A), 30))
                .containsOnly(entry(A, 0), entry(B, 0));
    }

    @Test
    void whatWasBegunEarlierGoesFirstWhereTheConfigurationHasIt() {
        assertThat(Queues.forerunners(List.of(row(A, 0)), Optional.of(B), 0)).containsOnly(entry(A, 1), entry(B, 0));
        assertThat(Queues.forerunners(List.of(row(A, 0), row(B, 0)), Optional.of(A), 0))
                .containsOnly(entry(A, 1), entry(B, 0));
        assertThat(Queues.forerunners(List.of(row(B, 0)), Optional.empty(), 0)).containsOnly(entry(B, 0));
    }
}
