package io.sluice.node.settings;

import static java.util.Map.entry;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Where a node's configuration comes from. Later wins: every `reference.conf` and our `sluice.conf` on the class path,
/// the operator's files, the environment, the definitions of the command line.
///
/// @param files       HOCON files of the operator, a later one wins
/// @param definitions `key=value` of each `-D`, a later one wins; a value in `[…]` or `{…}` is read as HOCON, any
///                    other is a text
/// @param environment variables, for `sluice-environment.conf` and for `${NAME}` in a file; an empty one counts as
/// unset
public record Configuration(List<Path> files, List<String> definitions, Map<String, String> environment) {

    private static final ConfigOrigin COMMAND_LINE = ConfigOriginFactory.newSimple("command line");

    /// Roots an operator may write under: ours, and Pekko's for tuning.
    private static final Set<String> ROOTS = Set.of("sluice", "pekko");

    /// The longest message, and each way in that bounds it; MQTT brokers do so, too.
    private static final String FRAME = "pekko.remote.artery.advanced.maximum-large-frame-size";

    private static final List<String> MESSAGE_BOUNDS = List.of("sluice.mqtt.limits.packet", "sluice.api.request-max");

    /// What a batch takes besides its last message, and that message's names.
    private static final long FRAME_REST = 3L << 20;

    /// How long the coordinator waits for a task that it moves; Pekko ends the task 5 s before. Where its node is lost
    /// meanwhile the coordinator may wait for all of that, in vain.
    private static final String HANDOFF = "pekko.cluster.sharding.handoff-timeout";

    private static final String KUBERNETES = "set sluice.cluster.kubernetes";
    private static final String CONTACTS = "pekko.management.cluster.bootstrap.contact-point-discovery";

    /// Pekko's keys that follow from ours or guard a promise: to change them here would go around our own checks.
    private static final Map<String, String> OWNED = Map.ofEntries(
            entry("pekko.remote.artery.canonical.hostname", "set sluice.cluster.host"),
            entry("pekko.remote.artery.canonical.port", "set sluice.cluster.port"),
            entry("pekko.remote.artery.bind.hostname", "set sluice.cluster.host"),
            entry("pekko.remote.artery.bind.port", "set sluice.cluster.port"),
            entry("pekko.remote.artery.enabled", "remove it"),
            entry(FRAME, "set sluice.mqtt.limits.packet"),
            entry("pekko.remote.artery.large-message-destinations", "remove it"),
            entry("pekko.remote.artery.transport", "set sluice.cluster.tls"),
            entry("pekko.remote.artery.ssl", "set sluice.cluster.tls"),
            entry("pekko.cluster.roles", "set sluice.cluster.roles"),
            entry("pekko.cluster.seed-nodes", "set sluice.cluster.discovery"),
            entry("pekko.cluster.min-nr-of-members", "set needed in sluice.cluster"),
            entry("pekko.cluster.downing-provider-class", "remove it"),
            entry(HANDOFF, "set sluice.task.drain-timeout"),
            entry("pekko.discovery.config.services-path", "set sluice.cluster.hosts.nodes"),
            entry("pekko.discovery.kubernetes-api.pod-label-selector", KUBERNETES + ".label-selector"),
            entry("pekko.discovery.kubernetes-api.pod-namespace", KUBERNETES + ".namespace"),
            entry("pekko.discovery.kubernetes-api.use-raw-ip", "remove it"),
            entry(CONTACTS + ".discovery-method", "set sluice.cluster.discovery"),
            entry(CONTACTS + ".service-name", "set sluice.cluster.discovery"),
            entry(CONTACTS + ".service-namespace", "set sluice.cluster.discovery"),
            entry(CONTACTS + ".effective-name", "set sluice.cluster.discovery"),
            entry(CONTACTS + ".protocol", "remove it"),
            entry(CONTACTS + ".port-name", KUBERNETES + ".port-name"),
            entry(CONTACTS + ".required-contact-point-nr", "set needed in sluice.cluster"),
            entry(CONTACTS + ".contact-with-all-contact-points", "remove it"),
            entry("pekko.management.cluster.bootstrap.contact-point.fallback-port", "set sluice.cluster.dns.port"),
            entry("pekko.management.cluster.bootstrap.contact-point.filter-on-fallback-port", "remove it"),
            entry("pekko.management.cluster.bootstrap.join-decider.class", "remove it"),
            entry("pekko.actor.provider", "remove it"),
            entry("pekko.actor.allow-java-serialization", "remove it"),
            entry("pekko.management.http.hostname", "set sluice.management.host"),
            entry("pekko.management.http.port", "set sluice.management.port"),
            entry("pekko.management.http.bind-hostname", "set sluice.management.host"),
            entry("pekko.management.http.bind-port", "set sluice.management.port"),
            entry("pekko.management.http.route-providers-read-only", "remove it"));

    private static final List<String> DRAINING_PHASES = List.of("service-unbind", "cluster-sharding-shutdown-region");
    private static final Duration AFTER_DRAIN = Duration.ofSeconds(5);

    public Configuration {
        files = List.copyOf(files);
        definitions = List.copyOf(definitions);
        environment = Map.copyOf(environment);
    }

    /// Only what is on the class path, as `./sluice up` without any argument in an empty environment.
    public static Configuration reference() {
        return new Configuration(List.of(), List.of(), Map.of());
    }

    /// Without the definitions and the environment: a secret may be among them.
    @Override
    public String toString() {
        return "Configuration[files=%s, %d definitions, %d variables]"
                .formatted(files, definitions.size(), environment.size());
    }

    /// Reads and merges all layers and resolves every substitution.
    ///
    /// @throws InvalidSettings if a layer cannot be read or sets a key that is not the operator's to set
    public Config resolve() {
        var problems = new Problems();
        var ours = ConfigFactory.empty();
        for (var file : files) {
            ours = fileLayer(file).withFallback(ours);
        }
        ours.root().forEach((root, value) -> checkRoot(root, value.origin(), problems));
        var commandLine = commandLine(problems);
        problems.throwIfAny();
        var all = merged(commandLine, ours);
        checkOwned(all, merged(only(commandLine), only(ours)), problems);
        problems.throwIfAny();
        return all;
    }

    /// What the actor system is given: everything but our own settings, which hold secrets and would be shown by
    /// `pekko.log-config-on-start`. The phases of its shutdown in which tasks drain outlast
    /// `sluice.task.drain-timeout`; the longest message fits into what travels between nodes.
    public static Config forActors(Config resolved) {
        return forActors(resolved, Map.of());
    }

    /// The same with keys of Pekko that follow from our settings, each among those an operator cannot set.
    public static Config forActors(Config resolved, Map<String, Object> derived) {
        var forActors = resolved.withoutPath("sluice").withFallback(resolved.withOnlyPath("sluice.dispatchers"));
        var drain = resolved.getDuration("sluice.task.drain-timeout").plus(AFTER_DRAIN);
        for (var phase : DRAINING_PHASES) {
            var path = "pekko.coordinated-shutdown.phases." + phase + ".timeout";
            if (forActors.getDuration(path).compareTo(drain) < 0) {
                forActors = forActors.withValue(path, ConfigValueFactory.fromAnyRef(drain));
            }
        }
        forActors = forActors.withValue(HANDOFF, ConfigValueFactory.fromAnyRef(drain.plus(AFTER_DRAIN)));
        for (var key : derived.entrySet()) {
            forActors = forActors.withValue(key.getKey(), ConfigValueFactory.fromAnyRef(key.getValue()));
        }
        return forActors.withValue(FRAME, ConfigValueFactory.fromAnyRef(longestMessage(resolved) + FRAME_REST));
    }

    private static long longestMessage(Config resolved) {
        var longest =
                MESSAGE_BOUNDS.stream().mapToLong(resolved::getBytes).max().orElseThrow();
        var brokers = resolved.getConfig("sluice.mqtt-brokers");
        for (var name : brokers.root().keySet()) {
            var broker = brokers.getConfig(ConfigUtil.joinPath(name))
                    .withFallback(resolved.getConfig("sluice.mqtt-broker-defaults"));
            if (broker.getBoolean("enabled")) {
                longest = Math.max(longest, broker.getBytes("packet-max"));
            }
        }
        return longest;
    }

    private Config merged(Config commandLine, Config files) {
        var layers = commandLine
                .withFallback(resource("sluice-environment.conf"))
                .withFallback(files)
                .withFallback(resource("sluice.conf"))
                .withFallback(ConfigFactory.defaultReferenceUnresolved());
        try {
            var resolved = layers.withFallback(variables()).resolve(ConfigResolveOptions.noSystem());
            var roots = layers.root().keySet();
            var kept = ConfigFactory.empty();
            for (var root : roots) {
                kept = kept.withFallback(resolved.root().withOnlyKey(root));
            }
            return kept;
        } catch (ConfigException.UnresolvedSubstitution e) {
            throw new InvalidSettings(List.of(
                    message(e) + "; set it in the environment, or put a pattern such as ${clientId} in quotes"));
        } catch (ConfigException e) {
            throw unreadable(e);
        }
    }

    private static Config only(Config layer) {
        return layer.root().withOnlyKey("sluice").toConfig();
    }

    private static Config fileLayer(Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            var was = Files.isDirectory(file) ? "a directory" : Files.exists(file) ? "not readable" : "not there";
            throw new InvalidSettings(
                    List.of("config file %s: expected a readable HOCON file, was %s".formatted(file, was)));
        }
        try {
            return ConfigFactory.parseFile(
                    file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
        } catch (ConfigException e) {
            throw unreadable(e);
        }
    }

    private Config commandLine(Problems problems) {
        var layer = ConfigFactory.empty();
        for (var definition : definitions) {
            int end = definition.indexOf('=');
            var key = end < 0 ? definition : definition.substring(0, end);
            if (end < 0) {
                problems.add("command line: -D%s: expected key=value, was no =".formatted(key));
                continue;
            }
            try {
                layer = layer.withValue(key, value(definition.substring(end + 1)));
                checkRoot(ConfigUtil.splitPath(key).getFirst(), COMMAND_LINE, problems);
            } catch (ConfigException.BadPath e) {
                problems.add("command line: -D%s: expected a key such as sluice.data-dir".formatted(key));
            } catch (ConfigException e) {
                problems.add("command line: -D%s: expected a HOCON list or section after =, %s"
                        .formatted(key, withoutTokens(e)));
            }
        }
        return layer;
    }

    private static ConfigValue value(String text) {
        var hocon = (text.startsWith("[") && text.endsWith("]")) || (text.startsWith("{") && text.endsWith("}"));
        return hocon
                ? ConfigFactory.parseString("value = " + text).getValue("value").withOrigin(COMMAND_LINE)
                : ConfigValueFactory.fromAnyRef(text).withOrigin(COMMAND_LINE);
    }

    private Config variables() {
        var values = new HashMap<String, ConfigValue>();
        environment.forEach((name, text) -> {
            if (!text.isEmpty()) {
                values.put(name, ConfigValueFactory.fromAnyRef(text, "environment variable " + name));
            }
        });
        return ConfigValueFactory.fromMap(values).toConfig();
    }

    /// Whether our own `sluice.conf` sets a path, which a file then only adds to.
    static boolean isShipped(String path) {
        return resource("sluice.conf").hasPath(path);
    }

    private static Config resource(String name) {
        return ConfigFactory.parseResources(
                Configuration.class.getClassLoader(),
                name,
                ConfigParseOptions.defaults().setAllowMissing(false));
    }

    private static void checkRoot(String root, ConfigOrigin origin, Problems problems) {
        if (!ROOTS.contains(root)) {
            problems.add(
                    origin,
                    root + " is not a root key; settings stand under sluice or pekko" + Spelling.hint(root, ROOTS));
        }
    }

    private static void checkOwned(Config all, Config untouched, Problems problems) {
        new TreeMap<>(OWNED).forEach((path, cure) -> {
            var value = all.getValue(path);
            if (!value.equals(untouched.getValue(path))) {
                problems.add(value.origin(), path + " is Sluice's own; " + cure);
            }
        });
    }

    private static InvalidSettings unreadable(ConfigException e) {
        return new InvalidSettings(List.of(message(e)));
    }

    private static String message(ConfigException e) {
        return (e.origin() == null ? "configuration" : Problems.place(e.origin())) + ": " + withoutTokens(e);
    }

    /// The parser's complaint without the tokens it quotes, which may be a secret; a lone punctuation mark is kept.
    private static String withoutTokens(ConfigException e) {
        var message = String.valueOf(e.getMessage()).replaceFirst("^.*?: \\d+: ", "");
        int advice = message.indexOf(" (if you ");
        return (advice < 0 ? message : message.substring(0, advice))
                .replaceAll("'([^\\p{L}\\p{N}'])'", "\u2018$1\u2019")
                .replaceAll("'.*'", "'\u2026'")
                .replace('\u2018', '\'')
                .replace('\u2019', '\'');
    }
}
