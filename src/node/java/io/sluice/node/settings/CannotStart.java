package io.sluice.node.settings;

/// A part of the node cannot start, for a reason an operator can mend. The message is one line: what failed, what was
/// found, what to do. It has no stack trace, because none would help.
public final class CannotStart extends RuntimeException {
    public CannotStart(String message) {
        super(message, null, false, false);
    }

    /// @param cause kept for a debugger; its message should already be part of ours
    public CannotStart(String message, Throwable cause) {
        super(message, cause, false, false);
    }
}
