package io.sluice.node.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaPropertiesTest {
    private static final String VALUE = "hunter2";

    /// Written here once more on purpose: a key joins the list by two edits, not by one.
    private static final Map<String, String> ALLOWED = Map.ofEntries(
            Map.entry("client.dns.lookup", "use_all_dns_ips"),
            Map.entry("compression.gzip.level", "9"),
            Map.entry("compression.lz4.level", "17"),
            Map.entry("compression.zstd.level", "22"),
            Map.entry("connections.max.idle.ms", "540000"),
            Map.entry("enable.metrics.push", "false"),
            Map.entry("metadata.max.age.ms", "300000"),
            Map.entry("metadata.max.idle.ms", "300000"),
            Map.entry("metadata.recovery.rebootstrap.trigger.ms", "300000"),
            Map.entry("metadata.recovery.strategy", "none"),
            Map.entry("metrics.num.samples", "2"),
            Map.entry("metrics.recording.level", "DEBUG"),
            Map.entry("metrics.sample.window.ms", "30000"),
            Map.entry("partitioner.adaptive.partitioning.enable", "false"),
            Map.entry("partitioner.availability.timeout.ms", "0"),
            Map.entry("receive.buffer.bytes", "-1"),
            Map.entry("reconnect.backoff.max.ms", "1000"),
            Map.entry("reconnect.backoff.ms", "50"),
            Map.entry("request.timeout.ms", "20000"),
            Map.entry("retry.backoff.max.ms", "1000"),
            Map.entry("retry.backoff.ms", "100"),
            Map.entry("send.buffer.bytes", "131072"),
            Map.entry("socket.connection.setup.timeout.max.ms", "30000"),
            Map.entry("socket.connection.setup.timeout.ms", "10000"),
            Map.entry("ssl.cipher.suites", "TLS_AES_256_GCM_SHA384,TLS_AES_128_GCM_SHA256"),
            Map.entry("ssl.enabled.protocols", "TLSv1.2,TLSv1.3"),
            Map.entry("ssl.endpoint.identification.algorithm", "https"),
            Map.entry("ssl.protocol", "TLSv1.3"),
            Map.entry("transaction.timeout.ms", "60000"));

    @ParameterizedTest
    @MethodSource("everyKafkaKey")
    void refusesEveryKeyOfKafkaThatIsNotListed(String key) {
        var refusal = KafkaProperties.refusal(key, ALLOWED.getOrDefault(key, VALUE));

        assertThat(refusal.isEmpty()).isEqualTo(ALLOWED.containsKey(key));
        assertThat(refusal.orElse("")).doesNotContain(VALUE);
    }

    @Test
    void listsOnlyKeysOfAProducer() {
        assertThat(ProducerConfig.configNames()).containsAll(ALLOWED.keySet());
    }

    @Test
    void takesOnlyValuesThatAProducerTakes() {
        var keys = ProducerConfig.configDef().configKeys();

        ALLOWED.forEach((name, value) -> {
            var key = Objects.requireNonNull(keys.get(name), name);
            var parsed = ConfigDef.parseType(name, value, key.type());
            if (key.validator != null) {
                key.validator.ensureValid(name, parsed);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("payloads")
    void refusesWhatReadsFilesOpensConnectionsOrRunsCode(String key, String value) {
        assertThat(KafkaProperties.refusal(key, value))
                .hasValueSatisfying(refusal ->
                        assertThat(refusal).startsWith("is refused: ").doesNotContain(value));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "config.providers | is refused: it reads files and the environment into other properties",
                "config.providers.file.class | is refused: it reads files and the environment into other properties",
                "interceptor.classes | is refused: it loads a class by name",
                "key.serializer | is refused: it loads a class by name",
                "ssl.truststore.location | is refused: it opens a file; set ca-cert, client-cert and client-key of the"
                        + " broker",
                "sasl.oauthbearer.token.endpoint.url | is refused: it opens a connection or a file",
                "sasl.oauthbearer.assertion.private.key.file | is refused: it opens a file",
                "sasl.kerberos.kinit.cmd | is refused: it runs a command",
                "sasl.jaas.config | is refused: Sluice sets it; set auth, user and password of the broker",
                "linger.ms | is refused: Sluice sets it; set linger of the integration",
                "retries | is refused: Sluice sets it; no loss and order per subject depend on it",
                "group.id | is refused: not among the properties that may be set",
                "request.timout.ms | is refused: not among the properties that may be set; nearest is request.timeout.ms"
            })
    void saysWhy(String key, String refusal) {
        assertThat(KafkaProperties.refusal(key, VALUE)).contains(refusal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"${file:/etc/passwd:root}", "x${env:HOME}", "${dir:/etc:passwd}", "${"})
    void refusesAReferenceInAnAllowedKey(String value) {
        assertThat(KafkaProperties.refusal("client.dns.lookup", value))
                .contains("is refused: a value with ${…} reads files or the environment");
    }

    @ParameterizedTest
    @CsvSource({
        "request.timeout.ms, 999",
        "request.timeout.ms, 600001",
        "request.timeout.ms, soon",
        "compression.gzip.level, 0",
        "ssl.endpoint.identification.algorithm, ''",
        "ssl.enabled.protocols, TLSv1.1",
        "metrics.recording.level, info"
    })
    void boundsWhatItAllowsWithoutShowingTheValue(String key, String value) {
        assertThat(KafkaProperties.refusal(key, value))
                .hasValueSatisfying(refusal -> assertThat(refusal).startsWith("is refused: it must be "));
        assertThat(KafkaProperties.refusal(key, VALUE))
                .hasValueSatisfying(refusal -> assertThat(refusal).doesNotContain(VALUE));
    }

    @Test
    void statesABound() {
        assertThat(KafkaProperties.refusal("request.timeout.ms", "1"))
                .isEqualTo(Optional.of("is refused: it must be a whole number from 1000 to 600000"));
    }

    static Set<String> everyKafkaKey() {
        var keys = new TreeSet<>(ProducerConfig.configNames());
        keys.addAll(ConsumerConfig.configNames());
        keys.addAll(AdminClientConfig.configNames());
        return keys;
    }

    /// The thirteen kinds of payload known to harm a Kafka client.
    static Stream<Arguments> payloads() {
        var jndi = "com.sun.security.auth.module.JndiLoginModule required user.provider.url=\"ldap://127.0.0.1/x\";";
        var ldap = "com.sun.security.auth.module.LdapLoginModule required userProvider=\"ldap://127.0.0.1/x\";";
        return Stream.of(
                Arguments.of("config.providers", "file,vault"),
                Arguments.of("acks", "${file:/etc/passwd:root}"),
                Arguments.of(
                        "config.providers.dir.class",
                        "org.apache.kafka.common.config.provider.DirectoryConfigProvider"),
                Arguments.of(
                        "config.providers.env.class", "org.apache.kafka.common.config.provider.EnvVarConfigProvider"),
                Arguments.of("sasl.oauthbearer.token.endpoint.url", "file:///etc/passwd"),
                Arguments.of("sasl.oauthbearer.token.endpoint.url", "http://127.0.0.1/token"),
                Arguments.of("sasl.jaas.config", jndi),
                Arguments.of("sasl.jaas.config", ldap),
                Arguments.of("interceptor.classes", "java.lang.ProcessBuilder"),
                Arguments.of("metric.reporters", "java.lang.ProcessBuilder"),
                Arguments.of("ssl.truststore.location", "/etc/passwd"),
                Arguments.of("ssl.keystore.location", "/etc/shadow"),
                Arguments.of("sasl.kerberos.kinit.cmd", "/usr/bin/id"));
    }
}
