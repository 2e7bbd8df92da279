package io.sluice.node.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.sluice.node.secret.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One section of the configuration while it is read into a record. A value that cannot be used is noted in [Problems]
/// and a harmless one is returned in its place, so that reading goes on and finds the rest. Every key must have a
/// default in `reference.conf`; a key nobody read is a problem, told by [#close()].
public final class Section {
    private static final ConfigObject EMPTY = ConfigFactory.empty().root();

    private final Place place;
    private final ConfigObject object;
    private final Config config;
    private final Problems problems;
    private final Gone gone;
    private final Set<String> read = new LinkedHashSet<>();
    private final List<Section> children = new ArrayList<>();

    /// Names keys. A key that a part does not set itself is named as the template's, where a person would look for it.
    private record Place(String path, ConfigObject own, String templatePath) {

        String of(String key) {
            return (own.containsKey(key) ? path : templatePath) + "." + key;
        }

        Place part(String key) {
            var part = own.get(key) instanceof ConfigObject set ? set : EMPTY;
            return new Place(path + "." + key, part, templatePath + "." + key);
        }
    }

    private Section(Place place, ConfigObject object, Problems problems, Gone gone) {
        this.place = place;
        this.object = object;
        this.config = object.toConfig();
        this.problems = problems;
        this.gone = gone;
    }

    /// The section at a path of a resolved configuration, e.g. `sluice`.
    public static Section of(Config config, String path, Problems problems) {
        return of(config, path, problems, Gone.KEYS);
    }

    static Section of(Config config, String path, Problems problems, Gone gone) {
        var found = config.hasPathOrNull(path) && !config.getIsNull(path) ? config.getValue(path) : EMPTY;
        if (found instanceof ConfigObject object) {
            return new Section(new Place(path, object, path), object, problems, gone);
        }
        problems.add(found.origin(), path + " must be a section, was " + shown(found));
        return new Section(new Place(path, EMPTY, path), EMPTY, problems, gone);
    }

    /// Full name of the section, e.g. `sluice.mqtt`.
    public String path() {
        return place.path();
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
        problems.add(originOf(key), place.of(key) + " " + problem);
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
        var found = value(key, "a whole number", (double) min, () -> config.getDouble(quoted(key)));
        if (found != Math.rint(found)) {
            problem(key, "must be a whole number, was " + shown(object.get(key)));
            return min;
        }
        return within(key, (double) min, (double) max, found, bound -> Integer.toString(bound.intValue()))
                .intValue();
    }

    /// A number such as `0.2` from min to max, both allowed.
    public double fraction(String key, double min, double max) {
        var found = value(key, "a number", min, () -> config.getDouble(quoted(key)));
        return within(key, min, max, found, Object::toString);
    }

    /// A size such as `16 MiB`, in bytes.
    public long bytes(String key, long min, long max) {
        var found = value(key, "a size such as 16 MiB", min, () -> config.getBytes(quoted(key)));
        return within(key, min, max, found, Section::size);
    }

    /// A time such as `30s`.
    public Duration duration(String key, Duration min, Duration max) {
        var found = value(key, "a time such as 30s", min, () -> config.getDuration(quoted(key)));
        return within(key, min, max, found, Section::time);
    }

    /// A time, or empty for a word that stands in its place, e.g. `adaptive`.
    public Optional<Duration> durationOr(String word, String key, Duration min, Duration max) {
        var value = object.get(key);
        if (value != null && word.equals(value.unwrapped())) {
            read.add(key);
            return Optional.empty();
        }
        var expected = word + " or a time such as 30s";
        var found = value(key, expected, min, () -> config.getDuration(quoted(key)));
        return Optional.of(within(key, min, max, found, Section::time));
    }

    /// A place in the file system, relative to the directory the node was started in.
    public Path file(String key) {
        return parsed(key, Path.of(""), Path::of);
    }

    public List<String> texts(String key) {
        return value(key, "a list of texts", List.of(), () -> config.getStringList(quoted(key)));
    }

    /// The same, each element given to a check that throws [IllegalArgumentException] on a bad one.
    public List<String> texts(String key, Consumer<String> check) {
        var found = texts(key);
        for (int i = 0; i < found.size(); i++) {
            try {
                check.accept(found.get(i));
            } catch (IllegalArgumentException e) {
                problems.add(originOf(key), "%s[%d]: %s".formatted(place.of(key), i, e.getMessage()));
            }
        }
        return found;
    }

    /// A list of texts, or one text with commas as an environment variable gives it.
    public List<String> textsOrCommas(String key) {
        var value = object.get(key);
        if (value != null && value.valueType() == ConfigValueType.STRING) {
            return Arrays.stream(text(key).split(",", -1))
                    .map(String::strip)
                    .filter(text -> !text.isEmpty())
                    .toList();
        }
        return texts(key);
    }

    /// Free names with texts. A name may be written with or without quotes: `a.b = 1` is the name `a.b`.
    public Map<String, String> textMap(String key) {
        return textMap(key, (_, _) -> Optional.empty());
    }

    /// The same; what the check refuses is a problem and left out.
    ///
    /// @param refusal of a name and its text, empty if both are fine
    public Map<String, String> textMap(String key, BiFunction<String, String, Optional<String>> refusal) {
        var found = new LinkedHashMap<String, String>();
        var values = new TreeMap<String, ConfigValue>();
        for (var entry : objectAt(key).toConfig().entrySet()) {
            values.put(String.join(".", ConfigUtil.splitPath(entry.getKey())), entry.getValue());
        }
        values.forEach((name, value) -> {
            var refused = value.valueType() == ConfigValueType.LIST
                    ? Optional.of("must be a text, was a list")
                    : refusal.apply(name, String.valueOf(value.unwrapped()));
            refused.ifPresentOrElse(
                    problem -> problems.add(value.origin(), "%s.%s %s".formatted(place.of(key), name, problem)),
                    () -> found.put(name, String.valueOf(value.unwrapped())));
        });
        return found;
    }

    /// One of the constants of an enum, written in kebab-case.
    public <E extends Enum<E>> E choice(String key, Class<E> type) {
        var words = new LinkedHashMap<String, E>();
        for (var constant : type.getEnumConstants()) {
            words.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
        }
        return choice(key, words);
    }

    /// What one of several words stands for; the first one in place of a bad word.
    public <T> T choice(String key, Map<String, T> words) {
        var word = value(key, "a text", "", () -> config.getString(quoted(key)));
        var found = words.get(word);
        if (found != null) {
            return found;
        }
        problem(
                key,
                "must be one of %s, was %s%s"
                        .formatted(
                                String.join(", ", words.keySet()),
                                shown(object.get(key)),
                                Spelling.hint(word, words.keySet())));
        return words.values().iterator().next();
    }

    /// Reads a value with a parser that throws [IllegalArgumentException] on a bad one.
    public <T> T parsed(String key, T instead, Function<String, T> parser) {
        var text = text(key);
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            problems.add(originOf(key), place.of(key) + ": " + e.getMessage());
            return instead;
        }
    }

    /// A text that a check accepts; the check throws [IllegalArgumentException] on a bad one.
    public String checked(String key, Consumer<String> check) {
        return parsed(key, "", text -> {
            check.accept(text);
            return text;
        });
    }

    /// A part of this section with keys of its own.
    public Section section(String key) {
        return child(place.part(key), objectAt(key));
    }

    /// A part that belongs to somebody else, who reads and closes it; [#close()] of this section leaves it alone.
    public Section foreign(String key) {
        return new Section(place.part(key), objectAt(key), problems, gone);
    }

    /// Parts with free names, e.g. one per integration, each completed with the keys of a template section that it does
    /// not set itself. A part set to null is left out.
    public Map<String, Section> sections(String key, String templateKey) {
        var template = objectAt(templateKey);
        var found = new LinkedHashMap<String, Section>();
        new TreeMap<>(objectAt(key)).forEach((name, value) -> {
            var path = place.path() + "." + key + "." + name;
            if (value instanceof ConfigObject own) {
                var part = new Place(path, own, place.path() + "." + templateKey);
                found.put(name, child(part, own.withFallback(template)));
            } else if (value.valueType() != ConfigValueType.NULL) {
                problems.add(value.origin(), path + " must be a section, was " + shown(value));
            }
        });
        return found;
    }

    /// Ends reading: every key of this section and its parts that was not asked for is a problem.
    public void close() {
        for (var key : new TreeSet<>(object.keySet())) {
            if (!read.contains(key)) {
                problem(
                        key,
                        gone.cure(place.of(key))
                                .map("is gone: "::concat)
                                .orElseGet(() -> "is not a key" + Spelling.hint(key, read)));
            }
        }
        children.forEach(Section::close);
    }

    private Section child(Place part, ConfigObject keys) {
        var child = new Section(part, keys, problems, gone);
        children.add(child);
        return child;
    }

    private ConfigObject objectAt(String key) {
        return value(key, "a section", EMPTY, () -> config.getObject(quoted(key)));
    }

    private ConfigOrigin originOf(String key) {
        var value = object.get(key);
        return value == null ? object.origin() : value.origin();
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

    private <T extends Comparable<T>> T within(String key, T min, T max, T found, Function<T, String> written) {
        if (found.compareTo(min) < 0) {
            problem(key, "must be at least %s, was %s".formatted(written.apply(min), shown(object.get(key))));
            return min;
        }
        if (found.compareTo(max) > 0) {
            problem(key, "must be at most %s, was %s".formatted(written.apply(max), shown(object.get(key))));
            return max;
        }
        return found;
    }

    /// A single value as written. What is inside a section or a list may be a secret and is not shown.
    private static String shown(@Nullable ConfigValue value) {
        return switch (value) {
            case null -> "nothing";
            case ConfigValue some when some.valueType() == ConfigValueType.OBJECT -> "a section";
            case ConfigValue some when some.valueType() == ConfigValueType.LIST -> "a list";
            default -> String.valueOf(value.unwrapped());
        };
    }

    private static String size(long bytes) {
        if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) {
            return (bytes >> 20) + " MiB";
        }
        return bytes >= 1 << 10 && bytes % (1 << 10) == 0 ? (bytes >> 10) + " KiB" : bytes + " B";
    }

    private static String time(Duration time) {
        return time.toString().substring(2).toLowerCase(Locale.ROOT);
    }

    private static String quoted(String key) {
        return ConfigUtil.joinPath(key);
    }
}
