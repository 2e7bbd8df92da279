package io.sluice.node.integration;

import io.sluice.node.handover.Handover;
import io.sluice.node.handover.Receiver;
import io.sluice.node.integration.TaskEvent.Broken;
import io.sluice.node.integration.TaskEvent.DrainTimeOver;
import io.sluice.node.integration.TaskEvent.Ended;
import io.sluice.node.integration.TaskEvent.FromQueue;
import io.sluice.node.integration.TaskEvent.HasOpened;
import io.sluice.node.integration.TaskEvent.LookAtClock;
import io.sluice.node.integration.TaskEvent.MayBeClear;
import io.sluice.node.integration.TaskEvent.OfLine;
import io.sluice.node.integration.TaskEvent.OfOutlet;
import io.sluice.node.integration.TaskEvent.OfQueue;
import io.sluice.node.integration.TaskEvent.OutletEnded;
import io.sluice.node.integration.TaskEvent.PauseOver;
import io.sluice.node.integration.TaskEvent.QueueTrouble;
import io.sluice.node.integration.TaskEvent.Safe;
import io.sluice.node.integration.TaskEvent.Waits;
import io.sluice.node.queue.QueueReaders.Look;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/// One task of an integration: owns the stream of its subjects' records into Kafka. Exactly one lives in
/// the cluster.
///
/// ```
/// starting    → running      Kafka can be written to.
/// starting    → backing-off  Kafka cannot be reached, or refuses us.
/// running     → backing-off  a record could not be sent: the line stops there, nothing behind it goes out.
/// running     → starting     all that had to be shipped record by record is shipped; or the plan has
/// changed, and what was begun under the old one is finished, or takes longer than the drain timeout.
/// running     → draining     the integration is gone, or nobody wants the task any more and nothing comes.
/// backing-off → starting     the pause is over.
/// running     → draining     the task is told to stop: what was handed over is finished, in bounded time.
/// draining    → stopped      all is safe, or the time is up; senders hand the rest to the next
/// incarnation.
/// starting, backing-off → stopped   the task is told to stop, and nothing is under way.
/// running     → stopped      a newer owner has fenced it.
/// ```
///
/// Out of running and draining the way leads over the end of the producer, which may take as long as a
/// request to a Kafka that hangs (`request.timeout.ms`): the task waits for it, taking in what comes,
/// before it does anything else.
///
/// What was accepted stays with the task through every start, in order, and is shipped again by the next
/// line: a failure repeats, never loses or overtakes. However the actor ends, its producer is closed with
/// it: a task that is gone writes nothing more.
public final class Task {

    public sealed interface Command permits Run, Drain, FromSender, TaskEvent {}

    /// Be alive. Told every few seconds, so that a task that is gone comes back.
    public enum Run implements Command {
        INSTANCE
    }

    /// Finish what was handed over, then stop.
    public enum Drain implements Command {
        INSTANCE
    }

    /// A sender's word.
    public record FromSender(Handover.ToTask message) implements Command {}

    private static final Duration CLOCK = Duration.ofSeconds(1);
    private static final Duration ORPHANS_AFTER = Duration.ofSeconds(5);
    private static final int SENDERS_MAX = 1_024;
    private static final long MERGING_BYTES = 1024 * 1024;
    private static final int MERGED_PARALLEL = 2;
    private static final int LINGERING_PARALLEL = 64;

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final Orders orders;
    private final TaskSettings settings;
    private final TaskTools tools;
    private final TaskVoice voice;
    private final Backlog backlog;
    private final TaskQueue queue;
    private TaskPlan plan;
    private int idleLooks;
    private int breaksInARow;

    private Task(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            TaskPlan plan,
            Orders orders,
            TaskSettings settings,
            TaskTools tools) {
        this.context = context;
        this.timers = timers;
        this.plan = plan;
        this.orders = orders;
        this.settings = settings;
        this.tools = tools;
        this.voice = new TaskVoice(plan.integration(), plan.task(), tools);
        this.backlog = new Backlog(
                new Receiver(
                        ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE),
                        context.messageAdapter(Handover.ToTask.class, FromSender::new),
                        SENDERS_MAX),
                gone -> context.watchWith(gone.sender(), new FromSender(gone)));
        this.queue = new TaskQueue(context, plan, orders, tools, backlog);
    }

    /// A task that starts at once.
    ///
    /// @param orders followed as they change: each start takes the newest plan
    public static Behavior<Command> create(TaskPlan plan, Orders orders, TaskSettings settings, TaskTools tools) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            context.setLoggerName(Task.class);
            timers.startTimerWithFixedDelay(LookAtClock.INSTANCE, CLOCK);
            return new Task(context, timers, plan, orders, settings, tools).starting(0, false);
        }));
    }

    private Behavior<Command> starting(int failures, boolean careful) {
        voice.starting();
        timers.cancel(DrainTimeOver.INSTANCE);
        plan = orders.plan().orElse(plan);
        var known = Math.max(orders.lanes(), backlog.lanes());
        var opening =
                CompletableFuture.supplyAsync(new Opening(plan, known, queue, settings, tools)::run, tools.blocking());
        context.pipeToSelf(
                opening,
                (opened, failure) ->
                        new HasOpened(failure == null ? opened : new Opening.Result.Failed(Reason.words(failure))));
        return owning(() -> Opening.closeOnceDone(opening), command -> switch (command) {
            case HasOpened(Opening.Result.Opened(var outlet, var epoch, var look)) ->
                onOpened(outlet, epoch, look, careful);
            case HasOpened(Opening.Result.Failed(var problem)) -> onOpenFailed(problem, failures + 1, careful);
            case FromSender(var message) -> take(message);
            case Drain _ -> stopped("before it had started");
            case LookAtClock _ -> lookAtClock();
            case OfQueue event -> take(event);
            case Run _, PauseOver _, DrainTimeOver _, OfLine _, OutletEnded _ -> Behaviors.same();
        });
    }

    /// @param careful the line was closed, behind what had to be shipped record by record or by an old plan;
    ///                what comes waits for the next one, or a task under load would never be quick again
    private Behavior<Command> running(Outlet outlet, Line line, boolean careful) {
        return owning(() -> end(line, outlet), command -> switch (command) {
            case FromSender(Handover.Drop drop)
            when backlog.has(drop.session()) ->
                closed(outlet, () -> {
                    backlog.drop(drop);
                    return starting(0, careful);
                });
            case FromSender(var message) -> ship(message, outlet, line, careful);
            case FromQueue read -> {
                queue.ship(read, line, careful);
                yield Behaviors.same();
            }
            case MayBeClear _ -> careful ? Behaviors.same() : finishing(outlet, line);
            case OfQueue event -> take(event);
            case Safe(var from, var parked) when from == line -> settle(parked);
            case Ended(var from) when from == line -> closed(outlet, () -> starting(0, false));
            case Broken(var from, var cause) when from == line -> onBroken(outlet, cause);
            case Drain _ -> {
                line.close();
                yield draining(outlet, line);
            }
            case Waits(var from, var what, var problem) when from == line -> waits(what, problem);
            case LookAtClock _ -> {
                outlet.look().ifPresent(tools.blocking()::execute); // what it stops is the line's to tell
                lookAtClock();
                yield reconsidered(outlet, line);
            }
            case DrainTimeOver _ -> closed(outlet, () -> starting(0, false));
            case OfLine _, OfOutlet _, Run _, PauseOver _ -> Behaviors.same();
        });
    }

    /// Subjects that come to this task from another one must meet a higher epoch than they had there, so
    /// their first batch waits for one, and for what is queued of them elsewhere.
    private Behavior<Command> ship(Handover.ToTask message, Outlet outlet, Line line, boolean closed) {
        var lot = backlog.take(message);
        if (closed) {
            return Behaviors.same();
        }
        lot.ifPresent(line::offer);
        var waitsFor = backlog.waitsFor();
        return waitsFor.isEmpty() || queue.want(waitsFor.getAsLong()) ? Behaviors.same() : finishing(outlet, line);
    }

    /// Follows the orders if they have changed. A line of an old plan is finished first, in bounded time.
    private Behavior<Command> reconsidered(Outlet outlet, Line line) {
        var newest = orders.plan();
        if (newest.isEmpty() || isIdleAndUnwanted()) {
            line.close();
            return draining(outlet, line);
        }
        if (backlog.hasOrphansBefore(System.currentTimeMillis() - ORPHANS_AFTER.toMillis())) {
            return closed(outlet, () -> starting(0, false)); // else a line that is stuck keeps them, and repeats them
        }
        if (newest.get().equals(plan) || timers.isTimerActive(DrainTimeOver.INSTANCE)) {
            return Behaviors.same();
        }
        context.getLog().info("task [{}] finishes what it has, then follows its new plan", plan);
        return finishing(outlet, line);
    }

    /// What comes waits for the next start.
    private Behavior<Command> finishing(Outlet outlet, Line line) {
        timers.startSingleTimer(DrainTimeOver.INSTANCE, settings.drainTimeout());
        line.close();
        return running(outlet, line, true);
    }

    /// For as long as a sender may take to send again what it still has.
    private boolean isIdleAndUnwanted() {
        idleLooks = backlog.isEmpty() && !orders.isWanted() ? idleLooks + 1 : 0;
        return CLOCK.multipliedBy(idleLooks).compareTo(settings.drainTimeout()) >= 0;
    }

    private Behavior<Command> backingOff(int failures, boolean careful) {
        voice.backingOff();
        var pause = settings.backoff(failures, ThreadLocalRandom.current().nextDouble());
        timers.startSingleTimer(PauseOver.INSTANCE, pause);
        return owning(() -> {}, command -> switch (command) {
            case PauseOver _ -> starting(failures, careful);
            case FromSender(var message) -> take(message);
            case Drain _ -> stopped("while it could not reach Kafka");
            case LookAtClock _ -> {
                lookAtClock();
                var newest = orders.plan();
                yield newest.isEmpty() || isIdleAndUnwanted()
                        ? stopped("it is not wanted any more")
                        : newest.get().equals(plan) ? Behaviors.same() : starting(0, careful);
            }
            case OfQueue event -> take(event);
            case OfLine _, OfOutlet _, Run _, DrainTimeOver _ -> Behaviors.same();
        });
    }

    private Behavior<Command> draining(Outlet outlet, Line line) {
        voice.draining();
        timers.startSingleTimer(DrainTimeOver.INSTANCE, settings.drainTimeout());
        return owning(() -> end(line, outlet), command -> switch (command) {
            case Safe(var from, var parked) when from == line -> settle(parked);
            case Ended(var from) when from == line -> closed(outlet, () -> stopped("drained"));
            case Broken(var from, var cause)
            when from == line -> closed(outlet, () -> stopped("broken while draining: " + Reason.words(cause)));
            case DrainTimeOver _ -> closed(outlet, () -> stopped("out of time while draining"));
            case Waits(var from, var what, var problem) when from == line -> waits(what, problem);
            case LookAtClock _ -> lookAtClock();
            case FromSender _, OfLine _, OfOutlet _, OfQueue _, Run _, Drain _, PauseOver _ -> Behaviors.same();
        });
    }

    /// Goes on once the outlet has ended: an owner that may still write must not be succeeded.
    private Behavior<Command> closed(Outlet outlet, Supplier<Behavior<Command>> next) {
        var ended = CompletableFuture.runAsync(outlet::stop, tools.blocking());
        context.pipeToSelf(ended, (_, _) -> OutletEnded.INSTANCE);
        return closing(ended, next);
    }

    private Behavior<Command> closing(CompletableFuture<Void> ended, Supplier<Behavior<Command>> next) {
        return owning(ended::join, command -> switch (command) {
            case OutletEnded _ -> next.get();
            case FromSender(Handover.Drop _) -> Behaviors.same(); // asked again when it has ended
            case FromSender(var message) -> take(message);
            case Drain _ -> closing(ended, () -> stopped("while it closed its producer"));
            case LookAtClock _ -> lookAtClock();
            case OfQueue event -> take(event);
            case OfLine _, HasOpened _, Run _, PauseOver _, DrainTimeOver _ -> Behaviors.same();
        });
    }

    private Behavior<Command> onOpened(Outlet outlet, long epoch, Look look, boolean careful) {
        backlog.admit(look.lanes());
        queue.follow(look);
        if (backlog.waitsFor().isPresent() && look.sources().isEmpty()) {
            return closed(outlet, () -> starting(0, careful));
        }
        var self = context.getSelf();
        var parallel = careful || outlet.isTransactional() ? 1 : plan.adaptive() ? MERGED_PARALLEL : LINGERING_PARALLEL;
        var lines = new CompletableFuture<Line>();
        var onward = tools.chain()
                .open(plan, outlet::isStopped, problem -> self.tell(new Waits(lines.join(), "waits", problem)));
        var line = Line.start(
                context.getSystem(),
                new Line.Plan(
                        plan.recorders().get(), epoch, MERGING_BYTES, parallel, careful, plan.integration(), onward),
                outlet,
                new Parking(
                        tools.deadLetters(plan),
                        settings,
                        tools.blocking(),
                        problem -> self.tell(new Waits(lines.join(), "unkept", problem))),
                parked -> self.tell(new Safe(lines.join(), parked)));
        lines.complete(line);
        context.pipeToSelf(line.ended(), (_, failure) -> failure == null ? new Ended(line) : new Broken(line, failure));
        backlog.giveUp(plan);
        backlog.forEach(line::offer);
        if (careful) {
            line.close();
        }
        voice.running(epoch);
        context.getLog().info("task [{}] is running, epoch {}{}", plan, epoch, careful ? ", record by record" : "");
        return running(outlet, line, careful);
    }

    private Behavior<Command> onOpenFailed(String problem, int failures, boolean careful) {
        voice.failed(problem);
        context.getLog().warn("task [{}] could not start, attempt {}: {}", plan, failures, problem);
        return backingOff(failures, careful);
    }

    private Behavior<Command> onBroken(Outlet outlet, Throwable failure) {
        var cause = Reason.cause(failure);
        tools.failed(plan);
        voice.failed(Reason.words(cause));
        if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException) {
            return closed(outlet, () -> stopped("fenced by a newer owner"));
        }
        context.getLog()
                .warn("task [{}] stopped its line, {} batches wait: {}", plan, backlog.size(), Reason.words(cause));
        voice.backingOff();
        var failures = ++breaksInARow;
        return closed(outlet, () -> backingOff(failures, cause instanceof Outlet.InvalidAmongMany));
    }

    /// Where no line has anything of what came before.
    private Behavior<Command> take(Handover.ToTask message) {
        backlog.take(message);
        backlog.giveUp(plan);
        return Behaviors.same();
    }

    private Behavior<Command> take(OfQueue event) {
        switch (event) {
            case FromQueue read -> queue.take(read);
            case QueueTrouble(var problem) -> voice.queueTrouble(problem);
            case MayBeClear _ -> {} // looked at when it starts
        }
        return Behaviors.same();
    }

    private Behavior<Command> waits(String what, String problem) {
        voice.waits(what, problem);
        context.getLog().warn("task [{}] waits, {}: {}", plan, what, problem);
        return Behaviors.same();
    }

    private Behavior<Command> stopped(String how) {
        voice.stopped(how, backlog.size(), orders.isWanted());
        context.getLog().info("task [{}] stopped: {}, {} batches handed back", plan, how, backlog.size());
        return Behaviors.stopped();
    }

    /// A phase with something to close when the actor ends, be it by a failure. The actor waits for that: whoever
    /// comes after it must find nobody who still writes. Its dispatcher makes up for the thread.
    private Behavior<Command> owning(Runnable close, Function<Command, Behavior<Command>> phase) {
        return Behaviors.receive((_, command) -> phase.apply(command), (_, signal) -> {
            if (signal instanceof PostStop) {
                queue.stopAfter(close);
            }
            return Behaviors.same();
        });
    }

    private void end(Line line, Outlet outlet) {
        line.close();
        CompletableFuture.runAsync(outlet::stop, tools.blocking()).join();
    }

    private Behavior<Command> settle(int[] parked) {
        breaksInARow = 0;
        voice.gotOn();
        backlog.settle(parked);
        return lookAtClock();
    }

    private Behavior<Command> lookAtClock() {
        voice.held(backlog.size(), backlog.since());
        if (orders.isRetired()) {
            queue.pause();
        }
        return Behaviors.same();
    }
}
