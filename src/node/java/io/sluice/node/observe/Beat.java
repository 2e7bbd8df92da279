package io.sluice.node.observe;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs something again and again on a virtual thread of its own, and something else at its end.
public final class Beat {
    private static final Logger log = LoggerFactory.getLogger(Beat.class);

    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread thread;

    private Beat(String name, Duration every, Runnable task, Runnable last) {
        this.thread = Thread.ofVirtual().name(name).unstarted(() -> run(every, task, last));
    }

    /// @param task may block; what it throws is logged, and it runs again
    public static Beat start(String name, Duration every, Runnable task, Runnable last) {
        var beat = new Beat(name, every, task, last);
        beat.thread.start();
        return beat;
    }

    /// Ends the beat and waits for its last run. Safe to repeat.
    ///
    /// @return whether it has ended
    public boolean close(Duration atMost) {
        over.countDown();
        try {
            return thread.join(atMost);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void run(Duration every, Runnable task, Runnable last) {
        try {
            while (!over.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
                runOnce(task);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        runOnce(last);
    }

    private void runOnce(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.error("[{}] failed, and goes on", thread.getName(), e);
        }
    }
}
