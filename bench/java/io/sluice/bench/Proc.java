package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What Linux knows about a process. A process that is gone has used nothing.
record Proc(double cpuSeconds, long residentKib) {
    private static final double TICKS_PER_SECOND = 100;

    static Proc of(long pid) {
        try {
            var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            var ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
            return new Proc(
                    ticks / TICKS_PER_SECOND, residentKib(Files.readAllLines(Path.of("/proc/" + pid + "/status"))));
        } catch (IOException _) {
            return new Proc(0, 0);
        }
    }

    private static long residentKib(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }
}
