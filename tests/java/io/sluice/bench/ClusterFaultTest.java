package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterFaultTest {
    @Test
    void isNamedByCodeAndByWord() {
        for (var fault : ClusterFault.values()) {
            assertThat(ClusterFault.named(fault.code())).isEqualTo(fault);
            assertThat(ClusterFault.named(fault.toString())).isEqualTo(fault);
        }
        assertThat(Arrays.stream(ClusterFault.values()).map(ClusterFault::code)).doesNotHaveDuplicates();
    }

    @Test
    void namesAllWhereOneIsUnknown() {
        var failure = catchThrowable(() -> ClusterFault.named("f99"));

        assertThat(failure)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("faults: expected some of f1 kill-owner, f2 kill-ingress, ")
                .hasMessageEndingWith(", was f99");
    }

    @Test
    void takesTurnsWithSeedsOfTheirOwn() {
        var settings = new ClusterChaos.Settings(
                5, 7, List.of(ClusterFault.KILL_OWNER, ClusterFault.EDIT), 3, 1, false, 60, 300, 900, 1, List.of());

        assertThat(settings.faultOf(1)).isEqualTo(ClusterFault.KILL_OWNER);
        assertThat(settings.faultOf(2)).isEqualTo(ClusterFault.EDIT);
        assertThat(settings.faultOf(3)).isEqualTo(ClusterFault.KILL_OWNER);
        assertThat(settings.seedOf(3)).isEqualTo(7_003);
    }
}
