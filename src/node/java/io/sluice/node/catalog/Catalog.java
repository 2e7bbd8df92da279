package io.sluice.node.catalog;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.sluice.node.cluster.ClusterMessage;
import java.time.Clock;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.SingletonActor;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/// The one writer of the catalog, an event-sourced singleton of the cluster. A change is answered when it is stored;
/// while the store is away changes are not answered, and nothing else is touched.
public final class Catalog extends EventSourcedBehavior<Catalog.Command, Changed, CatalogState> {
    /// Under which all its changes are stored.
    public static final PersistenceId ID = PersistenceId.ofUniqueId("catalog");

    public sealed interface Command extends ClusterMessage {}

    /// Make these changes, all of them or none.
    public record Make(List<Change> changes, String by, ActorRef<Answer> replyTo) implements Command {
        public Make {
            changes = List.copyOf(changes);
        }
    }

    private enum SpreadDue implements Command {
        INSTANCE
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Made.class, name = "made"),
        @JsonSubTypes.Type(value = Refused.class, name = "refused")
    })
    public sealed interface Answer extends ClusterMessage {}

    /// Stored, and on its way to all nodes.
    ///
    /// @param version of the catalog after it
    /// @param entries what now stands where something was put
    public record Made(long version, List<Entry> entries) implements Answer {
        public Made {
            entries = List.copyOf(entries);
        }
    }

    /// Nothing was changed.
    public record Refused(List<Refusal> refusals) implements Answer {
        public Refused {
            refusals = List.copyOf(refusals);
        }
    }

    private final CatalogSettings settings;
    private final Rules rules;
    private final Clock clock;
    private final Spread spread;

    private Catalog(CatalogSettings settings, Rules rules, Clock clock, Spread spread) {
        super(
                ID,
                SupervisorStrategy.restartWithBackoff(
                        settings.backoffMin(), settings.backoffMax(), settings.backoffJitter()));
        this.settings = settings;
        this.rules = rules;
        this.clock = clock;
        this.spread = spread;
    }

    /// Reaches the catalog wherever it lives; starts it here if this is the place.
    public static ActorRef<Command> join(ActorSystem<?> system, CatalogSettings settings, Rules rules, Clock clock) {
        return ClusterSingleton.get(system).init(SingletonActor.of(create(settings, rules, clock), "catalog"));
    }

    static Behavior<Command> create(CatalogSettings settings, Rules rules, Clock clock) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(SpreadDue.INSTANCE, settings.spreadInterval());
            return new Catalog(settings, rules, clock, Spread.of(context));
        }));
    }

    @Override
    public CatalogState emptyState() {
        return CatalogState.EMPTY;
    }

    @Override
    public CommandHandler<Command, Changed, CatalogState> commandHandler() {
        return (state, command) -> switch (command) {
            case Make make -> make(state, make);
            case SpreadDue _ -> Effect().none().thenRun(spread::all);
        };
    }

    @Override
    public EventHandler<CatalogState, Changed> eventHandler() {
        return CatalogState::with;
    }

    @Override
    public SignalHandler<CatalogState> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.instance(), spread::all)
                .build();
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(settings.snapshotEvery(), 2);
    }

    private Effect<Changed, CatalogState> make(CatalogState state, Make make) {
        return switch (state.decide(make.changes(), make.by(), clock.instant(), rules, settings.bounds())) {
            case Decision.Refused(var refusals) -> Effect().reply(make.replyTo(), new Refused(refusals));
            case Decision.Accepted(var events) ->
                Effect()
                        .persist(events)
                        .thenRun((CatalogState after) -> spread.changed(after, events))
                        .thenReply(make.replyTo(), after -> new Made(after.version(), put(after, make.changes())));
        };
    }

    private static List<Entry> put(CatalogState after, List<Change> changes) {
        return changes.stream()
                .filter(Change.Put.class::isInstance)
                .flatMap(change -> after.find(change.key()).stream())
                .distinct()
                .toList();
    }
}
