package io.sluice.node.handover;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/// The event loops whose arrivals a node routes. Any thread.
public final class Loops {
    private final List<Executor> loops = new CopyOnWriteArrayList<>();

    /// @param loop runs tasks one after the other, in the order given
    public void add(Executor loop) {
        loops.add(loop);
    }

    /// Runs once every loop has ended the turn it is in now, and has handed on what it gathered in that turn:
    /// whatever it routes from then on, it routes by what holds now. A loop that has ended counts as done. Runs
    /// on one of the loops, or on the caller's thread.
    public void afterTurn(Runnable then) {
        var _ = CompletableFuture.allOf(loops.stream().map(Loops::turn).toArray(CompletableFuture<?>[]::new))
                .thenRun(then);
    }

    /// Twice: the first time its turn is over and the handing on is asked for, the second time that was
    /// done.
    private static CompletableFuture<Void> turn(Executor loop) {
        var turned = new CompletableFuture<Void>();
        run(loop, () -> run(loop, () -> turned.complete(null), turned), turned);
        return turned;
    }

    private static void run(Executor loop, Runnable task, CompletableFuture<Void> turned) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException _) {
            turned.complete(null);
        }
    }
}
