package io.sluice.node.observe;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Lets so many errors of each integration through in a second and counts the rest. Any thread.
final class ErrorRate {
    private static final class Window {
        private long second;
        private int let;
        private long held;
    }

    private final int perSecond;
    private final Map<String, Window> windows = new HashMap<>();

    ErrorRate(int perSecond) {
        this.perSecond = perSecond;
    }

    /// Whether one more may be told in a second; if not it is counted.
    synchronized boolean lets(String integration, long second) {
        var window = windows.computeIfAbsent(integration, _ -> new Window());
        if (window.second != second) {
            window.second = second;
            window.let = 0;
        }
        if (window.let < perSecond) {
            window.let++;
            return true;
        }
        window.held++;
        return false;
    }

    /// How many were held since the last call, by integration. Forgets integrations that are silent.
    synchronized SortedMap<String, Long> held(long second) {
        var held = new TreeMap<String, Long>();
        windows.forEach((integration, window) -> {
            if (window.held > 0) {
                held.put(integration, window.held);
                window.held = 0;
            }
        });
        windows.values().removeIf(window -> window.second != second);
        return held;
    }
}
