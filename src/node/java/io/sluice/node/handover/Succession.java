package io.sluice.node.handover;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The destinations of one integration on one node, as one follows another: the next hands nothing over
/// before all that took the way of the former has its end, so no message of a connection overtakes an
/// earlier one; nor before the other nodes let it begin. Pure: no clock, no I/O; one thread at a time.
///
/// ```
/// waiting → begun   nothing of an earlier destination is left, here and on any other node.
/// begun → gone      another follows or the integration ends, and nothing of it is left.
/// ```
///
/// @param <D> a destination
class Succession<D> {

    /// What the owner has to do, in the order given.
    sealed interface Effect<D> {
        /// Hand over from now on.
        record Begin<D>(D destination) implements Effect<D> {}

        /// What is left has no future: end it.
        record Discard<D>(D destination) implements Effect<D> {}

        /// It is gone.
        record Close<D>(D destination) implements Effect<D> {}
    }

    private static final class Place<D> {
        private final D destination;
        private boolean begun;
        private boolean discarded;

        private Place(D destination) {
            this.destination = destination;
        }
    }

    private final ArrayDeque<Place<D>> places = new ArrayDeque<>();
    private final Predicate<D> mayBegin;
    private boolean ended;
    private long discardAtNanos;

    /// @param mayBegin whether no other node has anything left of an earlier destination; asked at each look
    Succession(Predicate<D> mayBegin) {
        this.mayBegin = mayBegin;
    }

    /// This one follows: it takes what comes from now on. If the integration had ended, it goes on, and
    /// nothing is discarded any more.
    List<Effect<D>> follow(D next) {
        var effects = new ArrayList<Effect<D>>(1);
        ended = false;
        places.add(new Place<>(next));
        beginFirst(effects);
        return effects;
    }

    /// Nothing follows: what is left may take until a time, then it is discarded.
    void end(long discardAt) {
        ended = true;
        discardAtNanos = discardAt;
    }

    /// Looks who is done.
    ///
    /// @param done nothing takes the way of this destination any more, and all that did has its end
    List<Effect<D>> look(long nowNanos, Predicate<D> done) {
        var effects = new ArrayList<Effect<D>>();
        while (isLeaving() && done.test(places.element().destination)) {
            effects.add(new Effect.Close<>(places.remove().destination));
            beginFirst(effects);
        }
        beginFirst(effects);
        if (ended && nowNanos - discardAtNanos >= 0) {
            places.forEach(place -> discard(place, effects));
        }
        return effects;
    }

    /// The destination that takes what comes; null if the integration has ended.
    @Nullable
    D current() {
        return ended || places.isEmpty() ? null : places.getLast().destination;
    }

    /// A destination is still to be closed.
    boolean isLeaving() {
        return places.size() > (ended ? 0 : 1);
    }

    /// The oldest destination that is still to be closed, or the current one; null if there is none.
    @Nullable
    D oldest() {
        var first = places.peek();
        return first == null ? null : first.destination;
    }

    /// The oldest destination is still to begin.
    boolean isWaiting() {
        var first = places.peek();
        return first != null && !first.begun;
    }

    private void beginFirst(List<Effect<D>> effects) {
        var first = places.peek();
        if (first != null && !first.begun && mayBegin.test(first.destination)) {
            first.begun = true;
            effects.add(new Effect.Begin<>(first.destination));
        }
    }

    private static <D> void discard(Place<D> place, List<Effect<D>> effects) {
        if (!place.discarded) {
            place.discarded = true;
            effects.add(new Effect.Discard<>(place.destination));
        }
    }
}
