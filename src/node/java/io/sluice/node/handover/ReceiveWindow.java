package io.sluice.node.handover;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// The receiving half of a handover: accepts each session's entries in the order of their numbers, once per
/// incarnation, and counts what is settled. Pure; one thread at a time. It forgets everything with its incarnation:
/// senders then go back to the lowest number that is not settled.
///
/// Guarantees: an accepted number follows the number before it, or every number before it was acknowledged to the
/// sender.
class ReceiveWindow {

    /// What became of an entry.
    sealed interface Answer {
        /// Take the entry over: it is the next one.
        record Accepted() implements Answer {}

        /// Tell the sender this incarnation, what it expects of the session and what of it is settled.
        record Opened(long incarnation, long expected, long upTo, long parked) implements Answer {}

        /// Tell the sender that a number came out of turn.
        record Expected(long incarnation, long expected) implements Answer {}

        /// Tell the sender what is settled: all numbers up to this one, with so many arrivals parked among them
        /// since the session was opened.
        record Acknowledged(long incarnation, long upTo, long parked) implements Answer {}
    }

    private static final Answer ACCEPTED = new Answer.Accepted();

    private static final class Session {
        private long expected;
        private long settledUpTo;
        private int unsettled;
        private long parked;

        private Session(long base) {
            expected = base;
            settledUpTo = base - 1;
        }

        /// The sender says that all below this number was acknowledged to it, if not by us then by another incarnation.
        private void startAt(long base) {
            expected = Math.max(expected, base);
            settledUpTo = Math.max(settledUpTo, base - 1);
        }

        private boolean isIdle() {
            return unsettled == 0;
        }
    }

    private final long incarnation;
    private final int sessionsMax;
    private final Map<Long, Session> sessions = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<Long> dropped = new LinkedHashSet<>();

    /// @param incarnation unlike that of every earlier receiver of the same task, never 0
    /// @param sessionsMax sessions remembered; beyond it idle ones are forgotten, longest unused first, which costs
    ///                    their senders a question
    ReceiveWindow(long incarnation, int sessionsMax) {
        this.incarnation = incarnation;
        this.sessionsMax = sessionsMax;
    }

    /// A sender asks where this receiver stands.
    Answer opened(long session, long base) {
        return opened(session(session, base));
    }

    /// An entry arrived.
    Answer handed(long session, long forIncarnation, long base, long number) {
        var known = session(session, base);
        if (forIncarnation != incarnation) {
            return opened(known);
        }
        if (number < known.expected) {
            return new Answer.Acknowledged(incarnation, known.settledUpTo, known.parked);
        }
        if (number > known.expected) {
            return new Answer.Expected(incarnation, known.expected);
        }
        known.expected++;
        known.unsettled++;
        return ACCEPTED;
    }

    /// An accepted entry of a session is safe, and so is every entry of it accepted before: settle them in that order.
    ///
    /// @param parked how many of its arrivals ended among the dead letters
    Answer.Acknowledged settled(long session, long number, int parked) {
        var known = sessions.get(session);
        if (known == null || known.isIdle()) {
            throw new IllegalStateException("session %d: expected an unsettled entry, was none".formatted(session));
        }
        known.unsettled--;
        known.settledUpTo = Math.max(known.settledUpTo, number);
        known.parked += parked;
        return new Answer.Acknowledged(incarnation, known.settledUpTo, known.parked);
    }

    /// Nothing of what the session handed over will be settled. If it lives all the same it goes back to what was not
    /// acknowledged to it.
    void forget(long session) {
        sessions.remove(session);
    }

    /// Nothing of the session will be settled, and what still comes of it, by a slower way than the word that ended it,
    /// must not be handed to this window. As many are remembered as sessions are, the newest.
    void drop(long session) {
        sessions.remove(session);
        dropped.remove(session);
        dropped.add(session);
        if (dropped.size() > sessionsMax) {
            dropped.remove(dropped.iterator().next());
        }
    }

    /// Whether the session was dropped in this incarnation.
    boolean isDropped(long session) {
        return dropped.contains(session);
    }

    private Answer opened(Session known) {
        return new Answer.Opened(incarnation, known.expected, known.settledUpTo, known.parked);
    }

    private Session session(long session, long base) {
        var known = sessions.computeIfAbsent(session, _ -> new Session(base));
        known.startAt(base);
        if (sessions.size() > sessionsMax) {
            forgetAnIdleOne(session);
        }
        return known;
    }

    private void forgetAnIdleOne(long present) {
        for (var entries = sessions.entrySet().iterator(); entries.hasNext(); ) {
            var entry = entries.next();
            if (entry.getKey() != present && entry.getValue().isIdle()) {
                entries.remove();
                return;
            }
        }
    }
}
