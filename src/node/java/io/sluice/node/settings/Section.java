package io.sluice.node.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.sluice.node.secret.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/// One section of the configuration while it is read into a record. A value that cannot be used is noted in [Problems]
/// and a
/// harmless one is returned in its place, so that reading goes on and finds the rest. Every key must have a default in
/// `reference.conf`; a key nobody read is a problem, told by [#close()].
public final class Section {
    private final String path;
    private final ConfigObject object;
    private final Config config;
    private final Problems problems;
    private final Set<String> read = new LinkedHashSet<>();
    private final List<Section> children = new ArrayList<>();

    private Section(String path, ConfigObject object, Problems problems) {
        this.path = path;
        this.object = object;
        this.config = object.toConfig();
        this.problems = problems;
    }

    /// The section at a path of a resolved configuration, e.g. `sluice`.
    public static Section of(Config config, String path, Problems problems) {
        return new Section(path, config.getObject(path), problems);
    }

    /// Full name of the section, e.g. `sluice.mqtt`.
    public String path() {
        return path;
    }

    public Problems problems() {
        return problems;
    }

    /// Where the section stands in its file.
    public ConfigOrigin origin() {
        return object.origin();
    }

    /// Notes a problem of one key: `<path>.<key> <problem>`, with file and line.
    public void problem(String key, String problem) {
        var value = object.get(key);
        problems.add(value == null ? object.origin() : value.origin(), path + "." + key + " " + problem);
    }

    public String text(String key) {
        return value(key, "a text", "", () -> config.getString(quoted(key)));
    }

    /// A text that is never shown again, also not in a problem.
    public Secret secret(String key) {
        read.add(key);
        try {
            return Secret.of(config.getString(quoted(key)));
        } catch (ConfigException e) {
            problem(key, "must be a text");
            return Secret.of("");
        }
    }

    public boolean flag(String key) {
        return value(key, "true or false", false, () -> config.getBoolean(quoted(key)));
    }

    /// A whole number from min to max, both allowed.
    public int number(String key, int min, int max) {
        return within(key, min, max, value(key, "a whole number", min, () -> config.getInt(quoted(key))));
    }

    /// A size such as `16 MiB`, in bytes.
    public long bytes(String key, long min, long max) {
        return within(key, min, max, value(key, "a size such as 16 MiB", min, () -> config.getBytes(quoted(key))));
    }

    /// A time such as `30s`.
    public Duration duration(String key, Duration min, Duration max) {
        var found = value(key, "a time such as 30s", min, () -> config.getDuration(quoted(key)));
        return within(key, min, max, found);
    }

    public List<String> texts(String key) {
        return value(key, "a list of texts", List.of(), () -> config.getStringList(quoted(key)));
    }

    /// Free names with texts.
    public Map<String, String> textMap(String key) {
        var found = new LinkedHashMap<String, String>();
        for (var entry : objectAt(key).entrySet()) {
            var type = entry.getValue().valueType();
            if (type == ConfigValueType.OBJECT || type == ConfigValueType.LIST || type == ConfigValueType.NULL) {
                problems.add(
                        entry.getValue().origin(),
                        "%s.%s.%s must be a text, was %s"
                                .formatted(path, key, entry.getKey(), shown(entry.getValue())));
            } else {
                found.put(entry.getKey(), String.valueOf(entry.getValue().unwrapped()));
            }
        }
        return found;
    }

    /// One of the constants of an enum, written in kebab-case.
    public <E extends Enum<E>> E choice(String key, Class<E> type) {
        var constants = type.getEnumConstants();
        var names = new ArrayList<String>();
        var found = value(key, "a text", "", () -> config.getString(quoted(key)));
        for (var constant : constants) {
            var name = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (name.equals(found)) {
                return constant;
            }
            names.add(name);
        }
        problem(key, "must be one of %s, was %s".formatted(String.join(", ", names), shown(object.get(key))));
        return constants[0];
    }

    /// A part of this section with keys of its own.
    public Section section(String key) {
        return child(path + "." + key, objectAt(key));
    }

    /// Parts with free names, e.g. one per integration.
    public Map<String, Section> sections(String key) {
        var found = new LinkedHashMap<String, Section>();
        for (var entry : objectAt(key).entrySet()) {
            var name = path + "." + key + "." + entry.getKey();
            if (entry.getValue() instanceof ConfigObject part) {
                found.put(entry.getKey(), child(name, part));
            } else {
                problems.add(entry.getValue().origin(), name + " must be a section, was " + shown(entry.getValue()));
            }
        }
        return found;
    }

    /// The same, each part completed with the keys of a template section that it does not set itself.
    public Map<String, Section> sections(String key, String templateKey) {
        var template = objectAt(templateKey);
        var found = new LinkedHashMap<String, Section>();
        for (var entry : sections(key).entrySet()) {
            children.remove(entry.getValue());
            var part = entry.getValue().object.withFallback(template);
            found.put(entry.getKey(), child(entry.getValue().path, part));
        }
        return found;
    }

    /// Reads a value with a parser that throws [IllegalArgumentException] on a bad one.
    public <T> T parsed(String key, T instead, Function<String, T> parser) {
        var text = text(key);
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            problem(key, String.valueOf(e.getMessage()));
            return instead;
        }
    }

    /// Ends reading: every key of this section and its parts that was not asked for is a problem.
    public void close() {
        for (var key : object.keySet()) {
            if (!read.contains(key)) {
                problem(
                        key,
                        "is not a key"
                                + Spelling.nearest(key, read)
                                        .map("; nearest is "::concat)
                                        .orElse(""));
            }
        }
        children.forEach(Section::close);
    }

    private Section child(String name, ConfigObject part) {
        var child = new Section(name, part, problems);
        children.add(child);
        return child;
    }

    private ConfigObject objectAt(String key) {
        return value(key, "a section", EMPTY, () -> config.getObject(quoted(key)));
    }

    private <T> T value(String key, String expected, T instead, Supplier<T> reader) {
        read.add(key);
        try {
            return reader.get();
        } catch (ConfigException.Missing e) {
            problem(key, "is missing; it must be " + expected);
        } catch (ConfigException e) {
            problem(key, "must be %s, was %s".formatted(expected, shown(object.get(key))));
        }
        return instead;
    }

    private <T extends Comparable<T>> T within(String key, T min, T max, T found) {
        if (found.compareTo(min) < 0) {
            problem(key, "must be at least %s, was %s".formatted(shown(min), shown(object.get(key))));
            return min;
        }
        if (found.compareTo(max) > 0) {
            problem(key, "must be at most %s, was %s".formatted(shown(max), shown(object.get(key))));
            return max;
        }
        return found;
    }

    private static String shown(@org.jspecify.annotations.Nullable Object value) {
        return switch (value) {
            case null -> "nothing";
            case ConfigValue config -> String.valueOf(config.unwrapped());
            case Duration time -> time.toString().substring(2).toLowerCase(Locale.ROOT);
            default -> value.toString();
        };
    }

    private static String quoted(String key) {
        return ConfigUtil.joinPath(key);
    }

    private static final ConfigObject EMPTY =
            com.typesafe.config.ConfigFactory.empty().root();
}
