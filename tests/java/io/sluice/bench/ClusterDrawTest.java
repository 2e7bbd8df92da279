package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bench.ClusterDraw.Cut;
import io.sluice.bench.ClusterDraw.Edit;
import io.sluice.bench.ClusterDraw.Outside;
import io.sluice.bench.ClusterDraw.Way;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class ClusterDrawTest {
    private static final int SEEDS = 200;

    @Test
    void isTheSameForTheSameSeed() {
        assertThat(ClusterDraw.of(17, 3)).isEqualTo(ClusterDraw.of(17, 3)).isNotEqualTo(ClusterDraw.of(18, 3));
    }

    @Test
    void restartsEveryNodeOnceAndNamesARealPartition() {
        for (var seed = 0; seed < SEEDS; seed++) {
            var draw = ClusterDraw.of(seed, 3);

            assertThat(draw.order()).as("seed %d", seed).containsExactlyInAnyOrder(0, 1, 2);
            assertThat(draw.partition()).as("seed %d", seed).isBetween(0, ClusterRig.PARTITIONS - 1);
        }
    }

    @Test
    void makesEveryEditOnceAndSwitchesOnWhatItSwitchedOff() {
        for (var seed = 0; seed < SEEDS; seed++) {
            var edits = ClusterDraw.of(seed, 3).edits();

            assertThat(edits).as("seed %d", seed).containsExactlyInAnyOrder(Edit.values());
            assertThat(edits).as("seed %d", seed).containsSequence(Edit.OFF, Edit.ON);
        }
    }

    @Test
    void triesEveryVariant() {
        var cuts = new HashSet<Cut>();
        var soon = new HashSet<Boolean>();
        var kills = new HashSet<Boolean>();
        var ailments = new HashSet<Relay.Ailment>();
        var ways = new HashSet<Way>();
        var outsides = new HashSet<Outside>();
        for (var seed = 0; seed < SEEDS; seed++) {
            var draw = ClusterDraw.of(seed, 3);
            cuts.add(draw.cut());
            soon.add(draw.restartSoon());
            kills.add(draw.killsStore());
            ailments.add(draw.ailment());
            ways.add(draw.way());
            outsides.add(draw.outside());
        }

        assertThat(cuts).containsExactlyInAnyOrder(Cut.values());
        assertThat(soon).hasSize(2);
        assertThat(kills).hasSize(2);
        assertThat(ailments).containsExactlyInAnyOrder(Relay.Ailment.values());
        assertThat(ways).containsExactlyInAnyOrder(Way.values());
        assertThat(outsides).containsExactlyInAnyOrder(Outside.values());
    }
}
