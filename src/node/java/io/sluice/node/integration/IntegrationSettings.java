package io.sluice.node.integration;

import io.sluice.node.broker.BrokerSettings;
import io.sluice.node.broker.KafkaProperties;
import io.sluice.node.format.FormatSettings;
import io.sluice.node.settings.Section;
import io.sluice.node.settings.Spelling;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerConfig;

/// One integration: which messages it wants, what records they become, and how these reach Kafka.
///
/// @param name            free name, in client ids, metrics and logs
/// @param enabled         whether it runs; a disabled one is still checked
/// @param filters         MQTT topic filters, at least one
/// @param broker          name of the Kafka cluster
/// @param format          how records are made
/// @param clientIdPrefix  first part of the Kafka client id
/// @param acks            when a record counts as safe
/// @param compression     of batches on the wire and on disk
/// @param batchSize       bytes a batch to one partition may reach
/// @param linger          how long a batch waits for company; empty: adaptive
/// @param bufferMemory    bytes one task's producer may hold
/// @param maxRequestSize  bytes of the largest request, thus of the largest record
/// @param otherProperties Kafka producer properties that passed the allow list
/// @param tasks           how many streams share the subjects
/// @param fencing         what keeps a resumed old owner from writing
/// @param onSuccess       integration that gets what was delivered, empty if none
/// @param onFailure       integration that gets what cannot be delivered, empty if none
/// @param queue           whether messages wait for their tasks in a queue, and in which
public record IntegrationSettings(
        String name,
        boolean enabled,
        List<String> filters,
        String broker,
        FormatSettings format,
        String clientIdPrefix,
        Acks acks,
        Compression compression,
        int batchSize,
        Optional<Duration> linger,
        long bufferMemory,
        int maxRequestSize,
        Map<String, String> otherProperties,
        int tasks,
        Fencing fencing,
        String onSuccess,
        String onFailure,
        Queue queue) {

    /// Whether each subject has the task that it had by other settings, and goes the same way to it.
    public boolean distributesAs(IntegrationSettings other) {
        return distribution().equals(other.distribution()) && queue.isSamePlace(other.queue());
    }

    /// When a record counts as safe.
    public enum Acks {
        /// Every in-sync replica has it.
        ALL("all"),
        /// The partition's leader has it: lost if the leader dies before it is copied.
        LEADER("1"),
        /// It was sent: lost by any fault.
        SENT("0");

        private static final Map<String, Acks> WORDS = words();
        private final String word;

        Acks(String word) {
            this.word = word;
        }

        private static Map<String, Acks> words() {
            var words = new LinkedHashMap<String, Acks>();
            for (var acks : values()) {
                words.put(acks.word, acks);
            }
            return words;
        }
    }

    /// Compression of batches.
    public enum Compression {
        NONE,
        GZIP,
        SNAPPY,
        LZ4,
        ZSTD
    }

    /// What keeps a resumed old owner of a task from writing.
    public enum Fencing {
        /// Nothing: it may repeat its last window.
        NONE,
        /// A transactional id per task: Kafka refuses the old owner.
        TRANSACTIONAL
    }

    /// Where messages wait for their tasks.
    public enum QueueKind {
        /// With the node that received them: publishers wait for the target.
        NONE,
        /// In a Kafka topic: publishers wait for that.
        KAFKA
    }

    /// @param broker    name of the Kafka cluster it is in
    /// @param retention how long a message may be in it; empty: without end
    /// @param sizeMax   bytes each task's part may have; 0: any
    public record Queue(QueueKind kind, String broker, Optional<Duration> retention, long sizeMax) {
        private static Queue from(Section section) {
            return new Queue(
                    section.choice("queue", QueueKind.class),
                    section.text("queue-broker"),
                    section.durationOr("endless", "queue-retention", Duration.ofMinutes(1), Duration.ofDays(3650)),
                    section.bytes("queue-size-max", 0, 1024L * 1024 * 1024 * MIB));
        }

        public boolean isKafka() {
            return kind == QueueKind.KAFKA;
        }

        /// Whether messages that follow the one need not wait for those that follow the other.
        public boolean isSamePlace(Queue other) {
            return kind == other.kind && (kind == QueueKind.NONE || broker.equals(other.broker));
        }
    }

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._-]{1,100}");
    private static final int MIB = 1 << 20;

    public IntegrationSettings {
        filters = List.copyOf(filters);
        otherProperties = Map.copyOf(otherProperties);
    }

    /// Reads every section of `sluice.integrations`.
    ///
    /// @param brokers names of all brokers
    public static List<IntegrationSettings> all(
            Map<String, Section> sections, Set<String> brokers, Consumer<String> filterCheck) {
        var found = new LinkedHashMap<String, IntegrationSettings>();
        sections.forEach((name, section) -> found.put(name, from(name, section, brokers, filterCheck)));
        var chains = new Chains(found.values().stream()
                .collect(Collectors.toMap(IntegrationSettings::name, IntegrationSettings::next)));
        sections.forEach((name, section) -> chains.check(name, section::problem));
        return List.copyOf(found.values());
    }

    /// Reads one section; where it sends on is judged by [#all(Map, Set, Consumer)], which knows the others.
    ///
    /// @param brokers names of all brokers
    public static IntegrationSettings from(
            String name, Section section, Set<String> brokers, Consumer<String> filterCheck) {
        var settings = new IntegrationSettings(
                name,
                section.flag("enabled"),
                section.texts("filters", filterCheck),
                section.text("broker"),
                FormatSettings.from(section, name),
                section.text("client-id-prefix"),
                section.choice("acks", Acks.WORDS),
                section.choice("compression", Compression.class),
                (int) section.bytes("batch-size", 0, 16L * MIB),
                section.durationOr("adaptive", "linger", Duration.ZERO, Duration.ofSeconds(5)),
                section.bytes("buffer-memory", MIB, 1024L * MIB),
                (int) section.bytes("max-request-size", 16 << 10, 64L * MIB),
                section.textMap("other-properties", KafkaProperties::refusal),
                section.number("tasks", 1, 128),
                section.choice("fencing", Fencing.class),
                section.text("on-success"),
                section.text("on-failure"),
                Queue.from(section));
        settings.check(section, brokers);
        return settings;
    }

    /// Where it sends on what became of its messages.
    public Next next() {
        return new Next(onSuccess, onFailure);
    }

    private void check(Section section, Set<String> brokers) {
        if (!NAME.matcher(name).matches()) {
            section.problems()
                    .add(
                            section.origin(),
                            "integration [%s]: expected a name of at most 64 letters, digits, underscores or dashes"
                                    .formatted(name));
        }
        if (filters.isEmpty()) {
            section.problem("filters", "must hold at least one topic filter, e.g. \"#\"");
        }
        if (new LinkedHashSet<>(filters).size() < filters.size()) {
            section.problem("filters", "must not hold a topic filter twice");
        }
        if (!brokers.contains(broker)) {
            section.problem(
                    "broker",
                    "must be one of %s, was %s%s; brokers stand under sluice.brokers"
                            .formatted(String.join(", ", brokers), broker, Spelling.hint(broker, brokers)));
        }
        if (!brokers.contains(queue.broker())) {
            section.problem(
                    "queue-broker",
                    "must be one of %s, was %s%s; brokers stand under sluice.brokers"
                            .formatted(
                                    String.join(", ", brokers),
                                    queue.broker(),
                                    Spelling.hint(queue.broker(), brokers)));
        }
        if (!PREFIX.matcher(clientIdPrefix).matches()) {
            section.problem(
                    "client-id-prefix",
                    "must be 1 to 100 letters, digits, dots, underscores or dashes, was " + clientIdPrefix);
        }
        if (bufferMemory < maxRequestSize) {
            section.problem("buffer-memory", "must be at least max-request-size, or the largest record never fits");
        }
        if (bufferMemory < batchSize) {
            section.problem("batch-size", "must be at most buffer-memory, or no batch ever fits");
        }
        if (fencing == Fencing.TRANSACTIONAL && acks != Acks.ALL) {
            section.problem("fencing", "must be none unless acks is all");
        }
    }

    /// Equal for two as long as each subject stays with its task.
    public String distribution() {
        var metadata = format.subject().contains("metadata") ? format.metadata() : Map.of();
        var subjects = List.of(format.subject(), format.missing().subject().name(), metadata);
        return tasks + "-" + Integer.toHexString(subjects.hashCode());
    }

    /// What the producer of one task is given; the caller adds the serializers. Order and safety before speed: a batch
    /// never expires, because later ones would overtake it.
    public Map<String, Object> producerProperties(BrokerSettings broker, int task) {
        var safe = acks == Acks.ALL;
        var properties = new LinkedHashMap<String, Object>(otherProperties);
        properties.putAll(broker.clientProperties());
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, "%s-%s-%d".formatted(clientIdPrefix, name, task));
        properties.put(ProducerConfig.ACKS_CONFIG, acks.word);
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, safe);
        properties.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.MAX_VALUE);
        properties.put(
                ProducerConfig.COMPRESSION_TYPE_CONFIG, compression.name().toLowerCase(Locale.ROOT));
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, batchSize);
        properties.put(
                ProducerConfig.LINGER_MS_CONFIG, linger.orElse(Duration.ZERO).toMillis());
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, bufferMemory);
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, maxRequestSize);
        if (fencing == Fencing.TRANSACTIONAL) {
            properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "sluice-%s-%d".formatted(name, task));
        }
        return properties;
    }
}
