package io.sluice.node.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.node.secret.Secret;
import io.sluice.node.settings.Section;
import io.sluice.node.settings.SettingsContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerSettingsTest implements SettingsContract<BrokerSettings> {
    private Path cert = Path.of("");
    private Path key = Path.of("");
    private Path otherCert = Path.of("");
    private Path otherKey = Path.of("");
    private Path encrypted = Path.of("");

    @BeforeEach
    void writePemFiles(@TempDir Path dir) throws IOException {
        cert = Files.writeString(
                dir.resolve("cert.pem"), "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
        key = Files.writeString(
                dir.resolve("key.pem"), "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n");
        otherCert = Files.copy(cert, dir.resolve("other-cert.pem"));
        otherKey = Files.copy(key, dir.resolve("other-key.pem"));
        encrypted = Files.writeString(
                dir.resolve("rsa.pem"), "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n");
    }

    @Override
    public String path() {
        return "sluice.broker-defaults";
    }

    @Override
    public BrokerSettings read(Section section) {
        return BrokerSettings.from("plant", section);
    }

    @Override
    public BrokerSettings defaults() {
        return new BrokerSettings(
                "plant",
                BrokerSettings.Service.KAFKA,
                BrokerSettings.Auth.NONE,
                "",
                Secret.of(""),
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    @Override
    public Map<String, String> company() {
        return Map.of(
                "auth", "plain",
                "user", "u",
                "password", "p",
                "client-cert", cert.toString(),
                "client-key", key.toString());
    }

    @Override
    public Map<String, String> changes() {
        return Map.of(
                "auth", "scram-sha-512",
                "user", "another",
                "password", "another",
                "tls", "off",
                "ca-cert", cert.toString(),
                "client-cert", otherCert.toString(),
                "client-key", otherKey.toString(),
                "bootstrap-servers", "kafka-1:9092",
                "service", "kafka");
    }

    @Override
    public Set<String> keysWithOneValue() {
        return Set.of("service");
    }

    @ParameterizedTest
    @CsvSource({
        "none, auto, PLAINTEXT",
        "none, on, SSL",
        "plain, auto, SASL_SSL",
        "plain, off, SASL_PLAINTEXT",
        "scram-sha-256, on, SASL_SSL",
        "mtls, auto, SSL"
    })
    void encryptsAsSoonAsAnythingIsToBeProved(String auth, String tls, String protocol) {
        var keys = new HashMap<String, String>();
        keys.put("auth", auth);
        keys.put("tls", tls);
        if (auth.equals("mtls")) {
            keys.put("client-cert", cert.toString());
            keys.put("client-key", key.toString());
        } else if (!auth.equals("none")) {
            keys.put("user", "u");
            keys.put("password", "p");
        }

        assertThat(readWith(keys).clientProperties()).containsEntry("security.protocol", protocol);
    }

    @ParameterizedTest
    @CsvSource({"plain, PLAIN", "scram-sha-256, SCRAM-SHA-256", "scram-sha-512, SCRAM-SHA-512"})
    void namesTheMechanismAsKafkaDoes(String auth, String mechanism) {
        var properties =
                readWith(Map.of("auth", auth, "user", "u", "password", "p")).clientProperties();

        assertThat(properties).containsEntry("sasl.mechanism", mechanism);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "simple",
                "with \"quotes\" and 'more'",
                "back\\slash\\",
                "\"; org.evil.Module required x=\"",
                "line\nend\r\ttab",
                "päß wörd ${env:HOME} // # /* */ ;",
                "\\\"",
                "\\n\\061"
            })
    void writesALoginLineThatKafkaReadsBack(String text) {
        var properties = broker(text, text).clientProperties();

        var login = JaasContext.loadClientContext(properties).configurationEntries();

        assertThat(login).singleElement().satisfies(entry -> {
            assertThat(entry.getLoginModuleName()).endsWith(".ScramLoginModule");
            assertThat(entry.getOptions()).isEqualTo(Map.of("username", text, "password", text));
        });
    }

    @Test
    void hidesThePasswordWhereverItIsPrinted() {
        var broker = broker("meter", "hunter2");

        assertThat(broker.toString()).doesNotContain("hunter2");
        assertThat(broker.clientProperties().toString()).doesNotContain("hunter2");
        assertThat(broker.clientProperties().get("sasl.jaas.config")).isInstanceOf(Password.class);
    }

    @Test
    void givesKafkaTheTextOfPemFilesAndNeverTheirPlace() {
        var broker = readWith(Map.of(
                "auth", "mtls",
                "ca-cert", cert.toString(),
                "client-cert", cert.toString(),
                "client-key", key.toString(),
                "bootstrap-servers", "kafka-1:9092"));

        var properties = broker.clientProperties();

        assertThat(properties)
                .containsEntry("ssl.truststore.type", "PEM")
                .containsEntry("ssl.keystore.type", "PEM")
                .containsEntry("ssl.keystore.key", new Password(read(key)))
                .containsEntry("ssl.keystore.certificate.chain", new Password(read(cert)))
                .containsEntry("ssl.truststore.certificates", new Password(read(cert)));
        assertThat(properties.keySet()).noneMatch(name -> name.endsWith("location"));
        assertThat(ProducerConfig.configNames()).containsAll(properties.keySet());
    }

    @Test
    void saysWhichPemFileIsLostWhenAClientIsBuilt() throws IOException {
        var broker = readWith(Map.of("ca-cert", cert.toString(), "bootstrap-servers", "kafka-1:9092"));
        Files.delete(cert);

        assertThatThrownBy(broker::clientProperties)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("PEM file %s: expected a readable file", cert);
    }

    @Test
    void refusesFilesThatAreNotWhatTheySay() {
        assertThat(problemsWith(Map.of(
                        "auth",
                        "mtls",
                        "client-cert",
                        key.toString(),
                        "client-key",
                        encrypted.toString(),
                        "ca-cert",
                        "/nowhere/ca.pem")))
                .containsExactly(
                        "command line: sluice.broker-defaults.ca-cert must be a readable PEM file, was /nowhere/ca.pem",
                        "command line: sluice.broker-defaults.client-cert must be a PEM file with a certificate, was "
                                + key,
                        "command line: sluice.broker-defaults.client-key must be a PEM file with an unencrypted PKCS #8"
                                + " private key; openssl pkcs8 -topk8 -nocrypt makes one, was " + encrypted);
    }

    @ParameterizedTest
    @ValueSource(strings = {"oauthbearer", "aws-iam"})
    void saysWhatIsNotAvailableYet(String auth) {
        assertThat(problemsWith(Map.of("auth", auth)))
                .containsExactly("command line: sluice.broker-defaults.auth is not available yet; use none, plain,"
                        + " scram-sha-256, scram-sha-512 or mtls");
    }

    @Test
    void tellsWhatIsMissingForAnAuth() {
        assertThat(problemsWith(Map.of("auth", "plain")))
                .extracting(problem -> problem.replaceAll("^reference.conf: \\d+: ", ""))
                .containsExactly(
                        "sluice.broker-defaults.user must not be empty when auth takes a password",
                        "sluice.broker-defaults.password must not be empty when auth takes one");
        assertThat(problemsWith(Map.of("auth", "mtls", "tls", "off")))
                .extracting(problem -> problem.replaceAll("^(reference.conf: \\d+|command line): ", ""))
                .containsExactly(
                        "sluice.broker-defaults.tls must not be off when auth is mtls",
                        "sluice.broker-defaults.client-cert must name a PEM file, together with client-key",
                        "sluice.broker-defaults.client-key must name a PEM file, together with client-cert");
        assertThat(problemsWith(Map.of("user", "meter")))
                .containsExactly("command line: sluice.broker-defaults.user must be empty when auth is none; set auth,"
                        + " e.g. scram-sha-512");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kafka-1:9092",
                "10.0.0.7:1",
                "[::1]:65535",
                "[2001:db8::7]:9092",
                "b-1.msk.eu-west-1.amazonaws.com:9096",
                "my_kafka:9092"
            })
    void takesEveryKindOfAddress(String address) {
        assertThat(readWith(Map.of("bootstrap-servers", address)).bootstrapServers())
                .containsExactly(address);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kafka-1 | host:port such as kafka-1:9092 or [::1]:9092",
                "::1:9092 | host:port such as kafka-1:9092 or [::1]:9092",
                "SSL://kafka-1:9092 | host:port such as kafka-1:9092 or [::1]:9092",
                "kafka-1:x | host:port such as kafka-1:9092 or [::1]:9092",
                "kafka-1:0 | a port from 1 to 65535",
                "kafka-1:65536 | a port from 1 to 65535",
                ":9092 | a host name or address before the port",
                "ka fka:9092 | a host name or address before the port",
                "[kafka-1]:9092 | a host name or address before the port",
                "[1.2.3.4]:9092 | a host name or address before the port"
            })
    void refusesAnAddressNoClientCouldReach(String address, String expected) {
        assertThat(problemsWith(Map.of("bootstrap-servers", "kafka-1:9092, " + address)))
                .containsExactly(
                        "command line: sluice.broker-defaults.bootstrap-servers has a bad server address: expected "
                                + expected + ", was " + address);
    }

    private static BrokerSettings broker(String user, String password) {
        return new BrokerSettings(
                "plant",
                BrokerSettings.Service.KAFKA,
                BrokerSettings.Auth.SCRAM_SHA_512,
                user,
                Secret.of(password),
                true,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of("kafka-1:9092"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
