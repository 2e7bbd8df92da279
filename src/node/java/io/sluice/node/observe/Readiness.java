package io.sluice.node.observe;

import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// What has to be so before a node may be sent traffic: conditions by name, e.g. `task telemetry/0`. Any thread.
public final class Readiness {
    private final ConcurrentSkipListMap<String, Supplier<String>> conditions = new ConcurrentSkipListMap<>();
    private volatile boolean complete;

    /// Names a condition; it is asked at every look, so it must answer at once.
    ///
    /// @param missing what is missing, in plain words; empty if it is met
    public void require(String name, Supplier<String> missing) {
        conditions.put(name, missing);
    }

    /// Takes a condition away, when its part was removed.
    public void forget(String name) {
        conditions.remove(name);
    }

    /// All conditions are named; before that a node is not ready.
    public void complete() {
        complete = true;
    }

    /// `<condition>: <what is missing>` for each that is not met, by name; empty if the node is ready.
    public List<String> missing() {
        var starting = complete ? Stream.<String>empty() : Stream.of("node: it is starting");
        var missing = conditions.entrySet().stream()
                .map(condition -> line(condition.getKey(), condition.getValue().get()))
                .filter(line -> !line.isEmpty());
        return Stream.concat(starting, missing).toList();
    }

    private static String line(String name, String missing) {
        return missing.isEmpty() ? "" : name + ": " + missing;
    }
}
