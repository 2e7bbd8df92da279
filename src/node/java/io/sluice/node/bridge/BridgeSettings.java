package io.sluice.node.bridge;

import io.sluice.node.route.TopicFilter;
import io.sluice.node.secret.Secret;
import io.sluice.node.settings.Pem;
import io.sluice.node.settings.Section;
import io.sluice.node.settings.ServerAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// One broker of `sluice.mqtt-brokers`. Each field is explained at its key in `reference.conf`.
///
/// @param five           whether MQTT 5 is spoken, else 3.1.1
/// @param clientId       the same on every node: the session moves with it
/// @param user           empty: no name is given
/// @param tls            empty: plain TCP
/// @param filters        QoS by topic filter, in alphabetical order, without `$share`
/// @param shareGroup     empty: the subscriptions are not shared
/// @param receiveMaximum QoS 1 and 2 messages that may wait for their acknowledgement
/// @param inFlightBytes  what may wait, QoS 0 included
/// @param packetMax      longest packet, in bytes
public record BridgeSettings(
        String name,
        boolean enabled,
        String host,
        int port,
        boolean five,
        String clientId,
        String user,
        Secret password,
        Optional<Tls> tls,
        Map<String, Integer> filters,
        String shareGroup,
        Publisher publisher,
        Duration sessionExpiry,
        int receiveMaximum,
        long inFlightBytes,
        int packetMax,
        Duration keepAlive,
        Duration connectTimeout,
        Backoff backoff) {

    /// PEM files.
    ///
    /// @param caCert     certificates we trust; empty: those of the Java runtime
    /// @param clientCert our certificate chain
    /// @param clientKey  its private key
    public record Tls(Optional<Path> caCert, Optional<Path> clientCert, Optional<Path> clientKey) {}

    /// Pauses between attempts.
    ///
    /// @param jitter part of a pause that is random, 0 to 1
    public record Backoff(Duration min, Duration max, double jitter) {
        /// @param failures in a row, at least 1
        /// @param random   from 0 to 1
        Duration pause(int failures, double random) {
            var doubled = min.toMillis() * Math.pow(2, Math.min(failures - 1, 30));
            var whole = Math.min(doubled, (double) max.toMillis());
            return Duration.ofMillis(Math.round(whole * (1 - jitter * random)));
        }
    }

    private enum TlsMode {
        AUTO,
        ON,
        OFF
    }

    private enum Version {
        FIVE,
        THREE;

        private static final Map<String, Version> WORDS = new TreeMap<>(Map.of("5", FIVE, "3", THREE));
    }

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,48}");
    private static final String EXAMPLE = "mqtt.example.org:1883 or [::1]:1883";
    private static final int MIB = 1 << 20;

    public BridgeSettings {
        filters = new TreeMap<>(filters);
    }

    @Override
    public Map<String, Integer> filters() {
        return new TreeMap<>(filters);
    }

    /// Reads every section of `sluice.mqtt-brokers`.
    public static List<BridgeSettings> all(Map<String, Section> sections) {
        var found = new ArrayList<BridgeSettings>();
        var byClientId = new LinkedHashMap<String, String>();
        sections.forEach((name, section) -> {
            var settings = from(name, section);
            found.add(settings);
            var server = settings.host + ":" + settings.port;
            var other = byClientId.putIfAbsent(server + " " + settings.clientId, name);
            if (other != null && settings.enabled) {
                section.problem(
                        "client-id",
                        "must be its own at server %s, was %s as of %s; each would push the other out"
                                .formatted(server, settings.clientId, other));
            }
        });
        return found;
    }

    /// Reads one section of `sluice.mqtt-brokers`.
    public static BridgeSettings from(String name, Section section) {
        if (!NAME.matcher(name).matches()) {
            section.problems()
                    .add(
                            section.origin(),
                            section.path() + " must have a name of 1 to 48 letters, digits, underscores or dashes");
        }
        var five = section.choice("version", Version.WORDS) == Version.FIVE;
        var server = server(section);
        var clientId = section.text("client-id");
        var settings = new BridgeSettings(
                name,
                section.flag("enabled"),
                server.substring(0, server.lastIndexOf(':')),
                Integer.parseInt(server.substring(server.lastIndexOf(':') + 1)),
                five,
                clientId.isEmpty() ? "sluice-" + name : clientId,
                section.text("user"),
                section.secret("password"),
                tls(section),
                filters(section),
                section.text("share-group"),
                section.parsed("publisher", new Publisher.Broker(), Publisher::parse),
                section.duration("session-expiry", Duration.ofSeconds(1), Duration.ofDays(365)),
                section.number("receive-maximum", 1, 65_535),
                section.bytes("in-flight-bytes", 64 << 10, 1L << 30),
                (int) section.bytes("packet-max", 1 << 10, 256 * MIB),
                section.duration("keep-alive", Duration.ofSeconds(1), Duration.ofHours(1)),
                section.duration("connect-timeout", Duration.ofMillis(100), Duration.ofMinutes(2)),
                backoff(section));
        settings.check(section);
        return settings;
    }

    private void check(Section section) {
        if (user.isEmpty() && !password.isEmpty()) {
            section.problem("user", "must not be empty when there is a password");
        }
        if (!five && clientId.isBlank()) {
            section.problem("client-id", "must not be blank");
        }
        if (!shareGroup.isEmpty() && !five) {
            section.problem("share-group", "must be empty when version is 3; shared subscriptions are of MQTT 5");
        }
        if (shareGroup.chars().anyMatch(c -> c == '/' || c == '+' || c == '#')) {
            section.problem("share-group", "must be without / + and #, was " + shareGroup);
        }
        if (!five && publisher.needsProperties()) {
            section.problem("publisher", "must not be a property when version is 3; only MQTT 5 has properties");
        }
        if (enabled && filters.isEmpty()) {
            section.problem("filters", "must hold at least one topic filter, e.g. { \"plant/#\" = 1 }");
        }
    }

    private static String server(Section section) {
        var server = section.text("server");
        try {
            ServerAddress.check(server, EXAMPLE);
            return server;
        } catch (IllegalArgumentException e) {
            section.problem("server", "must be a " + e.getMessage());
            return "localhost:1883";
        }
    }

    private static Optional<Tls> tls(Section section) {
        var mode = section.choice("tls", TlsMode.class);
        var files = new Tls(
                Pem.CERTIFICATE.file(section, "ca-cert"),
                Pem.CERTIFICATE.file(section, "client-cert"),
                Pem.PRIVATE_KEY.file(section, "client-key"));
        var isNamed = files.caCert.isPresent() || files.clientCert.isPresent() || files.clientKey.isPresent();
        if (files.clientCert.isPresent() && files.clientKey.isEmpty()) {
            section.problem("client-key", "must name a PEM file, together with client-cert");
        }
        if (files.clientKey.isPresent() && files.clientCert.isEmpty()) {
            section.problem("client-cert", "must name a PEM file, together with client-key");
        }
        if (mode == TlsMode.OFF && isNamed) {
            section.problem("tls", "must not be off while a certificate is named");
        }
        return mode == TlsMode.ON || (mode == TlsMode.AUTO && isNamed) ? Optional.of(files) : Optional.empty();
    }

    private static Map<String, Integer> filters(Section section) {
        var found = new TreeMap<String, Integer>();
        section.textMap("filters", (filter, qos) -> {
                    try {
                        TopicFilter.parse(filter);
                    } catch (IllegalArgumentException e) {
                        return Optional.of("is no topic filter: " + e.getMessage());
                    }
                    return qos.matches("[012]")
                            ? Optional.empty()
                            : Optional.of("must be a QoS, 0, 1 or 2, was " + qos);
                })
                .forEach((filter, qos) -> found.put(filter, Integer.parseInt(qos)));
        return found;
    }

    private static Backoff backoff(Section section) {
        var min = section.duration("backoff-min", Duration.ofMillis(10), Duration.ofMinutes(1));
        var max = section.duration("backoff-max", Duration.ofMillis(10), Duration.ofHours(1));
        if (max.compareTo(min) < 0) {
            section.problem("backoff-max", "must be at least backoff-min");
        }
        return new Backoff(min, max, section.fraction("backoff-jitter", 0, 1));
    }

    /// As the broker is to see it.
    String subscription(String filter) {
        return shareGroup.isEmpty() ? filter : "$share/" + shareGroup + "/" + filter;
    }

    String server() {
        return host + ":" + port;
    }
}
