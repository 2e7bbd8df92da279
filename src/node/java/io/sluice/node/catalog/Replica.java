package io.sluice.node.catalog;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ddata.typed.javadsl.DistributedData;
import org.apache.pekko.cluster.ddata.typed.javadsl.Replicator;

/// What a node knows of the catalog: each version it has seen whole, never a mixture of two.
public final class Replica {
    public sealed interface Command {}

    @SuppressWarnings("rawtypes")
    private record Seen(Replicator.SubscribeResponse response) implements Command {}

    private final Consumer<CatalogState> listener;
    private final Map<String, Map<String, Entry>> buckets = new HashMap<>();
    private Head head = Head.NONE;
    private long told = Head.NONE.version();

    private Replica(Consumer<CatalogState> listener) {
        this.listener = listener;
    }

    /// @param listener told each version once, in rising order, on the actor: it must not block
    public static Behavior<Command> create(Consumer<CatalogState> listener) {
        return Behaviors.setup(context -> {
            subscribe(context);
            return new Replica(listener).watching();
        });
    }

    /// One adapter for all keys, which Java's type of a subscription cannot say.
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static void subscribe(ActorContext<Command> context) {
        var replicator = DistributedData.get(context.getSystem()).replicator();
        ActorRef adapter = context.messageAdapter(Replicator.SubscribeResponse.class, Seen::new);
        replicator.tell(new Replicator.Subscribe<>(Buckets.HEAD, adapter));
        Buckets.keys().values().forEach(key -> replicator.tell(new Replicator.Subscribe<>(key, adapter)));
    }

    private Behavior<Command> watching() {
        return Behaviors.receiveMessage(command -> switch (command) {
            case Seen(Replicator.Changed<?> changed) -> {
                onChanged(changed);
                yield Behaviors.same();
            }
            case Seen _ -> Behaviors.same();
        });
    }

    private void onChanged(Replicator.Changed<?> changed) {
        var id = changed.key().id();
        var bucket = Buckets.keys().get(id);
        if (bucket != null) {
            buckets.put(id, changed.get(bucket).getEntries());
        } else {
            head = changed.get(Buckets.HEAD).getValue();
        }
        tellIfWhole();
    }

    private void tellIfWhole() {
        if (head.version() <= told) {
            return;
        }
        var entries = new TreeMap<Key, Entry>();
        buckets.values().forEach(bucket -> bucket.values().forEach(entry -> entries.put(entry.key(), entry)));
        if (Head.of(head.version(), entries.values()).equals(head)) {
            told = head.version();
            listener.accept(new CatalogState(told, entries));
        }
    }
}
