package io.sluice.node.catalog;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.cluster.ddata.LWWMap;
import org.apache.pekko.cluster.ddata.LWWRegister;
import org.apache.pekko.cluster.ddata.SelfUniqueAddress;
import org.apache.pekko.cluster.ddata.typed.javadsl.DistributedData;
import org.apache.pekko.cluster.ddata.typed.javadsl.Replicator;

/// Tells all nodes what the catalog holds, by distributed data: nodes keep it and tell each other, so one that joins
/// learns it also while the singleton moves or the store is away.
final class Spread {
    private final ActorRef<Replicator.Command> replicator;
    private final SelfUniqueAddress node;
    private final ActorRef<Replicator.UpdateResponse<LWWMap<String, Entry>>> nobody;
    private final ActorRef<Replicator.UpdateResponse<LWWRegister<Head>>> nobodyForHead;

    private Spread(ActorContext<?> context) {
        var data = DistributedData.get(context.getSystem());
        this.replicator = data.replicator();
        this.node = data.selfUniqueAddress();
        this.nobody = context.getSystem().ignoreRef();
        this.nobodyForHead = context.getSystem().ignoreRef();
    }

    static Spread of(ActorContext<?> context) {
        return new Spread(context);
    }

    /// What a node has that this is not about stays, what it lacks or has otherwise is set right.
    void all(CatalogState state) {
        var buckets = new HashMap<Integer, List<Entry>>();
        state.entries()
                .values()
                .forEach(entry -> buckets.computeIfAbsent(Buckets.of(entry.key()), _ -> new ArrayList<>())
                        .add(entry));
        for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
            var entries = buckets.getOrDefault(bucket, List.of());
            update(bucket, map -> setRight(map, entries, state.version()));
        }
        head(state);
    }

    /// Only what was changed just now.
    void changed(CatalogState state, List<Changed> events) {
        var keys = new TreeSet<Key>();
        events.forEach(event -> keys.add(event.key()));
        for (var key : keys) {
            update(
                    Buckets.of(key),
                    map -> state.find(key)
                            .map(entry -> map.put(node, Buckets.name(key), entry, Buckets.BY_VERSION))
                            .orElseGet(() -> map.remove(node, Buckets.name(key))));
        }
        head(state);
    }

    private LWWMap<String, Entry> setRight(LWWMap<String, Entry> map, List<Entry> entries, long version) {
        var known = map.getEntries();
        var right = map;
        var names = new TreeSet<String>();
        for (var entry : entries) {
            var name = Buckets.name(entry.key());
            names.add(name);
            if (!entry.equals(known.get(name))) {
                right = right.put(node, name, entry, Buckets.BY_VERSION);
            }
        }
        for (var name : goneFrom(known, names, version)) {
            right = right.remove(node, name);
        }
        return right;
    }

    /// A writer that was succeeded without knowing must not remove what its successor added.
    private static List<String> goneFrom(Map<String, Entry> known, Set<String> names, long version) {
        return known.entrySet().stream()
                .filter(entry ->
                        !names.contains(entry.getKey()) && entry.getValue().version() <= version)
                .map(Map.Entry::getKey)
                .toList();
    }

    private void update(int bucket, java.util.function.Function<LWWMap<String, Entry>, LWWMap<String, Entry>> change) {
        replicator.tell(
                new Replicator.Update<>(Buckets.key(bucket), LWWMap.empty(), Replicator.writeLocal(), nobody, change));
    }

    private void head(CatalogState state) {
        var head = Head.of(state.version(), state.entries().values());
        replicator.tell(new Replicator.Update<>(
                Buckets.HEAD,
                LWWRegister.create(node, Head.NONE, Buckets.HEAD_BY_VERSION),
                Replicator.writeLocal(),
                nobodyForHead,
                register -> register.getValue().equals(head)
                        ? register
                        : register.withValue(node, head, Buckets.HEAD_BY_VERSION)));
    }
}
