package io.sluice.node.settings;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.typesafe.config.ConfigUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Writes integrations for people and other nodes, and reads them back.
///
/// As HOCON they are a configuration file of a node. As JSON, `{"integrations": [{"name": …, …}]}`, they can also be
/// read here; HOCON cannot, because what is read here comes over the network, and HOCON can include files and URLs and
/// name variables.
public final class DefinitionText {
    /// Longest text that is read, in characters.
    public static final int LENGTH_MAX = 16 << 20;

    /// The document's own two levels come on top of those of a definition.
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Definition.DEPTH_MAX + 2)
                    .build())
            .build();

    private static final String LIST = "integrations";
    private static final String NAME = "name";
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

    /// A definition as it stood in a document.
    ///
    /// @param definition JSON text, without the name
    /// @param place      line and column where it began
    public record Imported(String name, String definition, String place) {}

    private DefinitionText() {}

    /// A file that gives a node these integrations. One that every node has without a file is replaced, not merged.
    ///
    /// @param definitions JSON text of each, by name
    /// @throws InvalidSettings if one is no JSON object
    public static String hocon(SortedMap<String, String> definitions) {
        var text = new StringBuilder("sluice.integrations {\n");
        definitions.forEach((name, definition) -> {
            text.append("\n  ").append(key(name));
            if (Configuration.isShipped("sluice.integrations." + quoted(name))) {
                text.append(" = null\n  ").append(key(name)).append(" = ${?sluice.integration-defaults}");
            }
            section(text, "  ", Reader.object("integration [%s]".formatted(name), definition));
        });
        return withoutLoneSurrogates(text.append("}\n").toString());
    }

    /// Texts stay in the quotes of JSON, so that nothing in them is a substitution.
    private static void section(StringBuilder text, String indent, Map<String, String> members) {
        text.append(" {\n");
        members.forEach((name, value) -> {
            text.append(indent).append("  ").append(key(name));
            if (value.startsWith("{")) {
                section(text, indent + "  ", Reader.object(name, value));
            } else {
                text.append(" = ").append(value).append('\n');
            }
        });
        text.append(indent).append("}\n");
    }

    /// Not in quotes where it can do without.
    private static String key(String name) {
        return PLAIN.matcher(name).matches() && !name.equals("include") ? name : quoted(name);
    }

    /// A document that [#read(String, Problems)] reads. Values stand as they were written.
    ///
    /// @param definitions JSON text of each, by name
    /// @throws InvalidSettings if one is no JSON object, or has a key `name`
    public static String json(SortedMap<String, String> definitions) {
        var written = definitions.entrySet().stream()
                .map(entry -> "    " + named(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(",\n"));
        return withoutLoneSurrogates("{\n  \"%s\": [\n%s\n  ]\n}\n".formatted(LIST, written));
    }

    /// The definitions of a document. All that is wrong with its form is a problem with its place, and what has one is
    /// left out; what the definitions mean is for others to judge. After a syntax error nothing more is read.
    public static List<Imported> read(String json, Problems problems) {
        if (json.length() > LENGTH_MAX) {
            problems.add("document: expected at most %d characters, was %d".formatted(LENGTH_MAX, json.length()));
            return List.of();
        }
        var reader = new Reader(json, problems);
        reader.guarded(reader::document);
        return List.copyOf(reader.found);
    }

    private interface Reading {
        void read() throws IOException;
    }

    /// Reads one document, once, from its beginning to its end.
    private static final class Reader {
        private final String text;
        private final Problems problems;
        private final JsonParser parser;
        private final Map<String, String> places = new HashMap<>();
        private final List<Imported> found = new ArrayList<>();

        private Reader(String text, Problems problems) {
            this.text = text;
            this.problems = problems;
            try {
                this.parser = JSON.createParser(text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void guarded(Reading reading) {
            try {
                reading.read();
            } catch (JsonProcessingException e) {
                problem(e.getLocation() == null ? here() : place(e.getLocation()), e.getOriginalMessage());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /// The keys of one object alone.
        private static Map<String, String> object(String path, String json) {
            var problems = new Problems();
            var reader = new Reader(json, problems);
            var members = new LinkedHashMap<String, String>();
            reader.guarded(() -> {
                if (reader.begins()) {
                    members.putAll(reader.members(path));
                    reader.ends();
                }
            });
            problems.throwIfAny();
            return members;
        }

        private void document() throws IOException {
            if (!begins()) {
                return;
            }
            var keys = new HashSet<String>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var key = parser.currentName();
                if (!keys.add(key)) {
                    problem(here(), key + " stands there twice");
                } else if (!key.equals(LIST)) {
                    problem(here(), key + " is not a key; " + LIST + " is the only one");
                }
                parser.nextToken();
                if (key.equals(LIST)) {
                    list();
                } else {
                    parser.skipChildren();
                }
            }
            if (!keys.contains(LIST)) {
                problem(here(), "expected the key " + LIST + " before the last }");
            }
            ends();
        }

        private boolean begins() throws IOException {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                return true;
            }
            problem(here(), "expected {, was " + parser.currentToken());
            return false;
        }

        private void ends() throws IOException {
            if (parser.nextToken() != null) {
                problem(here(), "expected nothing after the last }");
            }
        }

        private void list() throws IOException {
            if (!parser.hasToken(JsonToken.START_ARRAY)) {
                problem(here(), LIST + " must be a list");
                parser.skipChildren();
                return;
            }
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                definition("%s[%d]".formatted(LIST, i));
            }
        }

        private void definition(String path) throws IOException {
            var place = here();
            if (!parser.hasToken(JsonToken.START_OBJECT)) {
                problem(place, path + " must be a section");
                parser.skipChildren();
                return;
            }
            var before = problems.found().size();
            var members = members(path);
            var name = members.remove(NAME);
            if (name == null || !name.startsWith("\"")) {
                problem(place, path + " must have a name, which is a text");
                return;
            }
            var unquoted = unquoted(name);
            var first = places.putIfAbsent(unquoted, place);
            if (first != null) {
                problem(place, "%s has the name of another, %s, which stands at %s".formatted(path, unquoted, first));
            }
            if (problems.found().size() == before) {
                found.add(new Imported(unquoted, written(members), place));
            }
        }

        /// The keys of the object that has just begun, and their values as they stand there.
        private Map<String, String> members(String path) throws IOException {
            var members = new LinkedHashMap<String, String>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var key = parser.currentName();
                var place = here();
                parser.nextToken();
                var begin = (int) parser.currentTokenLocation().getCharOffset();
                pass(path + "." + key);
                var end = (int) parser.currentLocation().getCharOffset();
                if (members.put(key, text.substring(begin, end)) != null) {
                    problem(place, path + "." + key + " stands there twice");
                }
            }
            return members;
        }

        /// To the end of a value, whatever it is.
        private void pass(String path) throws IOException {
            if (parser.hasToken(JsonToken.START_OBJECT)) {
                members(path);
            } else if (parser.hasToken(JsonToken.START_ARRAY)) {
                for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                    pass("%s[%d]".formatted(path, i));
                }
            } else {
                parser.finishToken();
            }
        }

        private String here() {
            return place(parser.currentTokenLocation());
        }

        private void problem(String place, String problem) {
            problems.add(place + ": " + problem);
        }
    }

    private static String named(String name, String definition) {
        var path = "integration [%s]".formatted(name);
        var members = new LinkedHashMap<String, String>();
        members.put(NAME, quoted(name));
        Reader.object(path, definition).forEach((key, value) -> {
            if (members.put(key, value) != null) {
                throw new InvalidSettings(List.of(path + ": expected no key name, for this is its name"));
            }
        });
        return written(members);
    }

    private static String unquoted(String json) throws IOException {
        try (var parser = JSON.createParser(json)) {
            parser.nextToken();
            return parser.getText();
        }
    }

    private static String written(Map<String, String> members) {
        return members.entrySet().stream()
                .map(member -> member(member.getKey(), member.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String member(String name, String value) {
        return quoted(name) + ": " + value;
    }

    private static String quoted(String text) {
        return ConfigUtil.quoteString(text);
    }

    private static String place(JsonLocation at) {
        return "line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
    }

    /// Half a surrogate pair can be escaped in a text and cannot be written in UTF-8.
    private static String withoutLoneSurrogates(String text) {
        var clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                clean.append("\\u%04x".formatted(c));
            } else {
                clean.appendCodePoint(c);
            }
        });
        return clean.toString();
    }
}
