package io.sluice.node.store;

/// The data base could not do what was asked: a full disk, a lost file, a server that is away, a bound. It may be tried
/// again.
public final class StoreFailed extends RuntimeException {
    StoreFailed(String why) {
        super("store: " + why);
    }

    StoreFailed(String what, String why, Exception cause) {
        super("store: %s: %s".formatted(what, why.lines().findFirst().orElse("")), cause);
    }
}
