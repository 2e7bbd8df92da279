package io.sluice.node.embedded;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.utils.Exit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What happens when Kafka wants to end its process, which here is the node's.
///
/// While it starts, the start fails instead. While it runs, the node ends at once, and says so first: a broker
/// that gave up takes no records, and publishers that were not acknowledged send again. After it was closed, only
/// the thread that asked for the exit ends.
final class LastWords {
    /// Ends the thread that asked for the exit, as an exit would have done.
    static final class Died extends Error {
        private Died(String message) {
            super(message, null, false, false);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);
    private static final Set<LastWords> STARTING = ConcurrentHashMap.newKeySet();
    private static final AtomicInteger RUNNING = new AtomicInteger();

    private final Thread starter;
    private final CompletableFuture<?> start;

    private LastWords(Thread starter, CompletableFuture<?> start) {
        this.starter = starter;
        this.start = start;
    }

    /// From now on until [#started()] or [#failed()] an exit fails the start.
    static LastWords starting(Thread starter, CompletableFuture<?> start) {
        Exit.setExitProcedure(LastWords::exit);
        Exit.setHaltProcedure(LastWords::exit);
        var words = new LastWords(starter, start);
        STARTING.add(words);
        return words;
    }

    void started() {
        RUNNING.incrementAndGet();
        STARTING.remove(this);
    }

    void failed() {
        STARTING.remove(this);
    }

    static void closed() {
        RUNNING.decrementAndGet();
    }

    private static void exit(int status, String message) {
        var why = "kafka gave up with status " + status
                + Optional.ofNullable(message).map(": "::concat).orElse("; its own lines above say why");
        if (STARTING.stream().anyMatch(words -> words.starter.equals(Thread.currentThread()))) {
            return; // it throws the cause itself right after it asked for the exit
        }
        if (!STARTING.isEmpty()) {
            STARTING.forEach(words -> words.start.completeExceptionally(new Died(why)));
        } else if (RUNNING.get() > 0) {
            LOG.error("embedded {}. The node ends now, what was not acknowledged comes again", why);
            Runtime.getRuntime().halt(Math.max(1, status));
        }
        throw new Died(why);
    }
}
