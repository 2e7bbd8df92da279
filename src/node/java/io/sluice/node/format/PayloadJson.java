package io.sluice.node.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The values inside a JSON payload that an integration's patterns name. A payload is read when the first of its values
/// is asked for, once and in one pass. Not for several threads.
final class PayloadJson {
    /// A payload nested deeper counts as no JSON.
    private static final int DEPTH_MAX = 100;

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
            .build();

    private static final int NONE = -1;

    private final Place root = new Place();
    private int whole = NONE;
    private String[] values = new String[0];
    private byte[] read = new byte[0];

    /// A place in the document, with the wanted places below it.
    private static final class Place {
        private final Map<String, Place> members = new HashMap<>();
        private final Map<Integer, Place> elements = new HashMap<>();
        private int slot = NONE;
    }

    /// The value at a path: a text as it is, a number with its digits, a truth value, or for `*` the whole document in
    /// compact form. Missing too if it is null, an object or an array, or if the payload is not JSON.
    Placeholder placeholder(JsonPath path) {
        var slot = slot(path);
        return (arrival, json) -> json.value(slot, arrival.payload());
    }

    private int slot(JsonPath path) {
        var place = root;
        for (var step : path.steps()) {
            place = switch (step) {
                case JsonPath.Member(var name) -> place.members.computeIfAbsent(name, _ -> new Place());
                case JsonPath.Element(var index) -> place.elements.computeIfAbsent(index, _ -> new Place());
            };
        }
        if (place.slot == NONE) {
            place.slot = values.length;
            values = Arrays.copyOf(values, values.length + 1);
            whole = path.steps().isEmpty() ? place.slot : whole;
        }
        return place.slot;
    }

    // the very array, not an equal one: a payload is never written to
    @SuppressWarnings("ReferenceEquality")
    private String value(int slot, byte[] payload) {
        if (payload != read) {
            read(payload);
            read = payload;
        }
        return values[slot];
    }

    /// Whether a payload is one JSON value.
    static boolean isJson(byte[] payload) {
        try (var parser = JSON.createParser(payload)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    private void read(byte[] payload) {
        Arrays.fill(values, "");
        try (var parser = JSON.createParser(payload)) {
            if (parser.nextToken() != null) {
                walk(parser, root);
            }
            if (parser.nextToken() != null) {
                Arrays.fill(values, "");
            } else if (whole != NONE) {
                values[whole] = compact(payload);
            }
        } catch (IOException e) {
            Arrays.fill(values, "");
        }
    }

    /// Reads the value the parser stands at and leaves the parser at its end.
    private void walk(JsonParser parser, Place place) throws IOException {
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    var member = place.members.get(parser.currentName());
                    parser.nextToken();
                    walkOrSkip(parser, member);
                }
            }
            case START_ARRAY -> {
                for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                    walkOrSkip(parser, place.elements.isEmpty() ? null : place.elements.get(i));
                }
            }
            case VALUE_NULL -> keep(place, "");
            default -> keep(place, place.slot == NONE ? "" : parser.getText());
        }
    }

    private void walkOrSkip(JsonParser parser, @Nullable Place place) throws IOException {
        if (place == null) {
            parser.skipChildren();
        } else {
            walk(parser, place);
        }
    }

    private void keep(Place place, String value) {
        if (place.slot != NONE) {
            values[place.slot] = value;
        }
    }

    private static String compact(byte[] payload) throws IOException {
        var text = new StringWriter(payload.length);
        try (var parser = JSON.createParser(payload);
                var generator = JSON.createGenerator(text)) {
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isNumeric()) {
                    generator.writeNumber(parser.getText());
                } else {
                    generator.copyCurrentEvent(parser);
                }
            }
        }
        return text.toString();
    }
}
