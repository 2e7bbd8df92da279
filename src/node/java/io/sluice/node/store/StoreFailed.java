package io.sluice.node.store;

/// The data base could not do what was asked: a full disk, a lost file. It may be tried again.
public final class StoreFailed extends RuntimeException {
    StoreFailed(String what, String why, Exception cause) {
        super("store: %s: %s".formatted(what, why.lines().findFirst().orElse("")), cause);
    }
}
