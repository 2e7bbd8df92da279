package io.sluice.node.bridge;

import io.sluice.node.cluster.ClusterMessage;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/// Keeps the one connection of the cluster to a broker.
///
/// ```
/// linked → settling    the connection ended: what it brought is to be safe before the next, so that what waits is
///                      bounded however often it breaks
/// settling → pausing → linked
/// any → draining → stopped    [Drain]: reads no more, acknowledges what is under way, leaves the session to the next
/// ```
final class Bridge {
    sealed interface Command {}

    /// Be there. Said again and again.
    enum Run implements Command, ClusterMessage {
        INSTANCE
    }

    /// Finish what is under way and go.
    enum Drain implements Command, ClusterMessage {
        INSTANCE
    }

    /// Of the link of this attempt; others are past.
    private sealed interface OfLink extends Command {
        long attempt();
    }

    private record Connected(long attempt, boolean sessionPresent) implements OfLink {}

    private record Subscribed(long attempt, List<String> problems) implements OfLink {}

    private record Ended(long attempt, LinkEnd end) implements OfLink {}

    private record Settled(long attempt) implements OfLink {}

    private record Gone(long attempt) implements OfLink {}

    private enum PauseOver implements Command {
        INSTANCE
    }

    private enum DrainTimeOver implements Command {
        INSTANCE
    }

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final BridgeSettings settings;
    private final BridgeTools tools;
    private final BridgeCounts counts;
    private final BridgeVoice voice;
    private final Arrivals arrivals;
    private final Runnable stopped;
    private long attempt;
    private int failures;
    private long connectedSince;
    private boolean connected;
    private boolean hadSession;
    private boolean subscribed;

    private Bridge(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            BridgeSettings settings,
            BridgeTools tools,
            BridgeCounts counts,
            Runnable stopped) {
        this.context = context;
        this.timers = timers;
        this.settings = settings;
        this.tools = tools;
        this.counts = counts;
        this.voice = new BridgeVoice(settings.name(), tools.events());
        this.arrivals = new Arrivals(settings.name(), settings.user(), settings.publisher());
        this.stopped = stopped;
    }

    /// @param stopped runs when it has stopped, for whatever reason
    static Behavior<Command> create(BridgeSettings settings, BridgeTools tools, BridgeCounts counts, Runnable stopped) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new Bridge(context, timers, settings, tools, counts, stopped).link()));
    }

    private Behavior<Command> link() {
        attempt++;
        return linked(Link.open(
                settings, tools, counts, arrivals, attempt, !subscribed, new Ear(context.getSelf(), attempt)));
    }

    private Behavior<Command> linked(Link link) {
        return phase(link, command -> switch (command) {
            case Connected outcome -> {
                onConnected(outcome.sessionPresent());
                yield Behaviors.same();
            }
            case Subscribed answer -> {
                onSubscribed(answer.problems());
                yield Behaviors.same();
            }
            case Ended ended -> {
                onEnded(ended.end());
                yield settling(link);
            }
            case Drain _ -> draining(link);
            case Run _, Settled _, Gone _, PauseOver _, DrainTimeOver _ -> Behaviors.same();
        });
    }

    private Behavior<Command> settling(Link link) {
        return phase(link, command -> switch (command) {
            case Settled _ -> pausing(link);
            case Drain _ -> draining(link);
            case Run _, Connected _, Subscribed _, Ended _, Gone _, PauseOver _, DrainTimeOver _ -> Behaviors.same();
        });
    }

    private Behavior<Command> pausing(Link link) {
        timers.startSingleTimer(
                PauseOver.INSTANCE,
                settings.backoff().pause(failures, ThreadLocalRandom.current().nextDouble()));
        return phase(link, command -> switch (command) {
            case PauseOver _ -> link();
            case Drain _ -> Behaviors.stopped();
            case Run _, Connected _, Subscribed _, Ended _, Settled _, Gone _, DrainTimeOver _ -> Behaviors.same();
        });
    }

    private Behavior<Command> draining(Link link) {
        timers.startSingleTimer(DrainTimeOver.INSTANCE, tools.drainTimeout());
        link.drain();
        return phase(link, command -> switch (command) {
            case Settled(var number) -> {
                context.pipeToSelf(link.close(), (_, _) -> new Gone(number));
                yield Behaviors.same();
            }
            case Ended ended -> {
                disconnected();
                context.getLog()
                        .debug(
                                "mqtt broker [{}] while it drains: {}",
                                settings.name(),
                                ended.end().problem());
                yield Behaviors.same();
            }
            case Gone _ -> Behaviors.stopped();
            case DrainTimeOver _ -> {
                voice.trouble("undrained", "what was under way is not safe yet; the broker sends it again");
                yield Behaviors.stopped();
            }
            case Run _, Drain _, Connected _, Subscribed _, PauseOver _ -> Behaviors.same();
        });
    }

    private interface Phase {
        Behavior<Command> on(Command command);
    }

    private Behavior<Command> phase(Link link, Phase phase) {
        return Behaviors.receive(Command.class)
                .onMessage(OfLink.class, message -> message.attempt() == attempt ? phase.on(message) : Behaviors.same())
                .onMessage(Command.class, phase::on)
                .onSignal(PostStop.class, _ -> {
                    var _ = link.close();
                    disconnected();
                    voice.news("stopped", "on this node; the session stays at the broker");
                    stopped.run();
                    return Behaviors.same();
                })
                .build();
    }

    private void onConnected(boolean sessionPresent) {
        counts.connect("accepted");
        connected = true;
        connectedSince = System.nanoTime();
        if (hadSession && !sessionPresent) {
            counts.sessionsLost.increment();
            voice.trouble(
                    "session-lost",
                    "broker %s lost the session of client id %s: what it had kept for it is gone"
                            .formatted(settings.server(), settings.clientId()));
        }
        hadSession = true;
        voice.news(
                "connected",
                "to %s by client id %s, %s"
                        .formatted(
                                settings.server(),
                                settings.clientId(),
                                sessionPresent ? "session resumed" : "new session"));
    }

    private void onSubscribed(List<String> problems) {
        counts.connected(true);
        subscribed = problems.isEmpty();
        problems.forEach(problem -> voice.trouble("filter-refused", problem));
    }

    private void onEnded(LinkEnd end) {
        var lasted = connected
                && System.nanoTime() - connectedSince
                        >= settings.backoff().max().toNanos();
        if (lasted) {
            failures = 0;
            voice.gotOn();
        }
        failures++;
        if (!connected) {
            counts.connect(end.outcome());
        }
        disconnected();
        voice.failed(end.outcome(), "broker %s: %s".formatted(settings.server(), end.problem()));
    }

    private void disconnected() {
        connected = false;
        counts.connected(false);
    }

    /// Takes home what happens to a link.
    private record Ear(ActorRef<Command> self, long attempt) implements Link.Owner {
        @Override
        public void connected(boolean sessionPresent) {
            self.tell(new Connected(attempt, sessionPresent));
        }

        @Override
        public void subscribed(List<String> problems) {
            self.tell(new Subscribed(attempt, problems));
        }

        @Override
        public void ended(LinkEnd end) {
            self.tell(new Ended(attempt, end));
        }

        @Override
        public void settled() {
            self.tell(new Settled(attempt));
        }
    }
}
