package io.sluice.node.api;

import io.netty.util.concurrent.EventExecutor;
import io.sluice.node.event.Arrival;
import io.sluice.node.handover.Destination;
import io.sluice.node.observe.Meters;
import io.sluice.node.store.DeadLetterQuery;
import io.sluice.node.store.DeadLetters;
import io.sluice.node.store.DeadLetters.Kept;
import io.sluice.node.store.StoreFailed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends dead letters to their integration again, in the order in which they were parked, page by page:
/// the next page goes when the one before is safe. Each is deleted only then, and only if it was not
/// parked again meanwhile; so a crash repeats with the same ids and loses nothing, and one that cannot
/// be delivered this time either stays, once.
///
/// On one node an integration has one replay at a time. A page that is not safe within the limit ends
/// the run, but what comes of it later is still minded, and until then no other replay of the
/// integration begins.
public final class Replay {

    /// What became of a run.
    ///
    /// @param replayed    now delivered, no dead letters any more
    /// @param parkedAgain tried, and dead letters again
    /// @param left        not tried, or of unknown end: dead letters still
    /// @param reason      why some are left, for a person; empty if none are
    public record Outcome(long replayed, long parkedAgain, long left, String reason) {}

    static final String INGRESS = "replay";
    static final int PAGE = 100;

    private static final Logger log = LoggerFactory.getLogger(Replay.class);
    private static final Duration LOOK_FOR_ROOM_EVERY = Duration.ofMillis(50);

    private final EventExecutor loop;
    private final Executor blocking;
    private final ReplaySettings settings;
    private final DeadLetters deadLetters;
    private final Function<String, Optional<Destination>> destinations;
    private final Meters meters;
    private final ConcurrentMap<String, CompletableFuture<Void>> runs = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    /// @param loop         of the replays, which routes
    /// @param blocking     runs what may wait
    /// @param destinations where an integration is reached now; empty if it is gone
    public Replay(
            EventExecutor loop,
            Executor blocking,
            ReplaySettings settings,
            DeadLetters deadLetters,
            Function<String, Optional<Destination>> destinations,
            Meters meters) {
        this.loop = loop;
        this.blocking = blocking;
        this.settings = settings;
        this.deadLetters = deadLetters;
        this.destinations = destinations;
        this.meters = meters;
    }

    /// Replays what a query is about, of one integration, as far as it is there now. Never blocks.
    ///
    /// @throws IllegalArgumentException unless the query names an integration
    /// @return fails with [StoreFailed] if nothing could be read
    public CompletionStage<Outcome> replay(DeadLetterQuery query) {
        var integration = query.integration()
                .orElseThrow(
                        () -> new IllegalArgumentException("replay: expected the name of one integration, was none"));
        var told = new CompletableFuture<Void>();
        if (stopping || runs.putIfAbsent(integration, told) != null) {
            var why = stopping
                    ? "the node stops"
                    : "another replay of integration [%s] is under way".formatted(integration);
            return CompletableFuture.supplyAsync(() -> new Outcome(0, 0, deadLetters.count(query), why), blocking);
        }
        var run = new Run(integration, query);
        return CompletableFuture.supplyAsync(run::run, blocking).whenComplete((outcome, failure) -> {
            told.complete(null);
            if (failure != null) {
                runs.remove(integration);
            } else {
                var _ = run.over.whenComplete((_, _) -> runs.remove(integration));
                log.info("replay of integration [{}]: {}", integration, outcome);
            }
        });
    }

    /// Begins no page any more, and waits for those under way.
    public CompletionStage<Void> drain(Duration atMost) {
        stopping = true;
        return CompletableFuture.allOf(runs.values().toArray(CompletableFuture<?>[]::new))
                .copy()
                .completeOnTimeout(null, atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void received(Arrival arrival) {
        meters.received(INGRESS, arrival.qos()).increment();
        meters.receivedBytes(INGRESS).increment(arrival.payload().length);
    }

    /// Ends a run before its time, with the reason.
    private static final class Left extends Exception {
        Left(String reason) {
            super(reason);
        }
    }

    private final class Run {
        private final String integration;
        private final DeadLetterQuery query;
        private final long deadline = System.nanoTime() + settings.timeMax().toNanos();
        private CompletableFuture<?> over = CompletableFuture.completedFuture(null);
        private long replayed;
        private long parkedAgain;
        private String unreadable = "";

        private Run(String integration, DeadLetterQuery query) {
            this.integration = integration;
            this.query = query;
        }

        private Outcome run() {
            var now = query.upto(deadLetters.newest(query));
            var total = deadLetters.count(now);
            var reason = "";
            try {
                var page = page(now);
                while (!page.isEmpty()) {
                    checkTime();
                    replay(page);
                    page = page(now.after(page.getLast().id()));
                }
                reason = unreadable;
            } catch (Left | StoreFailed e) {
                reason = String.valueOf(e.getMessage());
            }
            return new Outcome(replayed, parkedAgain, Math.max(0, total - replayed - parkedAgain), reason);
        }

        private List<Kept> page(DeadLetterQuery rest) {
            return deadLetters.find(rest, DeadLetters.Order.OLDEST_FIRST, PAGE).letters();
        }

        private void checkTime() throws Left {
            if (stopping) {
                throw new Left("the node stops; replay again on one that runs");
            }
            if (System.nanoTime() - deadline > 0) {
                throw new Left("a replay may take %d s, replay again for the rest"
                        .formatted(settings.timeMax().toSeconds()));
            }
        }

        private void replay(List<Kept> letters) throws Left {
            var readable = new ArrayList<Kept>();
            var arrivals = new ArrayList<Arrival>();
            for (var kept : letters) {
                try {
                    arrivals.add(kept.letter().arrival());
                    readable.add(kept);
                } catch (IllegalStateException e) {
                    log.error("dead letter [{}] cannot be replayed", kept.id(), e);
                    unreadable = "dead letter %d: %s".formatted(kept.id(), e.getMessage());
                }
            }
            if (!arrivals.isEmpty()) {
                var page = new ReplayPage(loop, arrivals, () -> destinations.apply(integration), Replay.this::received);
                handOver(page);
                awaitEnd(page, readable);
            }
        }

        private void handOver(ReplayPage page) throws Left {
            var until = System.nanoTime() + settings.timeout().toNanos();
            while (true) {
                switch (await(page.attempt(), settings.timeout())) {
                    case HANDED_OVER -> {
                        return;
                    }
                    case INTEGRATION_GONE ->
                        throw new Left(
                                "integration [%s] does not run: it is removed or disabled".formatted(integration));
                    case NO_ROOM -> {
                        checkTime();
                        if (System.nanoTime() - until > 0) {
                            throw new Left("integration [%s] is busy: it had no room for %d s; replay again later"
                                    .formatted(integration, settings.timeout().toSeconds()));
                        }
                        pause();
                    }
                }
            }
        }

        private void awaitEnd(ReplayPage page, List<Kept> letters) throws Left {
            ReplayPage.End end;
            try {
                end = await(page.end(), settings.timeout());
            } catch (Left e) {
                over = page.end().thenAcceptAsync(late -> late(late, letters), blocking);
                throw e;
            }
            if (end == ReplayPage.End.UNKNOWN) {
                throw new Left("integration [%s] was removed or disabled meanwhile; a replay may repeat some"
                        .formatted(integration));
            }
            var again = deadLetters.deleteUnlessKeptAgain(letters).size();
            parkedAgain += again;
            replayed += letters.size() - again;
        }

        /// The run has been answered; that it says too little is better than to send all of it again
        /// next time.
        private void late(ReplayPage.End end, List<Kept> letters) {
            if (end == ReplayPage.End.UNKNOWN) {
                return;
            }
            try {
                var again = deadLetters.deleteUnlessKeptAgain(letters).size();
                log.info(
                        "replay of integration [{}]: {} more are safe now, {} of them parked again",
                        integration,
                        letters.size(),
                        again);
            } catch (StoreFailed e) {
                log.warn(
                        "replay of integration [{}]: {} are safe, but stay dead letters: {}",
                        integration,
                        letters.size(),
                        e.getMessage());
            }
        }

        private <T> T await(CompletableFuture<T> future, Duration atMost) throws Left {
            try {
                return future.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException _) {
                throw new Left("integration [%s] did not have them safe within %d s; they are still on their way"
                        .formatted(integration, atMost.toSeconds()));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw new Left("the node stops");
            } catch (ExecutionException e) {
                throw new CompletionException(e.getCause());
            }
        }

        private void pause() throws Left {
            try {
                Thread.sleep(LOOK_FOR_ROOM_EVERY);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw new Left("the node stops");
            }
        }
    }
}
