package io.sluice.node.observe;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;

/// What has to be so before a node may be sent traffic. Any thread.
public final class Readiness {
    private final Map<String, BooleanSupplier> conditions = new ConcurrentSkipListMap<>();
    private volatile boolean complete;

    /// Names a condition; it is asked at every look, so it must answer at once.
    public void condition(String name, BooleanSupplier isMet) {
        conditions.put(name, isMet);
    }

    /// All conditions are named; before that a node is not ready.
    public void complete() {
        complete = true;
    }

    /// Names of what is missing, empty if the node is ready.
    public List<String> missing() {
        if (!complete) {
            return List.of("start");
        }
        return conditions.entrySet().stream()
                .filter(condition -> !condition.getValue().getAsBoolean())
                .map(Map.Entry::getKey)
                .toList();
    }
}
