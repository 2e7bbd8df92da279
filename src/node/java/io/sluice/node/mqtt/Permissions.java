package io.sluice.node.mqtt;

import io.sluice.node.route.SplitFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What one client may publish to and subscribe to; all else is refused.
record Permissions(List<SplitFilter> publish, List<SplitFilter> subscribe) {

    static Permissions of(MqttSettings.Rights rights, String clientId, String username) {
        return new Permissions(
                filled(rights.publish(), clientId, username), filled(rights.subscribe(), clientId, username));
    }

    boolean mayPublish(String topic) {
        return publish.stream().anyMatch(filter -> filter.matches(topic));
    }

    boolean maySubscribe(SplitFilter wished) {
        return subscribe.stream().anyMatch(filter -> filter.covers(wished));
    }

    /// A client that calls itself `#` must not gain more than its own level, nor one that calls itself `$SYS` what only
    /// a filter with a `$` of its own gives: a filter whose placeholder would change its shape gives nothing.
    private static List<SplitFilter> filled(List<String> filters, String clientId, String username) {
        var filled = new ArrayList<SplitFilter>();
        for (var filter : filters) {
            var shaped = (filter.contains("%c") && !isOneLevel(clientId))
                    || (filter.contains("%u") && !isOneLevel(username));
            if (!shaped) {
                var text = fill(filter, clientId, username);
                if (filter.startsWith("$") || !text.startsWith("$")) {
                    parsed(text).ifPresent(filled::add);
                }
            }
        }
        return List.copyOf(filled);
    }

    private static Optional<SplitFilter> parsed(String text) {
        try {
            return Optional.of(SplitFilter.of(text));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// In one pass, so that a client id that holds `%u` stays what it is.
    private static String fill(String filter, String clientId, String username) {
        var filled = new StringBuilder();
        for (int i = 0; i < filter.length(); i++) {
            if (filter.startsWith("%c", i)) {
                filled.append(clientId);
                i++;
            } else if (filter.startsWith("%u", i)) {
                filled.append(username);
                i++;
            } else {
                filled.append(filter.charAt(i));
            }
        }
        return filled.toString();
    }

    private static boolean isOneLevel(String text) {
        return !text.isEmpty() && text.chars().noneMatch(c -> c == '/' || c == '+' || c == '#');
    }
}
