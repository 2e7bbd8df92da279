package io.sluice.node.catalog;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.pekko.cluster.ddata.Key;
import org.apache.pekko.cluster.ddata.LWWMap;
import org.apache.pekko.cluster.ddata.LWWMapKey;
import org.apache.pekko.cluster.ddata.LWWRegister;
import org.apache.pekko.cluster.ddata.LWWRegisterKey;

/// Under which names the catalog is spread. Definitions go in many small parts, as a part is sent whole when a node
/// joins and must fit into one message.
final class Buckets {
    static final int COUNT = 256;
    static final Key<LWWRegister<Head>> HEAD = LWWRegisterKey.create("catalog-head");

    /// The newer version of an entry wins, whatever the clocks of the nodes say.
    static final LWWRegister.Clock<Entry> BY_VERSION = (_, entry) -> entry.version();

    static final LWWRegister.Clock<Head> HEAD_BY_VERSION = (_, head) -> head.version();

    private static final Map<String, Key<LWWMap<String, Entry>>> KEYS = IntStream.range(0, COUNT)
            .mapToObj(Buckets::key)
            .collect(Collectors.toUnmodifiableMap(Key::id, Function.identity()));

    private Buckets() {}

    /// All of them, by their ids.
    static Map<String, Key<LWWMap<String, Entry>>> keys() {
        return KEYS;
    }

    static int of(io.sluice.node.catalog.Key key) {
        return Math.floorMod(31 * key.kind().name().hashCode() + key.name().hashCode(), COUNT);
    }

    static Key<LWWMap<String, Entry>> key(int bucket) {
        return LWWMapKey.create("catalog-" + bucket);
    }

    /// A key within its bucket.
    static String name(io.sluice.node.catalog.Key key) {
        return key.kind().name() + "/" + key.name();
    }
}
