package io.sluice.node.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.Properties;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/// Adds the headers that are the publisher's or the operator's. A header of the operator takes the place of the
/// publisher's of the same name; neither can take the place of one of ours. A header that comes out empty is left out.
final class HeaderRules {
    private static final List<String> OUR_PREFIXES = List.of("ce_", "ce-", "sluice-", "mqtt-");

    /// A header of the operator: the same for all arrivals, or made for each.
    private sealed interface Rule {}

    private record Same(Header header) implements Rule {}

    private record Made(String name, Template value) implements Rule {}

    private final List<Rule> rules = new ArrayList<>();
    private final Set<String> names;
    private final boolean contentType;
    private final boolean userProperties;
    private final PayloadJson json;

    /// @param headers        name to pattern
    /// @param parser         makes a template of a field's name and a pattern
    /// @param userProperties MQTT 5 user properties become headers
    /// @throws IllegalArgumentException for a name that is ours or a pattern that is none
    HeaderRules(
            Map<String, String> headers,
            BiFunction<String, String, Template> parser,
            boolean userProperties,
            PayloadJson json) {
        new TreeMap<>(headers).forEach((name, pattern) -> {
            if (name.isEmpty() || isOurs(name)) {
                throw new IllegalArgumentException("header \"" + name
                        + "\": expected a name that does not begin with ce_, ce-, sluice- or mqtt-, was one of ours");
            }
            var value = parser.apply("header \"" + name + "\"", pattern);
            value.constant()
                    .ifPresentOrElse(
                            text -> rules.add(new Same(HeaderList.header(name, text))),
                            () -> rules.add(new Made(name, value)));
        });
        this.names = Set.copyOf(headers.keySet());
        this.contentType = names.stream().anyMatch("content-type"::equalsIgnoreCase);
        this.userProperties = userProperties;
        this.json = json;
    }

    /// The publisher's content type, under a name of its own where `content-type` is about something else.
    void addContentType(String name, Arrival arrival, HeaderList headers) {
        var value = arrival.properties().contentType();
        if (!value.isEmpty() && !contentType) {
            headers.add(name, value);
        }
    }

    /// @param asEvent the record is a CloudEvent, so the attributes that a publisher gave its own stand in it already
    void add(Arrival arrival, boolean asEvent, HeaderList headers) throws Unformattable {
        var properties = arrival.properties();
        if (!properties.responseTopic().isEmpty()) {
            headers.add("mqtt-response-topic", properties.responseTopic());
        }
        if (properties.correlationData().length > 0) {
            headers.add(new RecordHeader("mqtt-correlation-data", properties.correlationData()));
        }
        if (userProperties) {
            addUserProperties(properties, asEvent && PublishedEvent.isIn(properties), headers);
        }
        for (int i = 0; i < rules.size(); i++) {
            switch (rules.get(i)) {
                case Same(var header) -> headers.add(header);
                case Made(var name, var template) -> {
                    var value = template.text(arrival, json);
                    if (!value.isEmpty()) {
                        headers.add(new RecordHeader(name, value.getBytes(UTF_8)));
                    }
                }
            }
        }
    }

    private void addUserProperties(Properties properties, boolean withoutAttributes, HeaderList headers) {
        for (int i = 0; i < properties.user().size(); i++) {
            var name = properties.user().get(i).name();
            var taken = name.isEmpty() || isOurs(name) || names.contains(name) || name.equalsIgnoreCase("content-type");
            if (!taken && !(withoutAttributes && PublishedEvent.isAttribute(name))) {
                headers.add(name, properties.user().get(i).value());
            }
        }
    }

    private static boolean isOurs(String name) {
        for (var prefix : OUR_PREFIXES) {
            if (name.regionMatches(true, 0, prefix, 0, prefix.length())) {
                return true;
            }
        }
        return false;
    }
}
