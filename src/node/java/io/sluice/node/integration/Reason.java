package io.sluice.node.integration;

import java.util.concurrent.CompletionException;

/// Why something failed.
final class Reason {
    private Reason() {}

    /// What failed, without what only carried it.
    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /// In words.
    static String words(Throwable failure) {
        var cause = cause(failure);
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
