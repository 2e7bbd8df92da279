package io.sluice.node.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// Shuts the door on who shows wrong passwords, each further one for twice as long. Counts by user and
/// address, so that a stranger cannot lock somebody out of his own machine, and by address, so that he cannot
/// try one user after the other. Of this node alone; forgets the eldest beyond a bound. Any thread.
final class Lockout {
    private static final int REMEMBERED_MAX = 10_000;

    /// One address may belong to many people.
    private static final int ADDRESS_FACTOR = 10;

    private static final int DOUBLINGS_MAX = 20;

    private record Failures(int count, Instant shutUntil) {
        static final Failures NONE = new Failures(0, Instant.MIN);
    }

    private final AccessSettings.Attempts settings;
    private final Clock clock;
    private final Map<String, Failures> failures = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > REMEMBERED_MAX;
        }
    };

    Lockout(AccessSettings.Attempts settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /// How long the door stays shut; zero if it is open.
    synchronized Duration shutFor(String user, String address) {
        var now = clock.instant();
        var until = max(
                failures.getOrDefault(pair(user, address), Failures.NONE).shutUntil(),
                failures.getOrDefault(address, Failures.NONE).shutUntil());
        return until.isAfter(now) ? Duration.between(now, until) : Duration.ZERO;
    }

    synchronized void failed(String user, String address) {
        count(pair(user, address), settings.max());
        count(address, settings.max() * ADDRESS_FACTOR);
    }

    synchronized void succeeded(String user, String address) {
        failures.remove(pair(user, address));
        failures.remove(address);
    }

    private void count(String who, int max) {
        var count = failures.getOrDefault(who, Failures.NONE).count() + 1;
        var until = count < max ? Instant.MIN : clock.instant().plus(pause(count - max));
        failures.put(who, new Failures(count, until));
    }

    private Duration pause(int doublings) {
        var pause = settings.lockMin().multipliedBy(1L << Math.min(doublings, DOUBLINGS_MAX));
        return pause.compareTo(settings.lockMax()) < 0 ? pause : settings.lockMax();
    }

    /// A user's name holds no space.
    private static String pair(String user, String address) {
        return user + " " + address;
    }

    private static Instant max(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
