package io.sluice.node.settings;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/// A definition that came over the network, read as a section of a file is. It is JSON and nothing more: it includes
/// no file, opens no URL and names no variable.
public final class Definition {
    static final int DEPTH_MAX = 20;
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
            .build();

    private Definition() {}

    /// A section of its keys, completed with those of a template; what cannot be read is a problem.
    ///
    /// @param kind     first word of each key in a problem
    /// @param template a section of the resolved configuration, e.g. `sluice.integration-defaults`
    public static Section section(String kind, String json, Config resolved, String template, Problems problems) {
        var completed = own(kind, json, problems).withFallback(resolved.getConfig(template));
        return Section.of(completed.atKey(kind), kind, problems);
    }

    /// One text at the top of a definition, or that of the template; empty if neither has it or it cannot be read. For
    /// what refers to others: a definition that is good is read as a section.
    public static String text(String json, Config resolved, String template, String key) {
        var found = resolved.getConfig(template).getString(key);
        try (var parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return found;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var isIt = parser.currentName().equals(key);
                if (parser.nextToken() == JsonToken.VALUE_STRING && isIt) {
                    return parser.getText();
                }
                parser.skipChildren();
            }
            return found;
        } catch (JsonProcessingException _) {
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Read once without recursion, for what comes after it is recursive and takes the last of two equal names.
    private static Optional<String> notJson(String json) {
        try (var parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.of("expected {, was " + parser.currentToken());
            }
            parser.skipChildren();
            return parser.nextToken() == null ? Optional.empty() : Optional.of("expected nothing after the last }");
        } catch (JsonProcessingException e) {
            return Optional.of(e.getOriginalMessage() + place(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String place(JsonProcessingException e) {
        var place = e.getLocation();
        return place == null ? "" : ", line %d, column %d".formatted(place.getLineNr(), place.getColumnNr());
    }

    private static Config own(String kind, String json, Problems problems) {
        var notJson = notJson(json);
        if (notJson.isPresent()) {
            problems.add("%s must be a JSON object: %s".formatted(kind, notJson.get()));
            return ConfigFactory.empty();
        }
        var options = ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON).setOriginDescription("definition");
        try {
            return ConfigFactory.parseString(json, options);
        } catch (ConfigException e) {
            problems.add("%s must be a JSON object: %s".formatted(kind, e.getMessage()));
            return ConfigFactory.empty();
        }
    }
}
