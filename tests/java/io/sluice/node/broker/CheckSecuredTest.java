package io.sluice.node.broker;

import static io.sluice.node.broker.Check.Outcome.OK;
import static io.sluice.node.broker.Check.Outcome.SKIPPED;
import static io.sluice.node.broker.Walked.CANARY;
import static io.sluice.node.broker.Walked.PATIENT;
import static io.sluice.node.broker.Walked.QUICK;
import static io.sluice.node.broker.Walked.login;
import static io.sluice.node.broker.Walked.plain;
import static io.sluice.node.broker.Walked.secured;
import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.ALTER_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.PatternType.LITERAL;
import static org.apache.kafka.common.resource.PatternType.PREFIXED;
import static org.apache.kafka.common.resource.ResourceType.CLUSTER;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.TestKafka;
import io.sluice.node.broker.BrokerSettings.Auth;
import io.sluice.node.broker.Check.Stage;
import io.sluice.node.broker.Check.Step;
import io.sluice.node.broker.Check.Topic;
import io.sluice.node.mqtt.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The check of a Kafka with TLS, logins and access rules.
@Tag("kafka")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class CheckSecuredTest {
    private static final Topic.Fixed TOPIC_NAME = new Topic.Fixed("readings");

    private Path folder;
    private Certificates server;
    private Certificates client;
    private RealKafka kafka;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        this.folder = folder;
        server = Certificates.make(folder, "kafka");
        client = Certificates.make(folder, "client");
        kafka = RealKafka.start(folder.resolve("data"), List.of("SSL", "SASL_SSL", "SASL_PLAINTEXT"), properties());
        kafka.topic(TOPIC_NAME.name());
        for (var user : List.of("writer", "fenced", "reader", "stranger", "maker", "queuer", "lone", "strict")) {
            kafka.user(user, CANARY);
        }
        for (var user : List.of("writer", "fenced", "CN=client,O=Sluice")) {
            kafka.permit(user, TOPIC, TOPIC_NAME.name(), LITERAL, WRITE);
        }
        kafka.permit("fenced", TRANSACTIONAL_ID, "sluice-", PREFIXED, WRITE);
        kafka.permit("fenced", TOPIC, TOPIC_NAME.name(), LITERAL, DESCRIBE_CONFIGS);
        kafka.permit("CN=client,O=Sluice", TRANSACTIONAL_ID, "sluice-", PREFIXED, WRITE);
        kafka.permit("reader", TOPIC, TOPIC_NAME.name(), LITERAL, DESCRIBE);
        kafka.permit("reader", TRANSACTIONAL_ID, "sluice-", PREFIXED, WRITE);
        kafka.permit("maker", TOPIC, "wanted", LITERAL, WRITE);
        kafka.topic("queue.there");
        for (var right : List.of(CREATE, READ, WRITE, DELETE, ALTER, DESCRIBE_CONFIGS, ALTER_CONFIGS)) {
            kafka.permit("queuer", TOPIC, "queue.", PREFIXED, right);
            kafka.permit("lone", TOPIC, "queue.", PREFIXED, right);
        }
        kafka.permit("queuer", GROUP, "queue.", PREFIXED, READ);
        kafka.permit("strict", TOPIC, "queue.", PREFIXED, WRITE);
        kafka.permit("maker", CLUSTER, "kafka-cluster", LITERAL, DESCRIBE_CONFIGS);
    }

    @AfterAll
    void stop() {
        kafka.close();
    }

    @Test
    void walksAllTheWayWithALoginOverTls() {
        var walked = Walked.to(scram("fenced", CANARY), TOPIC_NAME, PATIENT);

        walked.assertOutcomes(OK, OK, OK, OK, OK, OK, OK);
        assertThat(walked.step(Stage.TLS).detail()).contains("TLSv1.3", "CN=kafka", "until 20");
        assertThat(walked.step(Stage.TLS).warnings()).singleElement().asString().contains("ends at");
        assertThat(walked.step(Stage.AUTH).detail()).isEqualTo("User:fenced is let in");
        assertThat(walked.step(Stage.TOPIC).detail()).contains("max.message.bytes");
        assertThat(TestKafka.readAll(kafka.at("PLAINTEXT"), TOPIC_NAME.name())).isEmpty();
    }

    @Test
    void walksAllTheWayWithACertificate() {
        var broker = mtls(client.certificate(), client.key());

        var walked = Walked.to(broker, TOPIC_NAME, PATIENT);

        walked.assertOutcomes(OK, OK, OK, OK, OK, OK, OK);
        assertThat(walked.step(Stage.TLS).warnings())
                .anySatisfy(warning -> assertThat(warning).contains("ours, client-cert"));
    }

    @Test
    void tellsAWrongPassword() {
        var failed =
                Walked.to(scram("writer", CANARY + "x"), TOPIC_NAME, PATIENT).assertFailsAt(Stage.AUTH);

        assertThat(failed.detail()).contains("refused the login of user [writer] by SCRAM-SHA-512");
        assertThat(failed.cure()).contains("check user and password");
    }

    @Test
    void tellsALoginThatTheServerDoesNotTake() {
        var scramWithoutTls = login(Auth.SCRAM_SHA_512, "writer", CANARY, Optional.empty(), kafka.at("SASL_PLAINTEXT"));
        var onAPortWithout = login(Auth.PLAIN, "writer", CANARY, Optional.empty(), kafka.at("PLAINTEXT"));

        assertThat(Walked.to(scramWithoutTls, TOPIC_NAME, PATIENT)
                        .assertFailsAt(Stage.AUTH)
                        .detail())
                .contains("does not take a login by SCRAM-SHA-512", "[PLAIN]");
        assertThat(Walked.to(onAPortWithout, TOPIC_NAME, PATIENT)
                        .assertFailsAt(Stage.AUTH)
                        .detail())
                .contains("takes no login on this port");
    }

    @Test
    void warnsOfAPasswordInClear() {
        var broker = login(Auth.PLAIN, "writer", CANARY, Optional.empty(), kafka.at("SASL_PLAINTEXT"));

        var walked = Walked.to(broker, new Topic.None(), PATIENT);

        walked.assertOutcomes(OK, OK, SKIPPED, OK, OK, SKIPPED, SKIPPED);
        assertThat(walked.step(Stage.AUTH).warnings())
                .singleElement()
                .asString()
                .contains("unencrypted");
    }

    @Test
    void tellsAnAuthorityThatIsNotTrusted() {
        var broker =
                login(Auth.SCRAM_SHA_512, "writer", CANARY, Optional.of(client.certificate()), kafka.at("SASL_SSL"));

        var failed = Walked.to(broker, TOPIC_NAME, PATIENT).assertFailsAt(Stage.TLS);

        assertThat(failed.detail()).contains("has a certificate of an authority we do not trust");
        assertThat(failed.cure()).contains("set ca-cert");
    }

    @Test
    void tellsThatTheServerSpeaksTls() {
        var inClear = Walked.to(plain(kafka.at("SSL")), TOPIC_NAME, QUICK).assertFailsAt(Stage.METADATA);
        var login = login(Auth.PLAIN, "writer", CANARY, Optional.empty(), kafka.at("SASL_SSL"));
        var loggingIn = Walked.to(login, TOPIC_NAME, QUICK).assertFailsAt(Stage.AUTH);

        assertThat(List.of(inClear, loggingIn))
                .allSatisfy(step -> assertThat(step.detail()).contains("speaks TLS and we do not"))
                .allSatisfy(step -> assertThat(step.cure()).contains("set tls of the broker to on"));
    }

    @Test
    void tellsThatTheServerWantsACertificate() {
        var without = Walked.tls(server.certificate(), kafka.at("SSL"));
        var other = Certificates.make(folder, "other");

        assertThat(Walked.to(without, TOPIC_NAME, PATIENT)
                        .assertFailsAt(Stage.METADATA)
                        .detail())
                .contains("wants a certificate of ours");
        assertThat(Walked.to(mtls(other.certificate(), other.key()), TOPIC_NAME, PATIENT)
                        .assertFailsAt(Stage.AUTH)
                        .detail())
                .contains("refused our certificate");
    }

    @Test
    void saysNothingOfAKeyThatCannotBeUsed() throws Exception {
        var key = folder.resolve("garbage.key");
        Files.writeString(key, "-----BEGIN PRIVATE KEY-----\n" + CANARY + "\n-----END PRIVATE KEY-----\n");

        var failed =
                Walked.to(mtls(client.certificate(), key), TOPIC_NAME, PATIENT).assertFailsAt(Stage.TLS);

        assertThat(failed.detail()).contains("the certificates or the key of the broker cannot be used");
    }

    @Test
    void namesAFileThatIsGone() {
        var gone = folder.resolve("gone.pem");

        var failed = Walked.to(Walked.tls(gone, kafka.at("SSL")), TOPIC_NAME, PATIENT)
                .assertFailsAt(Stage.TLS);

        assertThat(failed.detail()).contains(gone.toString(), "expected a readable file");
    }

    @Test
    void tellsATopicThatMayNotBeSeen() {
        var failed = Walked.to(scram("stranger", CANARY), TOPIC_NAME, PATIENT).assertFailsAt(Stage.TOPIC);

        assertThat(failed.detail()).contains("User:stranger may not", "[readings]");
        assertThat(failed.cure()).contains("--allow-principal User:stranger", "--topic readings");
    }

    @Test
    void tellsATopicThatMayBeSeenAndNotWritten() {
        var failed = Walked.to(scram("reader", CANARY), TOPIC_NAME, PATIENT).assertFailsAt(Stage.WRITE);

        assertThat(failed.detail()).contains("User:reader may not write to topic [readings]");
        assertThat(failed.cure()).contains("--operation Write");
    }

    @Test
    void needsTransactionsOnlyWhereTheIntegrationDoes() {
        var broker = scram("writer", CANARY);
        var fenced = Map.<String, Object>of("transactional.id", "sluice-telemetry-0");

        var without = Walked.to(broker, TOPIC_NAME, PATIENT);
        var failed = Walked.to(broker, TOPIC_NAME, fenced, PATIENT).assertFailsAt(Stage.WRITE);

        without.assertOutcomes(OK, OK, OK, OK, OK, OK, SKIPPED);
        assertThat(without.step(Stage.TOPIC).warnings())
                .anySatisfy(warning -> assertThat(warning).contains("User:writer may not read them"));
        assertThat(without.step(Stage.WRITE).detail())
                .contains("Kafka says that we may write", "transactional id [sluice-check-");
        assertThat(failed.detail()).contains("[sluice-telemetry-0-check-", "may not use transactions");
        assertThat(failed.cure()).contains("--transactional-id sluice-");
    }

    @Test
    void tellsATopicThatMayNotBeCreated() throws Exception {
        var failed = Walked.to(scram("maker", CANARY), new Topic.Fixed("wanted"), PATIENT)
                .assertFailsAt(Stage.TOPIC);

        assertThat(failed.detail()).isEqualTo("topic [wanted] is not there, and User:maker may not create it");
        assertThat(failed.cure()).contains("kafka-topics --create --topic wanted", "permit Create");
        assertThat(kafka.hasTopic("wanted")).isFalse();
    }

    @Test
    void looksWhetherAQueueMayBeMadeWrittenAndRead() throws Exception {
        var missing = queue("queuer", "queue.new", 4);
        var there = queue("queuer", "queue.there", 4);

        assertThat(missing.outcome()).as(missing.toString()).isEqualTo(OK);
        assertThat(missing.detail())
                .isEqualTo("broker [secured]: topic [queue.new] is not there; it is made with 4 partition(s) for the"
                        + " first message");
        assertThat(kafka.hasTopic("queue.new")).isFalse();
        assertThat(there.outcome()).as(there.toString()).isEqualTo(OK);
        assertThat(there.detail()).contains("topic [queue.there] has 2 partition(s)");
    }

    @Test
    void tellsWhichRightAQueueLacks() {
        var noGroup = queue("lone", "queue.new", 4);
        var mayOnlyWrite = queue("strict", "queue.there", 4);
        var hasPartsEnough = queue("strict", "queue.there", 2);
        var mayNotMake = queue("strict", "queue.new", 4);

        assertThat(noGroup.detail())
                .isEqualTo("broker [secured], topic: User:lone may not commit as group [queue.new]");
        assertThat(noGroup.cure()).contains("--operation Read --group queue.new");
        assertThat(mayOnlyWrite.detail()).contains("[queue.there], which is there: ", " is missing");
        assertThat(mayOnlyWrite.cure())
                .endsWith(
                        "User:strict --operation Read --operation Delete --operation DescribeConfigs --operation AlterConfigs"
                                + " --operation Alter --topic queue.there");
        assertThat(hasPartsEnough.cure()).doesNotContain("Alter ");
        assertThat(mayNotMake.detail()).endsWith("topic [queue.new] is not there, and User:strict may not create it");
        assertThat(mayNotMake.cure()).contains("--operation Create", "--topic queue.new");
    }

    private Step queue(String user, String topic, int partitions) {
        return Walked.toQueue(scram(user, CANARY), new Topic.Own(topic, partitions, -1), PATIENT);
    }

    private BrokerSettings scram(String user, String password) {
        return login(Auth.SCRAM_SHA_512, user, password, Optional.of(server.certificate()), kafka.at("SASL_SSL"));
    }

    private BrokerSettings mtls(Path certificate, Path key) {
        return secured(
                Auth.MTLS,
                "",
                "",
                Optional.of(server.certificate()),
                Optional.of(certificate),
                Optional.of(key),
                kafka.at("SSL"));
    }

    private Map<String, String> properties() throws Exception {
        var properties = new HashMap<String, String>();
        properties.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        properties.put("super.users", "User:ANONYMOUS");
        properties.put("ssl.keystore.type", "PEM");
        properties.put("ssl.keystore.certificate.chain", Files.readString(server.certificate()));
        properties.put("ssl.keystore.key", Files.readString(server.key()));
        properties.put("ssl.truststore.type", "PEM");
        properties.put("ssl.truststore.certificates", Files.readString(client.certificate()));
        properties.put("listener.name.ssl.ssl.client.auth", "required");
        properties.put("listener.name.sasl_ssl.sasl.enabled.mechanisms", "SCRAM-SHA-512");
        properties.put(
                "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        properties.put("listener.name.sasl_plaintext.sasl.enabled.mechanisms", "PLAIN");
        properties.put(
                "listener.name.sasl_plaintext.plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required user_writer=\"" + CANARY + "\";");
        return properties;
    }
}
