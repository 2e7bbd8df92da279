package io.sluice.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What one trial of a cluster brought. Pure.
///
/// @param victim     what was struck
/// @param atMillis   when it was struck first, from the start of publishing
/// @param recoveries of each blow, milliseconds until no device waited any more, or [#NEVER]
/// @param gapMillis  longest time a device waited for an acknowledgement
/// @param ended      nodes that ended by themselves
/// @param residentMib of the largest node
/// @param besideMillis longest time a device waited whom the fault did not concern, or [#NEVER] if there was none
record ClusterResult(
        ClusterTrial.Settings settings,
        String victim,
        long atMillis,
        List<Long> recoveries,
        long gapMillis,
        int ended,
        long residentMib,
        Verdict verdict,
        int lateRecords,
        long besideMillis) {
    private static final long BESIDE_MAX_MILLIS = 5_000;
    static final long NEVER = -1;
    static final String HEADER =
            "trial,seed,fault,victim,at_ms,published,acked,in_kafka,lost,out_of_order,repeats,window,"
                    + "longest_gap_ms,recovery_ms,late_records,beside_gap_ms,ended,rss_mib,verdict";

    ClusterResult {
        recoveries = List.copyOf(recoveries);
    }

    ClusterResult(
            ClusterTrial.Settings settings,
            String victim,
            long atMillis,
            List<Long> recoveries,
            long gapMillis,
            int ended,
            long residentMib,
            Verdict verdict) {
        this(
                settings,
                victim,
                atMillis,
                recoveries,
                gapMillis,
                ended,
                residentMib,
                verdict,
                verdict.count(Defect.EPOCH_FELL),
                NEVER);
    }

    /// The same with how those fared whom the fault did not concern.
    ClusterResult beside(Bystanders bystanders) {
        var millis = bystanders.devices() == 0 ? NEVER : bystanders.gapMicros() / 1_000;
        return new ClusterResult(
                settings, victim, atMillis, recoveries, gapMillis, ended, residentMib, verdict, lateRecords, millis);
    }

    ClusterResult found(Defect defect, int count, String example) {
        return with(verdict.with(defect, count, defect + ": " + example));
    }

    /// What the fault itself asks for, added to what the checker found.
    ClusterResult judged() {
        var fault = settings.fault();
        var limit = fault.limitSeconds() * 1_000L * settings.patience();
        var judged = this;
        for (var i = 0; i < recoveries.size(); i++) {
            var recovery = recoveries.get(i);
            if (recovery == NEVER || recovery > limit) {
                judged = judged.found(
                        Defect.LATE,
                        1,
                        "blow %d: expected to recover within %d ms, was %s"
                                .formatted(i + 1, limit, recovery == NEVER ? "never" : recovery));
            }
        }
        if (fault.boundsEveryGap() && gapMillis > limit) {
            judged = judged.found(
                    Defect.LATE, 1, "expected no device to wait longer than %d ms, was %d".formatted(limit, gapMillis));
        }
        var besideMax = BESIDE_MAX_MILLIS * settings.patience();
        if (fault.sparesOthers() && besideMillis > besideMax) {
            judged = judged.found(
                    Defect.LATE,
                    1,
                    "expected nobody whom it did not concern to wait longer than %d ms, was %d"
                            .formatted(besideMax, besideMillis));
        }
        if (residentMib > settings.residentMibMax()) {
            judged = judged.found(
                    Defect.MEMORY,
                    1,
                    "expected %d MiB or less, was %d".formatted(settings.residentMibMax(), residentMib));
        }
        // what its producer had under way when it was stopped may come late, and nothing else
        return fault == ClusterFault.ZOMBIE_OWNER && lateRecords <= verdict.window()
                ? judged.with(judged.verdict.without(Defect.EPOCH_FELL))
                : judged;
    }

    private ClusterResult with(Verdict other) {
        return new ClusterResult(
                settings,
                victim,
                atMillis,
                recoveries,
                gapMillis,
                ended,
                residentMib,
                other,
                lateRecords,
                besideMillis);
    }

    String csv() {
        return String.join(
                ",",
                Integer.toString(settings.number()),
                Long.toString(settings.seed()),
                settings.fault().toString(),
                victim,
                Long.toString(atMillis),
                Long.toString(verdict.published()),
                Long.toString(verdict.acknowledged()),
                Long.toString(verdict.inKafka()),
                Integer.toString(verdict.lost()),
                Integer.toString(verdict.outOfOrder()),
                Long.toString(verdict.repeats()),
                Long.toString(verdict.window()),
                Long.toString(gapMillis),
                joinedRecoveries(),
                Integer.toString(lateRecords),
                Long.toString(besideMillis),
                Integer.toString(ended),
                Long.toString(residentMib),
                '"' + verdict.summary() + '"');
    }

    /// The row of a trial that could not be judged.
    static String unjudged(ClusterTrial.Settings settings, String why) {
        return "%d,%d,%s,,,,,,,,,,,,,,,,\"%s\""
                .formatted(settings.number(), settings.seed(), settings.fault(), why.replace('"', '\''));
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "trial %3d  %-15s %-14s published %,7d  acked %,7d  repeats %,4d of %,5d  gap %,6d ms  recovery %s ms  %s",
                settings.number(),
                settings.fault(),
                victim,
                verdict.published(),
                verdict.acknowledged(),
                verdict.repeats(),
                verdict.window(),
                gapMillis,
                joinedRecoveries(),
                verdict.summary());
    }

    private String joinedRecoveries() {
        return recoveries.stream().map(String::valueOf).collect(Collectors.joining(";"));
    }
}
