package io.sluice.node.api;

import io.sluice.node.catalog.Catalog;
import io.sluice.node.catalog.CatalogState;
import io.sluice.node.catalog.Change;
import io.sluice.node.catalog.Refusal;
import io.sluice.node.http.ErrorCode;
import io.sluice.node.http.Problem;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;

/// The catalog as the API sees it: what this node knows, and changes that are answered once this node knows
/// them too, so that whoever reads after a change sees it. Blocks: call it from a virtual thread.
public final class Catalogue {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(8);
    private static final Duration SEEN_LIMIT = Duration.ofSeconds(5);

    private final ActorSystem<?> system;
    private final ActorRef<Catalog.Command> catalog;
    private CatalogState known = CatalogState.EMPTY;

    public Catalogue(ActorSystem<?> system, ActorRef<Catalog.Command> catalog) {
        this.system = system;
        this.catalog = catalog;
    }

    /// Told each version this node comes to know.
    public synchronized void know(CatalogState state) {
        known = state;
        notifyAll();
    }

    public synchronized CatalogState state() {
        return known;
    }

    /// Makes changes, all or none.
    ///
    /// @param by who asks for them
    /// @throws Problem if they are refused, or the catalog does not answer
    Catalog.Made change(List<Change> changes, String by) {
        return switch (answer(changes, by)) {
            case Catalog.Made made -> {
                awaitSeen(made.version());
                yield made;
            }
            case Catalog.Refused(var refusals) -> throw problem(refusals);
        };
    }

    private Catalog.Answer answer(List<Change> changes, String by) {
        try {
            return AskPattern.ask(
                            catalog,
                            (ActorRef<Catalog.Answer> replyTo) -> new Catalog.Make(changes, by, replyTo),
                            ANSWER_LIMIT,
                            system.scheduler())
                    .toCompletableFuture()
                    .get(2 * ANSWER_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw Problem.later(ErrorCode.BUSY, "the node stops", Duration.ofSeconds(5));
        } catch (ExecutionException | TimeoutException e) {
            throw Problem.later(
                    ErrorCode.STORE_AWAY,
                    "catalog: expected an answer within %d s, was none; the store may be away. The change may be made yet: read it again"
                            .formatted(ANSWER_LIMIT.toSeconds()),
                    Duration.ofSeconds(5));
        }
    }

    /// Waits, for a bounded time, until this node knows more than it did.
    void awaitNewerThan(long version) {
        awaitSeen(version + 1);
    }

    private synchronized void awaitSeen(long version) {
        var until = System.nanoTime() + SEEN_LIMIT.toNanos();
        try {
            for (long left = SEEN_LIMIT.toNanos(); known.version() < version && left > 0; ) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
                left = until - System.nanoTime();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static Problem problem(List<Refusal> refusals) {
        var code = switch (refusals.getFirst().reason()) {
            case ABSENT -> ErrorCode.ABSENT;
            case PRESENT -> ErrorCode.PRESENT;
            case STALE -> ErrorCode.STALE;
            case INVALID -> ErrorCode.INVALID_DEFINITION;
            case READ_ONLY -> ErrorCode.READ_ONLY;
            case FULL -> ErrorCode.FULL;
        };
        return Problem.of(
                code,
                refusals.getFirst().text(),
                refusals.stream().map(Refusal::text).toList());
    }
}
