package io.sluice.node.access;

import java.time.Duration;
import java.util.Optional;

/// Somebody is not let in.
public final class Denied extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// What was wrong.
    public enum Reason {
        /// Neither session nor token.
        NOBODY,
        /// What was shown is unknown, has ended, or belongs to somebody who is locked.
        NOT_GOOD,
        /// User or password is wrong.
        WRONG_PASSWORD,
        /// A session without its second half.
        FORGED,
        /// Too many wrong passwords.
        LOCKED_OUT,
        /// More passwords to check than can be.
        BUSY
    }

    private final Reason reason;
    private final Optional<Duration> retryAfter;

    Denied(Reason reason, String text, Duration retryAfter) {
        super(text, null, false, false);
        this.reason = reason;
        this.retryAfter = retryAfter.isZero() ? Optional.empty() : Optional.of(retryAfter);
    }

    Denied(Reason reason, String text) {
        this(reason, text, Duration.ZERO);
    }

    public Reason reason() {
        return reason;
    }

    /// When to try again.
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
