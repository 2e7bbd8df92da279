package io.sluice.node.handover;

import io.sluice.node.event.Arrival;

/// One event loop's way into the integrations. Confined to that loop: every call comes from it and every callback goes
/// to it.
public interface Intake {

    /// Whether every task that the arrival goes to still takes something. Ask before [#offer]: publishers are held one
    /// by one, each after a message more, so many that come and go would fill the memory all the same.
    default boolean hasRoom(Arrival arrival) {
        return true;
    }

    /// Hands on one arrival. What one turn of the loop offers is sent on as one batch per task at the end of the turn.
    ///
    /// @param sequence the publisher's own number for the arrival, given back by [Publisher#safe(long)]
    /// @return how many integrations took it and will settle it; 0: no integration wants the topic
    int offer(Arrival arrival, Publisher publisher, long sequence);

    /// Who published, one object per session: told when an arrival is safe, slowed while a task it feeds holds too
    /// much.
    interface Publisher {

        /// One integration has the arrival safe. Comes once for each that took it. Write nothing to the socket yet.
        void safe(long sequence);

        /// The end of a run of [#safe(long)] calls, possibly of several publishers: write and flush what they allow.
        void settled();

        /// Stop reading: a task fed by this publisher holds more than its bound. Holds nest: read again after as many
        /// [#release()] calls.
        void hold();

        /// Undoes one [#hold()].
        void release();
    }
}
