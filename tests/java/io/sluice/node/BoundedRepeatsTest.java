package io.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bench.Defect;
import io.sluice.node.FaultyRun.Strike;
import java.nio.file.Path;
import java.util.EnumSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Promise 3: after a fault at most what was unacknowledged repeats, and a repeat carries the `ce_id` of its first.
@Tag("kafka")
class BoundedRepeatsTest {
    private static final long SEED = 31;

    @TempDir
    private Path folder = Path.of("");

    @AfterEach
    void letKafkaGoOn() {
        OtherKafka.resume();
    }

    @ParameterizedTest(name = "{0}, seed " + SEED)
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "EDIT")
    void onlyWhatWasUnderWayRepeats(Strike strike) {
        try (var node = OneNode.start(folder, OtherKafka.bootstrapServers(), "sluice.integrations.one {}")) {
            node.awaitReady();

            var verdict = new FaultyRun(node, SEED, EnumSet.of(strike), 2).run(5_000);

            assertThat(verdict.passed())
                    .as(strike + ", seed " + SEED + ": " + verdict.summary() + verdict.examples())
                    .isTrue();
            assertThat(verdict.repeats()).isLessThanOrEqualTo(verdict.window());
            assertThat(verdict.count(Defect.REPEAT_OTHER_ID)).isZero();
            if (strike == Strike.PAUSE || strike == Strike.DRAIN) {
                assertThat(verdict.repeats())
                        .as("nothing broke, so nothing repeats")
                        .isZero();
            }
        }
    }
}
