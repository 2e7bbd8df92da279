package io.sluice.node.mqtt;

import java.util.concurrent.atomic.AtomicInteger;

/// Room for the connections of a node. Any thread.
final class Places {
    /// Connections beyond the last place that are told so, at a time. Each costs a file and up to a CONNECT.
    static final int DOORSTEP_MAX = 256;

    /// What a connection gets.
    enum Place {
        INSIDE,

        /// Is read until its CONNECT, to be told in the words of its version that there is no place.
        DOORSTEP,
        NONE
    }

    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger doorstep = new AtomicInteger();
    private final int max;

    /// @param max places inside
    Places(int max) {
        this.max = max;
    }

    Place take() {
        if (take(inside, max)) {
            return Place.INSIDE;
        }
        return take(doorstep, DOORSTEP_MAX) ? Place.DOORSTEP : Place.NONE;
    }

    void leave(Place place) {
        switch (place) {
            case INSIDE -> inside.decrementAndGet();
            case DOORSTEP -> doorstep.decrementAndGet();
            case NONE -> {}
        }
    }

    private static boolean take(AtomicInteger taken, int max) {
        return taken.getAndUpdate(places -> Math.min(max, places + 1)) < max;
    }
}
