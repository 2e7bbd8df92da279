package io.sluice.node.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    private final Readiness readiness = new Readiness();

    @Test
    void isMissingUntilAllConditionsAreNamed() {
        assertThat(readiness.missing()).containsExactly("node: it is starting");

        readiness.complete();

        assertThat(readiness.missing()).isEmpty();
    }

    @Test
    void namesWhatIsMissingInPlainWords() {
        readiness.complete();
        readiness.require("task telemetry/0", () -> "backing-off no broker answered");
        readiness.require("kafka", () -> "");
        readiness.require("routes", () -> "not read yet");

        assertThat(readiness.missing())
                .containsExactly("routes: not read yet", "task telemetry/0: backing-off no broker answered");
    }

    @Test
    void looksAtEachConditionEveryTime() {
        readiness.complete();
        var missing = new AtomicReference<>("joining");
        readiness.require("cluster", missing::get);
        assertThat(readiness.missing()).containsExactly("cluster: joining");

        missing.set("");

        assertThat(readiness.missing()).isEmpty();
    }

    @Test
    void forgetsAPartThatWasRemoved() {
        readiness.complete();
        readiness.require("task telemetry/0", () -> "draining");

        readiness.forget("task telemetry/0");

        assertThat(readiness.missing()).isEmpty();
    }
}
