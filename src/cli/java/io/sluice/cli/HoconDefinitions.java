package io.sluice.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// Makes of an operator's HOCON file the JSON that the REST API takes. It is done here, beside the file: the file may
/// include others and name variables of the environment, and nobody else shall be asked to do that.
public final class HoconDefinitions {
    private static final String PATH = "sluice.integrations";
    private static final String DEFAULTS = "sluice.integration-defaults";

    private HoconDefinitions() {}

    /// The integrations of a file, as `{"integrations": [{"name": …, …}]}`, completed with its own
    /// `sluice.integration-defaults` if it has any. What else stands in it is left out.
    ///
    /// @throws IllegalArgumentException if the file cannot be read, in words for who wrote it
    public static String json(Path file, Map<String, String> environment) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new IllegalArgumentException("file [%s]: expected a readable HOCON file".formatted(file));
        }
        try {
            return json(file, resolved(file, environment));
        } catch (ConfigException.UnresolvedSubstitution e) {
            throw new IllegalArgumentException(
                    words(file, e) + "; set it in the environment, or put a pattern such as ${clientId} in quotes", e);
        } catch (ConfigException e) {
            throw new IllegalArgumentException(words(file, e), e);
        }
    }

    private static Config resolved(Path file, Map<String, String> environment) {
        var variables = new LinkedHashMap<String, Object>(environment);
        variables.values().removeIf(""::equals);
        return ConfigFactory.parseFile(
                        file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false))
                .withFallback(ConfigFactory.empty()
                        .withValue(DEFAULTS, ConfigFactory.empty().root()))
                .withFallback(ConfigValueFactory.fromMap(variables))
                .resolve(ConfigResolveOptions.noSystem());
    }

    private static String json(Path file, Config config) {
        if (!config.hasPath(PATH)) {
            throw new IllegalArgumentException("file [%s]: expected %s, was none".formatted(file, PATH));
        }
        var definitions = new ArrayList<ConfigObject>();
        new TreeMap<>(config.getObject(PATH)).forEach((name, value) -> {
            if (value instanceof ConfigObject definition) {
                if (definition.containsKey("name")) {
                    throw new IllegalArgumentException("%s: %s.%s: expected no key name, for this is its name"
                            .formatted(place(file, value.origin()), PATH, name));
                }
                definitions.add(definition
                        .withFallback(config.getValue(DEFAULTS))
                        .withValue("name", ConfigValueFactory.fromAnyRef(name)));
            }
        });
        return ConfigValueFactory.fromIterable(definitions)
                .atKey("integrations")
                .root()
                .render(ConfigRenderOptions.concise());
    }

    /// Without what it quotes of the file, which may be a secret of another section.
    private static String words(Path file, ConfigException e) {
        var message = String.valueOf(e.getMessage()).replaceFirst("^.*?: \\d+: ", "");
        return (e.origin() == null ? file.toString() : place(file, e.origin())) + ": "
                + message.replaceAll("'.*'", "'…'");
    }

    private static String place(Path file, ConfigOrigin origin) {
        var name = origin.filename() == null ? file.toString() : origin.filename();
        return origin.lineNumber() > 0 ? name + ": " + origin.lineNumber() : name;
    }
}
