package io.sluice.node.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.NotSerializableException;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/// Changes and snapshots of the catalog as they are stored: JSON under names of its own, so that classes may be renamed
/// and people may read the journal. A form that was ever stored is read for ever.
public final class StoredForm extends SerializerWithStringManifest {
    private static final int IDENTIFIER = 7_140_001;
    private static final String CHANGED = "changed.1";
    private static final String SNAPSHOT = "catalog.1";

    private final ObjectMapper json = new ObjectMapper();

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object stored) {
        return switch (stored) {
            case Changed _ -> CHANGED;
            case CatalogState _ -> SNAPSHOT;
            default -> throw unknown(stored.getClass().getName());
        };
    }

    @Override
    public byte[] toBinary(Object stored) {
        var root = json.createObjectNode();
        switch (stored) {
            case Changed changed -> {
                key(root, changed.key());
                changed.definition().ifPresent(definition -> root.put("definition", definition));
                root.put("by", changed.by()).put("at", changed.at().toString());
                if (changed.continues()) {
                    root.put("continues", true);
                }
            }
            case CatalogState state -> {
                root.put("version", state.version());
                var entries = root.putArray("entries");
                state.entries().values().forEach(entry -> entry(entries.addObject(), entry));
            }
            default -> throw unknown(stored.getClass().getName());
        }
        try {
            return json.writeValueAsBytes(root);
        } catch (IOException e) {
            throw new IllegalStateException("catalog: cannot be written as JSON", e);
        }
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        try {
            var root = json.readTree(bytes);
            return switch (manifest) {
                case CHANGED -> changed(root);
                case SNAPSHOT -> snapshot(root);
                default -> throw new NotSerializableException("catalog: stored by a newer release, as " + manifest);
            };
        } catch (NotSerializableException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            throw new NotSerializableException(
                    "catalog: stored as %s, cannot be read: %s".formatted(manifest, e.getMessage()));
        }
    }

    private static void key(ObjectNode node, Key key) {
        node.put("kind", key.kind().toString()).put("name", key.name());
    }

    private static void entry(ObjectNode node, Entry entry) {
        key(node, entry.key());
        node.put("definition", entry.definition()).put("version", entry.version());
        if (entry.since() != entry.version()) {
            node.put("since", entry.since());
        }
        node.put("by", entry.by()).put("at", entry.at().toString());
    }

    private static Changed changed(JsonNode node) {
        return new Changed(
                key(node),
                Optional.ofNullable(node.get("definition")).map(JsonNode::textValue),
                node.required("by").textValue(),
                Instant.parse(node.required("at").textValue()),
                node.path("continues").booleanValue());
    }

    private static CatalogState snapshot(JsonNode node) {
        var entries = new TreeMap<Key, Entry>();
        for (var each : node.required("entries")) {
            var key = key(each);
            entries.put(
                    key,
                    new Entry(
                            key,
                            each.required("definition").textValue(),
                            each.required("version").longValue(),
                            each.path("since").asLong(each.required("version").longValue()),
                            each.required("by").textValue(),
                            Instant.parse(each.required("at").textValue())));
        }
        return new CatalogState(node.required("version").longValue(), entries);
    }

    private static Key key(JsonNode node) {
        return new Key(
                Kind.of(node.required("kind").textValue()),
                node.required("name").textValue());
    }

    private static IllegalArgumentException unknown(String what) {
        return new IllegalArgumentException("catalog: expected a change or a snapshot, was " + what);
    }
}
