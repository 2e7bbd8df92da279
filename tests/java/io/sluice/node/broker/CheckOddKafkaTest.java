package io.sluice.node.broker;

import static io.sluice.node.broker.Walked.PATIENT;
import static io.sluice.node.broker.Walked.plain;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.broker.Check.Stage;
import io.sluice.node.broker.Check.Topic;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The check of Kafkas that are not as their owner thinks.
@Tag("kafka")
class CheckOddKafkaTest {

    @Test
    void tellsBrokersThatAdvertiseAnAddressNobodyCanReach(@TempDir Path folder) throws Exception {
        try (var kafka = RealKafka.start(folder, List.of("OUTSIDE"), Map.of())) {
            kafka.topic("any");

            var failed = Walked.to(plain(kafka.at("OUTSIDE")), new Topic.Fixed("any"), Walked.QUICK)
                    .assertFailsAt(Stage.METADATA);

            assertThat(failed.detail()).contains("as it advertises itself, refused the connection");
            assertThat(failed.cure()).contains("set advertised.listeners");
        }
    }

    @Test
    void tellsATopicThatNobodyCreates(@TempDir Path folder) throws Exception {
        try (var kafka = RealKafka.start(folder, List.of(), Map.of("auto.create.topics.enable", "false"))) {
            var failed = Walked.to(plain(kafka.at("PLAINTEXT")), new Topic.Fixed("wanted"), PATIENT)
                    .assertFailsAt(Stage.TOPIC);

            assertThat(failed.detail())
                    .isEqualTo("topic [wanted] is not there, and Kafka does not create it by itself");
            assertThat(failed.cure()).contains("kafka-topics --create --topic wanted");
            assertThat(kafka.hasTopic("wanted")).isFalse();
        }
    }

    @Test
    void tellsATopicThatKafkaCouldNotCreate(@TempDir Path folder) throws Exception {
        try (var kafka = RealKafka.start(folder, List.of(), Map.of("default.replication.factor", "3"))) {
            var failed = Walked.to(plain(kafka.at("PLAINTEXT")), new Topic.Fixed("wanted"), PATIENT)
                    .assertFailsAt(Stage.TOPIC);

            assertThat(failed.detail()).contains("Kafka could not create it: more copies are asked for than");
            assertThat(failed.cure()).contains("default.replication.factor");
        }
    }

    @Test
    void tellsAClusterWithoutTransactions(@TempDir Path folder) throws Exception {
        try (var kafka = RealKafka.start(folder, List.of(), Map.of("transaction.state.log.replication.factor", "3"))) {
            kafka.topic("readings");
            var broker = plain(kafka.at("PLAINTEXT"));
            var fenced = Map.<String, Object>of("transactional.id", "sluice-telemetry-0");
            var topic = new Topic.Fixed("readings");

            var without = Walked.to(broker, topic, Walked.QUICK).step(Stage.WRITE);
            var failed = Walked.to(broker, topic, fenced, Walked.QUICK).assertFailsAt(Stage.WRITE);

            assertThat(without.outcome()).isEqualTo(Check.Outcome.SKIPPED);
            assertThat(without.detail()).contains("Kafka says that we may write", "no transaction could be begun");
            assertThat(failed.detail()).contains("no transaction could be begun");
        }
    }

    @Test
    void tellsACertificateThatHasExpiredOrIsForAnotherName(@TempDir Path folder) throws Exception {
        var authority = Authority.make(folder);

        var expired = checkTls(authority, authority.server("old", "ip:127.0.0.1", "-10d", 3));
        var other = checkTls(authority, authority.server("other", "dns:kafka.example", "-1d", 90));

        assertThat(expired.detail()).contains("has a certificate that has expired");
        assertThat(other.detail()).contains("has a certificate of another name");
        assertThat(other.cure()).contains("bootstrap-servers");
    }

    private static Check.Step checkTls(Authority authority, SSLContext context) throws IOException {
        try (var listening = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> shakeHands(listening));
            return Walked.to(
                            Walked.tls(authority.certificate(), "127.0.0.1:" + listening.getLocalPort()),
                            new Topic.None(),
                            PATIENT)
                    .assertFailsAt(Stage.TLS);
        }
    }

    private static void shakeHands(SSLServerSocket listening) {
        while (!listening.isClosed()) {
            try (var socket = (SSLSocket) listening.accept()) {
                socket.startHandshake();
            } catch (IOException _) {
                // a client that turned away, or the end
            }
        }
    }
}
