package io.sluice.node.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;

/// A definition that came over the network, read as a section of a file is. It is JSON and nothing more: it includes no
/// file, opens no URL and names no variable.
public final class Definition {
    private Definition() {}

    /// A section of its keys, completed with those of a template; what cannot be read is a problem.
    ///
    /// @param kind     first word of each key in a problem
    /// @param template a section of the resolved configuration, e.g. `sluice.integration-defaults`
    public static Section section(String kind, String json, Config resolved, String template, Problems problems) {
        var completed = own(kind, json, problems).withFallback(resolved.getConfig(template));
        return Section.of(completed.atKey(kind), kind, problems);
    }

    private static Config own(String kind, String json, Problems problems) {
        var options = ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON).setOriginDescription("definition");
        try {
            return ConfigFactory.parseString(json, options);
        } catch (ConfigException e) {
            problems.add("%s must be a JSON object: %s".formatted(kind, e.getMessage()));
            return ConfigFactory.empty();
        }
    }
}
