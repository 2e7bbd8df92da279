package io.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.cluster.Circle;
import io.sluice.node.handover.LaneRule.Standing;
import io.sluice.node.integration.Plans;
import io.sluice.node.integration.TaskBoard;
import io.sluice.node.observe.TaskStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TaskOverviewTest {
    private final TaskOverview overview = new TaskOverview(new TaskBoard(), new Plans());

    private static Circle<Neighbours.Word> saying(TaskStatus... tasks) {
        return Circle.<Neighbours.Word>alone()
                .with("b")
                .heard("b", new Neighbours.Word(new Standing(1, Map.of()), List.of(tasks)));
    }

    private static TaskStatus task(String phase) {
        return new TaskStatus("b", "one", 0, phase, 0, 0, 7, 0, "");
    }

    @Test
    void aTaskNobodyHasIsMissing() {
        assertThat(overview.whyNotRunning("one", 0)).isEqualTo("not started");

        overview.know(saying(task("stopped")));

        assertThat(overview.whyNotRunning("one", 0)).isEqualTo("not started");
        assertThat(overview.all()).isEmpty();
    }

    /// The word is not said again as long as nothing changes.
    @Test
    void aTaskThatLivesElsewhereIsNotThisNodesToSay() {
        overview.know(saying(task("backing-off")));

        assertThat(overview.whyNotRunning("one", 0)).isEmpty();
        assertThat(overview.whyNotRunning("one", 1)).isEqualTo("not started");
        assertThat(overview.all()).containsExactly(task("backing-off"));
    }

    @Test
    void aTaskMayMoveForAMoment() {
        overview.know(saying(task("running")));
        overview.know(Circle.alone());

        assertThat(overview.whyNotRunning("one", 0)).isEmpty();
        assertThat(overview.all()).isEmpty();
    }
}
