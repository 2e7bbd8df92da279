package io.sluice.node.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.node.observe.EventLog;
import io.sluice.node.observe.HistorySettings;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TaskVoiceTest {
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final EventLog events = new EventLog(
            batch -> batch.forEach(event -> told.add(event.what() + ": " + event.message())),
            new HistorySettings(100, Duration.ofDays(1), 1_000, 1_000, Duration.ofDays(1)),
            new SimpleMeterRegistry().counter("dropped"),
            Clock.systemUTC());
    private final TaskBoard board = new TaskBoard();
    private final TaskVoice voice = new TaskVoice(
            "one",
            0,
            new TaskTools(
                    Runnable::run,
                    () -> true,
                    _ -> 1,
                    _ -> (_, _, _, _) -> {},
                    (_, _) -> {},
                    TaskRig.NO_CHAIN,
                    _ -> {},
                    board,
                    events,
                    (_, _, _) -> {}));

    @Test
    void saysLessOftenWhatDoesNotChange() {
        IntStream.rangeClosed(1, 10).forEach(i -> fail("no answer within %d ms".formatted(i)));
        fail("not authorized");
        voice.running(7);

        assertThat(told())
                .containsExactly(
                        "failed: no answer within 1 ms",
                        "backing-off: tries again after a pause",
                        "failed: no answer within 2 ms (failure 2 in a row)",
                        "failed: no answer within 4 ms (failure 4 in a row)",
                        "failed: no answer within 8 ms (failure 8 in a row)",
                        "failed: not authorized (failure 11 in a row)",
                        "started: epoch 7");
        assertThat(board.notes()).singleElement().satisfies(note -> {
            assertThat(note.phase()).isEqualTo(TaskPhase.RUNNING);
            assertThat(note.epoch()).isEqualTo(7);
        });
    }

    @Test
    void aTaskThatRunsAndFailsByTurnsFillsNoTable() {
        for (int i = 1; i <= 1_000; i++) {
            voice.running(i);
            fail("it broke");
        }

        assertThat(told()).hasSizeLessThan(40);
    }

    @Test
    void aFailureAfterItGotOnIsNews() {
        fail("it broke");
        voice.running(1);
        voice.gotOn();
        fail("it broke");

        assertThat(told())
                .containsExactly(
                        "failed: it broke",
                        "backing-off: tries again after a pause",
                        "started: epoch 1",
                        "failed: it broke",
                        "backing-off: tries again after a pause");
    }

    @Test
    void aStartForANewPlanIsNone() {
        voice.running(1);
        voice.starting();
        voice.running(2);
        voice.draining();
        voice.stopped("drained", 0, true);

        assertThat(told())
                .containsExactly(
                        "started: epoch 1",
                        "draining: finishes what it has",
                        "stopped: drained, 0 batches handed back");
    }

    private void fail(String problem) {
        voice.failed(problem);
        voice.backingOff();
    }

    private List<String> told() {
        events.start("node-1");
        events.close();
        return told;
    }
}
