package io.sluice.node.catalog;

/// Why a change was not made.
///
/// @param text for the person who asked: what was expected, what was found, what to do
public record Refusal(Key key, Reason reason, String text) {

    /// What kind of answer it is.
    public enum Reason {
        /// There is no such definition.
        ABSENT,
        /// There is one already.
        PRESENT,
        /// Somebody else changed it first.
        STALE,
        /// It cannot be used as it is, or another one could not be any more.
        INVALID,
        /// It is declared in the files of the nodes.
        READ_ONLY,
        /// There are as many as there may be.
        FULL
    }
}
