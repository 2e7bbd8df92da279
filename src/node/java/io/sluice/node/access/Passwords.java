package io.sluice.node.access;

import io.sluice.node.secret.PasswordHash;
import io.sluice.node.secret.Secret;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Makes and compares password hashes, a bounded number at a time, for each takes 19 MiB and some 20 ms.
/// Blocks.
final class Passwords {
    private static final long WAIT_SECONDS = 5;

    /// What an unknown user's password is compared with, so that it takes as long as a known one's.
    private final Secret nobody = PasswordHash.of(Secret.of(Digest.secret()));

    private final Semaphore turns;

    Passwords(int atATime) {
        turns = new Semaphore(atATime, true);
    }

    Secret hash(Secret password) {
        return inTurn(() -> PasswordHash.of(password));
    }

    /// @param check asked when the turn has come; throws if it is too late by then
    boolean matches(Secret password, Secret hash, Runnable check) {
        return inTurn(() -> {
            check.run();
            return PasswordHash.matches(password, hash);
        });
    }

    /// Takes as long as [#matches]; of the hash nobody knows the password.
    boolean matchesNobody(Secret password, Runnable check) {
        return matches(password, nobody, check);
    }

    /// @throws Denied if the turn does not come in time
    private <T> T inTurn(Supplier<T> work) {
        try {
            if (!turns.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new Denied(
                        Denied.Reason.BUSY,
                        "password: expected to be checked within %d s, but too many wait".formatted(WAIT_SECONDS));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new Denied(Denied.Reason.BUSY, "password: not checked, the node stops");
        }
        try {
            return work.get();
        } finally {
            turns.release();
        }
    }
}
