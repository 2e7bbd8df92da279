package io.sluice.node.integration;

import io.sluice.node.event.Arrival;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Puts among the dead letters what can never be delivered, and tries until each is kept: the line waits meanwhile, as
/// breaking it would send again, at every attempt, records that are in Kafka.
public final class Parking {

    /// Keeps what can never be delivered.
    public interface DeadLetterBox {
        /// Durable on return; may block.
        ///
        /// @throws RuntimeException if it could not be kept; it may be tried again
        void park(Arrival arrival, String subject, String reason, String error);
    }

    record Letter(Arrival arrival, String subject, String reason, String error) {}

    private final DeadLetterBox box;
    private final TaskSettings settings;
    private final Executor blocking;
    private final Consumer<String> trouble;

    /// @param settings how long to wait between attempts
    /// @param trouble  told why a letter could not be kept, at each attempt
    Parking(DeadLetterBox box, TaskSettings settings, Executor blocking, Consumer<String> trouble) {
        this.box = box;
        this.settings = settings;
        this.blocking = blocking;
        this.trouble = trouble;
    }

    /// @param isOver whether nobody waits for it any more: then it is not tried again, for another line may
    ///               deliver it
    CompletionStage<Void> park(List<Letter> letters, BooleanSupplier isOver) {
        return CompletableFuture.runAsync(() -> letters.forEach(letter -> park(letter, isOver)), blocking);
    }

    private void park(Letter letter, BooleanSupplier isOver) {
        for (int failures = 1; !isKept(letter, isOver); failures++) {
            pause(failures);
            if (isOver.getAsBoolean()) {
                throw new IllegalStateException("nobody waits any more for a dead letter that could not be kept");
            }
        }
    }

    private boolean isKept(Letter letter, BooleanSupplier isOver) {
        try {
            box.park(letter.arrival, letter.subject, letter.reason, letter.error);
            return true;
        } catch (RuntimeException e) {
            if (isOver.getAsBoolean()) {
                throw e;
            }
            trouble.accept(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
            return false;
        }
    }

    private void pause(int failures) {
        try {
            Thread.sleep(settings.backoff(failures, ThreadLocalRandom.current().nextDouble()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a dead letter waited to be kept", e);
        }
    }
}
