package io.sluice.node.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Promises 1 to 3 and 8 for the handover alone: no acknowledged loss, first deliveries in order per subject, a bounded
/// window, and an end once faults stop.
class HandoverSimulationTest {
    private static final int SEEDS = 10_000;
    private static final int SEEDS_PER_DEFECT = 2_000;

    @Test
    void keepsItsPromisesUnderTenThousandSeedsOfFaults() {
        for (long seed = 0; seed < SEEDS; seed++) {
            try {
                new World(seed, Defect.NONE).run();
            } catch (AssertionError | RuntimeException e) {
                fail("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void noticesAPlantedDefect(Defect defect) {
        assertThat(seedThatBreaks(defect))
                .as("first of %d seeds that notices %s", SEEDS_PER_DEFECT, defect)
                .isNotNegative();
    }

    private static long seedThatBreaks(Defect defect) {
        for (long seed = 0; seed < SEEDS_PER_DEFECT; seed++) {
            try {
                new World(seed, defect).run();
            } catch (World.Broken | IllegalStateException _) {
                return seed;
            }
        }
        return -1;
    }
}
