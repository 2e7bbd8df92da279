package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What a fault asks for besides the checker's verdict: planted and found, one at a time.
class ClusterResultTest {
    private static final Plan PLAN = Plan.of("run", InetSocketAddress.createUnresolved("nowhere", 1));
    private static final Verdict CLEAN = new Verdict(100, 100, 100, 0, 0, Map.of(), List.of());

    private static ClusterResult result(ClusterFault fault, List<Long> recoveries, long gap, Verdict verdict) {
        var settings = new ClusterTrial.Settings(3, 7_003, fault, PLAN, 900, 1);
        return new ClusterResult(settings, "node-2", 2_500, recoveries, gap, 0, 400, verdict)
                .beside(new Bystanders(3, 5_000_000));
    }

    private static Verdict judged(ClusterFault fault, List<Long> recoveries, long gap) {
        return result(fault, recoveries, gap, CLEAN).judged().verdict();
    }

    @Test
    void passesWhatRecoversWithinTheLimitOfItsFault() {
        assertThat(judged(ClusterFault.KILL_OWNER, List.of(20_000L), 20_100).passed())
                .isTrue();
        assertThat(judged(ClusterFault.ROLLING_RESTART, List.of(100L, 5_000L, 0L), 5_000)
                        .passed())
                .isTrue();
    }

    @Test
    void findsWhatRecoversTooLateOrNever() {
        assertThat(judged(ClusterFault.KILL_OWNER, List.of(20_001L), 0).counts())
                .containsOnlyKeys(Defect.LATE);
        assertThat(judged(ClusterFault.EDIT, List.of(0L, 5_001L, ClusterResult.NEVER), 0)
                        .count(Defect.LATE))
                .isEqualTo(2);
    }

    @Test
    void findsADeviceThatWaitedTooLongInARollingRestart() {
        assertThat(judged(ClusterFault.ROLLING_RESTART, List.of(0L), 5_001).counts())
                .containsOnlyKeys(Defect.LATE);
    }

    @Test
    void findsThatAKillConcernsThoseItShouldNot() {
        var calm = result(ClusterFault.KILL_OWNER, List.of(1L), 0, CLEAN);

        assertThat(calm.judged().verdict().passed()).isTrue();
        assertThat(calm.beside(new Bystanders(3, 5_001_000)).judged().verdict().counts())
                .containsOnlyKeys(Defect.LATE);
        assertThat(calm.beside(new Bystanders(0, 0)).judged().besideMillis()).isEqualTo(ClusterResult.NEVER);
        assertThat(result(ClusterFault.KILL_ALL, List.of(1L), 0, CLEAN)
                        .beside(new Bystanders(3, 9_000_000))
                        .judged()
                        .verdict()
                        .passed())
                .isTrue();
    }

    @Test
    void findsANodeThatIsTooLarge() {
        var settings = new ClusterTrial.Settings(3, 7_003, ClusterFault.OVERLOAD, PLAN, 900, 1);
        var result = new ClusterResult(settings, "all", 1, List.of(0L), 0, 0, 901, CLEAN);

        assertThat(result.judged().verdict().counts()).containsOnlyKeys(Defect.MEMORY);
    }

    /// What its producer had under way may come late, at most a window; as an owner that was not resumed nothing may.
    @Test
    void aResumedOwnerMayWriteAWindowLateAndNothingElse() {
        var fell = inFlight(4).with(Defect.EPOCH_FELL, 4, Defect.EPOCH_FELL + ": message 1 of device 2");
        var more = inFlight(3).with(Defect.EPOCH_FELL, 4, Defect.EPOCH_FELL + ": message 1 of device 2");

        var zombie = result(ClusterFault.ZOMBIE_OWNER, List.of(1L), 0, fell).judged();
        var unfenced = result(ClusterFault.ZOMBIE_OWNER, List.of(1L), 0, more).judged();
        var killed = result(ClusterFault.KILL_OWNER, List.of(1L), 0, fell).judged();

        assertThat(zombie.verdict().passed()).isTrue();
        assertThat(zombie.verdict().examples()).isEmpty();
        assertThat(zombie.lateRecords()).isEqualTo(4);
        assertThat(unfenced.verdict().counts()).containsOnlyKeys(Defect.EPOCH_FELL);
        assertThat(killed.verdict().counts()).containsOnlyKeys(Defect.EPOCH_FELL);
    }

    @Test
    void keepsALossOfAResumedOwner() {
        var lost = inFlight(1).with(Defect.LOST, 1, "lost").with(Defect.EPOCH_FELL, 1, "fell");

        assertThat(result(ClusterFault.ZOMBIE_OWNER, List.of(1L), 0, lost)
                        .judged()
                        .verdict()
                        .counts())
                .containsOnlyKeys(Defect.LOST);
    }

    private static Verdict inFlight(long window) {
        return new Verdict(100, 100, 100, 0, window, Map.of(), List.of());
    }

    @Test
    void writesARowUnderItsHeader() {
        var row = result(ClusterFault.EDIT, List.of(12L, 40L), 900, CLEAN).csv();

        assertThat(row).isEqualTo("3,7003,edit,node-2,2500,100,100,100,0,0,0,0,900,12;40,0,5000,0,400,\"pass\"");
        assertThat(row.split(",")).hasSameSizeAs(ClusterResult.HEADER.split(","));
    }

    @Test
    void writesARowOfSoManyColumnsForWhatCouldNotBeJudged() {
        var settings = new ClusterTrial.Settings(3, 7_003, ClusterFault.EDIT, PLAN, 900, 1);

        assertThat(ClusterResult.unjudged(settings, "a \"word\"").split(","))
                .hasSameSizeAs(ClusterResult.HEADER.split(","))
                .endsWith("\"a 'word'\"");
    }
}
