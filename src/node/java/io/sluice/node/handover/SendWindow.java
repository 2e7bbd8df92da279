package io.sluice.node.handover;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.ToLongFunction;

/// The sending half of a handover: numbers what it is offered, keeps it until the receiver has settled it, and
/// sends it again in order when an answer stays away or the receiver is a new one. Pure: no clock, no I/O; one
/// thread at a time.
///
/// ```
/// closed → opening: something was offered.            opening → open: the receiver told its incarnation.
/// open → open: acknowledged, asked to go back, or the receiver is a new incarnation (go back to the lowest
/// unsettled number).
/// ```
///
/// Guarantees: numbers leave in order; never more than the window is in flight; an entry is settled once, in order,
/// and only after the receiver's present incarnation acknowledged it.
///
/// @param <B> what is handed over
class SendWindow<B> {

    /// What the owner of the window has to do, in the order given.
    sealed interface Effect<B> {
        /// Ask the receiver which incarnation it is and what it expects.
        record Open<B>(long base) implements Effect<B> {}

        /// Send one entry to the receiver.
        record Hand<B>(long incarnation, long base, long number, B batch) implements Effect<B> {}

        /// The entry is safe: tell its publishers.
        record Settle<B>(B batch) implements Effect<B> {}
    }

    private static final long NONE = 0;

    private final int countMax;
    private final long weightMax;
    private final long resendAfterNanos;
    private final ToLongFunction<B> weight;

    private final ArrayDeque<B> inFlight = new ArrayDeque<>();
    private final ArrayDeque<B> waiting = new ArrayDeque<>();
    private long inFlightWeight;
    private long base = 1;
    private long incarnation = NONE;
    private long wentBackTo = NONE;
    private boolean asking;
    private long heardAtNanos;
    private long resent;

    /// @param countMax    most entries in flight
    /// @param weightMax   most bytes in flight; one entry may always fly, however heavy
    /// @param resendAfter silence after which the receiver is asked where it stands
    SendWindow(int countMax, long weightMax, Duration resendAfter, ToLongFunction<B> weight) {
        this.countMax = countMax;
        this.weightMax = weightMax;
        this.resendAfterNanos = resendAfter.toNanos();
        this.weight = weight;
    }

    /// Takes an entry over.
    List<Effect<B>> offer(B batch, long nowNanos) {
        var effects = new ArrayList<Effect<B>>(2);
        if (isIdle()) {
            heardAtNanos = nowNanos;
        }
        waiting.add(batch);
        if (incarnation == NONE && !asking) {
            ask(effects, nowNanos);
        }
        fly(effects);
        return effects;
    }

    /// The receiver answered [Effect.Open], or an entry meant for an earlier incarnation.
    ///
    /// @param expected the number it accepts next
    /// @param upTo     all numbers up to this one are settled: an acknowledgement may have been lost
    List<Effect<B>> opened(long receiver, long expected, long upTo, long nowNanos) {
        var effects = new ArrayList<Effect<B>>();
        asking = false;
        heardAtNanos = nowNanos;
        wentBackTo = NONE;
        if (receiver == incarnation) {
            settleUpTo(upTo, effects);
        }
        if (receiver != incarnation) {
            incarnation = receiver;
            resendFrom(base, effects);
        } else {
            resendFrom(expected, effects);
        }
        fly(effects);
        return effects;
    }

    /// The receiver got a number out of turn. Followed once per number until there is progress: one gap makes many
    /// complaints.
    List<Effect<B>> expected(long receiver, long expected) {
        var effects = new ArrayList<Effect<B>>();
        if (receiver == incarnation && expected != wentBackTo) {
            wentBackTo = expected;
            resendFrom(expected, effects);
        }
        return effects;
    }

    /// The receiver has settled all numbers up to and including this one.
    List<Effect<B>> acknowledged(long receiver, long upTo, long nowNanos) {
        var effects = new ArrayList<Effect<B>>();
        if (receiver != incarnation) {
            return effects;
        }
        heardAtNanos = nowNanos;
        settleUpTo(upTo, effects);
        fly(effects);
        return effects;
    }

    /// Time has passed; call it a few times within the resend time.
    List<Effect<B>> tick(long nowNanos) {
        var effects = new ArrayList<Effect<B>>(1);
        if (!isIdle() && nowNanos - heardAtNanos >= resendAfterNanos) {
            ask(effects, nowNanos);
        }
        return effects;
    }

    /// Gives up all that is not settled.
    ///
    /// @return it, in order
    List<B> abandon() {
        var abandoned = new ArrayList<B>(inFlight.size() + waiting.size());
        abandoned.addAll(inFlight);
        abandoned.addAll(waiting);
        base += inFlight.size();
        inFlight.clear();
        inFlightWeight = 0;
        waiting.clear();
        return abandoned;
    }

    /// Nothing is offered that is not settled.
    boolean isIdle() {
        return inFlight.isEmpty() && waiting.isEmpty();
    }

    int inFlightCount() {
        return inFlight.size();
    }

    long inFlightWeight() {
        return inFlightWeight;
    }

    /// Entries sent more than once since the start.
    long resent() {
        return resent;
    }

    private void ask(List<Effect<B>> effects, long nowNanos) {
        asking = true;
        heardAtNanos = nowNanos;
        effects.add(new Effect.Open<>(base));
    }

    private void fly(List<Effect<B>> effects) {
        while (incarnation != NONE && !waiting.isEmpty() && hasRoomFor(waiting.element())) {
            var batch = waiting.remove();
            effects.add(new Effect.Hand<>(incarnation, base, base + inFlight.size(), batch));
            inFlight.add(batch);
            inFlightWeight += weight.applyAsLong(batch);
        }
    }

    private void settleUpTo(long upTo, List<Effect<B>> effects) {
        while (base <= upTo && !inFlight.isEmpty()) {
            var batch = inFlight.remove();
            inFlightWeight -= weight.applyAsLong(batch);
            base++;
            wentBackTo = NONE;
            effects.add(new Effect.Settle<>(batch));
        }
    }

    private boolean hasRoomFor(B batch) {
        return inFlight.isEmpty()
                || (inFlight.size() < countMax && inFlightWeight + weight.applyAsLong(batch) <= weightMax);
    }

    private void resendFrom(long from, List<Effect<B>> effects) {
        var number = base;
        for (Iterator<B> entries = inFlight.iterator(); entries.hasNext(); number++) {
            var batch = entries.next();
            if (number >= from) {
                effects.add(new Effect.Hand<>(incarnation, base, number, batch));
                resent++;
            }
        }
    }
}
