package io.sluice.node.broker;

import static java.util.Map.entry;

import io.sluice.node.settings.Spelling;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Decides which Kafka producer properties a user may set: an allow list, because a Kafka client's properties can read
/// files, open sockets, load classes and run commands. A refusal names the key and the reason, never the value.
public final class KafkaProperties {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{");

    /// What a value must be, in words and as a test.
    private record Allowed(String expected, Predicate<String> fits) {

        static Allowed number(long min, long max) {
            return new Allowed("a whole number from %d to %d".formatted(min, max), value -> {
                try {
                    var number = Long.parseLong(value);
                    return number >= min && number <= max;
                } catch (NumberFormatException e) {
                    return false;
                }
            });
        }

        static Allowed oneOf(String words) {
            return matching("one of " + words.replace("|", ", "), words);
        }

        static Allowed matching(String expected, String regex) {
            return new Allowed(expected, Pattern.compile(regex).asMatchPredicate());
        }
    }

    private static final Allowed MILLIS = Allowed.number(0, 3_600_000);
    private static final Allowed TIMEOUT = Allowed.number(1_000, 600_000);
    private static final Allowed SOCKET_BUFFER = Allowed.number(-1, 64 << 20);

    private static final Map<String, Allowed> ALLOWED = Map.ofEntries(
            entry("client.dns.lookup", Allowed.oneOf("use_all_dns_ips|resolve_canonical_bootstrap_servers_only")),
            entry("compression.gzip.level", Allowed.matching("-1 or from 1 to 9", "-1|[1-9]")),
            entry("compression.lz4.level", Allowed.number(1, 17)),
            entry("compression.zstd.level", Allowed.number(-131_072, 22)),
            entry("connections.max.idle.ms", Allowed.number(10_000, 3_600_000)),
            entry("enable.metrics.push", Allowed.oneOf("true|false")),
            entry("metadata.max.age.ms", Allowed.number(1_000, 3_600_000)),
            entry("metadata.max.idle.ms", Allowed.number(5_000, 3_600_000)),
            entry("metadata.recovery.rebootstrap.trigger.ms", MILLIS),
            entry("metadata.recovery.strategy", Allowed.oneOf("rebootstrap|none")),
            entry("metrics.num.samples", Allowed.number(1, 100)),
            entry("metrics.recording.level", Allowed.oneOf("INFO|DEBUG|TRACE")),
            entry("metrics.sample.window.ms", Allowed.number(1_000, 3_600_000)),
            entry("partitioner.adaptive.partitioning.enable", Allowed.oneOf("true|false")),
            entry("partitioner.availability.timeout.ms", MILLIS),
            entry("receive.buffer.bytes", SOCKET_BUFFER),
            entry("reconnect.backoff.max.ms", MILLIS),
            entry("reconnect.backoff.ms", MILLIS),
            entry("request.timeout.ms", TIMEOUT),
            entry("retry.backoff.max.ms", MILLIS),
            entry("retry.backoff.ms", MILLIS),
            entry("send.buffer.bytes", SOCKET_BUFFER),
            entry("socket.connection.setup.timeout.max.ms", TIMEOUT),
            entry("socket.connection.setup.timeout.ms", TIMEOUT),
            entry(
                    "ssl.cipher.suites",
                    Allowed.matching("names of cipher suites with commas", "TLS_[A-Z0-9_]+(,TLS_[A-Z0-9_]+)*")),
            entry(
                    "ssl.enabled.protocols",
                    Allowed.matching("TLSv1.2, TLSv1.3 or both with a comma", "TLSv1\\.[23](,TLSv1\\.[23])?")),
            entry("ssl.endpoint.identification.algorithm", Allowed.oneOf("https")),
            entry("ssl.protocol", Allowed.oneOf("TLSv1.2|TLSv1.3")),
            entry("transaction.timeout.ms", Allowed.number(1_000, 900_000)));

    private static final String PROMISE = "no loss and order per subject depend on it";

    /// Keys that Sluice sets, and what to set instead.
    private static final Map<String, String> OWNED = Map.ofEntries(
            entry("acks", "set acks of the integration"),
            entry("batch.size", "set batch-size of the integration"),
            entry("bootstrap.servers", "set bootstrap-servers of the broker"),
            entry("buffer.memory", "set buffer-memory of the integration"),
            entry("client.id", "set client-id-prefix of the integration"),
            entry("compression.type", "set compression of the integration"),
            entry("linger.ms", "set linger of the integration"),
            entry("max.request.size", "set max-request-size of the integration"),
            entry("sasl.jaas.config", "set auth, user and password of the broker"),
            entry("sasl.mechanism", "set auth of the broker"),
            entry("security.protocol", "set auth and tls of the broker"),
            entry("transactional.id", "set fencing of the integration"),
            entry("ssl.keystore.certificate.chain", "set client-cert of the broker"),
            entry("ssl.keystore.key", "set client-key of the broker"),
            entry("ssl.truststore.certificates", "set ca-cert of the broker"),
            entry("delivery.timeout.ms", PROMISE),
            entry("enable.idempotence", PROMISE),
            entry("max.block.ms", PROMISE),
            entry("max.in.flight.requests.per.connection", PROMISE),
            entry("partitioner.ignore.keys", PROMISE),
            entry("retries", PROMISE),
            entry("transaction.two.phase.commit.enable", PROMISE),
            entry("allow.auto.create.topics", PROMISE),
            entry("auto.offset.reset", PROMISE),
            entry("enable.auto.commit", PROMISE),
            entry("isolation.level", PROMISE));

    /// Keys that no user may ever set, and why.
    private record Never(Pattern keys, String reason) {
        Never(String keys, String reason) {
            this(Pattern.compile(keys), reason);
        }
    }

    private static final String CLASS = "it loads a class by name";
    private static final List<Never> NEVER = List.of(
            new Never("config\\.providers.*", "it reads files and the environment into other properties"),
            new Never(".*(serializer|\\.class|\\.classes)|metric\\.reporters", CLASS),
            new Never(".*\\.assignment\\.strategy|security\\.providers|ssl\\.provider", CLASS),
            new Never(
                    "ssl\\.(keystore|truststore)\\..*|ssl\\.key\\.password",
                    "it opens a file; set ca-cert, client-cert and client-key of the broker"),
            new Never(".*\\.file", "it opens a file"),
            new Never(".*\\.url", "it opens a connection or a file"),
            new Never("sasl\\.kerberos\\..*", "it runs a command"));

    private KafkaProperties() {}

    /// Why a user may not set a property to a value, empty if they may. To be read after the property's name.
    public static Optional<String> refusal(String key, String value) {
        if (REFERENCE.matcher(value).find()) {
            return Optional.of("is refused: a value with ${…} reads files or the environment");
        }
        var allowed = ALLOWED.get(key);
        if (allowed != null) {
            return allowed.fits().test(value)
                    ? Optional.empty()
                    : Optional.of("is refused: it must be " + allowed.expected());
        }
        var cure = OWNED.get(key);
        if (cure != null) {
            return Optional.of("is refused: Sluice sets it; " + cure);
        }
        return NEVER.stream()
                .filter(never -> never.keys().matcher(key).matches())
                .map(never -> "is refused: " + never.reason())
                .findFirst()
                .or(() -> Optional.of(
                        "is refused: not among the properties that may be set" + Spelling.hint(key, ALLOWED.keySet())));
    }
}
