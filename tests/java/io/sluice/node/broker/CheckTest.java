package io.sluice.node.broker;

import static io.sluice.node.broker.Check.Outcome.OK;
import static io.sluice.node.broker.Check.Outcome.SKIPPED;
import static io.sluice.node.broker.Walked.PATIENT;
import static io.sluice.node.broker.Walked.QUICK;
import static io.sluice.node.broker.Walked.plain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import io.sluice.node.broker.Check.Stage;
import io.sluice.node.broker.Check.Topic;
import io.sluice.node.mqtt.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kafka")
class CheckTest {

    @Test
    void walksAllTheWayAndLeavesNothing() {
        var topic = TestKafka.newTopic("checked", 3, Map.of());

        var walked = Walked.to(plain(TestKafka.bootstrapServers()), new Topic.Fixed(topic), PATIENT);

        walked.assertOutcomes(OK, OK, SKIPPED, SKIPPED, OK, OK, OK);
        assertThat(walked.step(Stage.RESOLVE).detail()).contains("is 127.0.0.1");
        assertThat(walked.step(Stage.METADATA).detail()).contains("1 broker(s)");
        assertThat(walked.step(Stage.TOPIC).detail()).contains("3 partition(s)", "replication factor 1");
        assertThat(walked.step(Stage.TOPIC).warnings())
                .anySatisfy(warning -> assertThat(warning).contains("replication factor 1"))
                .anySatisfy(warning -> assertThat(warning).contains("min.insync.replicas is 1"))
                .noneSatisfy(warning -> assertThat(warning).contains("max.message.bytes"));
        assertThat(TestKafka.readAll(topic)).isEmpty();
        await("threads end")
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .noneMatch(name -> name.startsWith("kafka-admin-client-thread")
                                || (name.startsWith("kafka-producer") && name.contains("check"))));
    }

    @Test
    void warnsOfATopicThatTakesLessThanTheIntegrationSends() {
        var topic = TestKafka.newTopic("small", 1, Map.of("max.message.bytes", "2000"));

        var walked = Walked.to(
                plain(TestKafka.bootstrapServers()),
                new Topic.Fixed(topic),
                Map.of("acks", "0", "max.request.size", 4000, "enable.idempotence", false),
                PATIENT);

        walked.assertOutcomes(OK, OK, SKIPPED, SKIPPED, OK, OK, OK);
        assertThat(walked.step(Stage.TOPIC).warnings())
                .anySatisfy(warning -> assertThat(warning).contains("max.message.bytes", "2000", "4000"))
                .noneSatisfy(warning -> assertThat(warning).contains("min.insync.replicas"));
        assertThat(walked.step(Stage.WRITE).warnings())
                .singleElement()
                .asString()
                .contains("acks = 0");
    }

    @Test
    void skipsWhatAPatternLeavesOpen() {
        var broker = plain(TestKafka.bootstrapServers());

        var pattern = Walked.to(broker, new Topic.Pattern("plant-${clientId}"), PATIENT);
        var none = Walked.to(broker, new Topic.None(), PATIENT);

        pattern.assertOutcomes(OK, OK, SKIPPED, SKIPPED, OK, SKIPPED, SKIPPED);
        assertThat(pattern.step(Stage.TOPIC).detail()).contains("is a pattern", "plant-${clientId}");
        none.assertOutcomes(OK, OK, SKIPPED, SKIPPED, OK, SKIPPED, SKIPPED);
    }

    @Test
    void saysThatKafkaWouldCreateTheTopicAndDoesNot() {
        var broker = plain(TestKafka.bootstrapServers());

        var first = Walked.to(broker, new Topic.Fixed("not-there"), PATIENT);
        var second = Walked.to(broker, new Topic.Fixed("not-there"), PATIENT);

        first.assertOutcomes(OK, OK, SKIPPED, SKIPPED, OK, OK, SKIPPED);
        assertThat(first.step(Stage.TOPIC).detail())
                .contains("[not-there] is not there; Kafka creates it for the first record, with 3 partition(s)");
        assertThat(second.step(Stage.TOPIC).detail())
                .isEqualTo(first.step(Stage.TOPIC).detail());
    }

    @Test
    void namesTheServerWhoseNameHasNoAddress() {
        var failed = Walked.to(plain("no-such-host.invalid:9092"), new Topic.None(), QUICK)
                .assertFailsAt(Stage.RESOLVE);

        assertThat(failed.detail()).isEqualTo("no-such-host.invalid:9092 is a name without an address");
        assertThat(failed.cure()).contains("bootstrap-servers");
    }

    @Test
    void namesAClosedPort() {
        var server = "127.0.0.1:" + RealKafka.freePort();

        var failed = Walked.to(plain(server), new Topic.None(), QUICK).assertFailsAt(Stage.TCP);

        assertThat(failed.detail()).isEqualTo(server + " refused the connection");
        assertThat(failed.cure()).contains("is Kafka running there");
    }

    @Test
    void namesTheStepAtWhichTheWayToAQueueEnds() {
        var server = "127.0.0.1:" + RealKafka.freePort();

        var failed = Walked.toQueue(plain(server), new Topic.Own("queue", 2, -1), PATIENT);

        assertThat(failed.detail()).isEqualTo("broker [default], tcp: " + server + " refused the connection");
        assertThat(failed.cure()).contains("is Kafka running there");
    }

    @Test
    void tellsAQueueThatKafkaCouldNotMake() {
        var failed = Walked.toQueue(plain(TestKafka.bootstrapServers()), new Topic.Own("queue", 2, 3), PATIENT);

        assertThat(failed.detail())
                .startsWith("broker [default], topic: topic [queue] is not there, and Kafka could not");
    }

    @Test
    void goesOnWithTheServersThatWork() {
        var closed = "127.0.0.1:" + RealKafka.freePort();
        var broker = plain("no-such-host.invalid:9092", closed, TestKafka.bootstrapServers());

        var walked = Walked.to(broker, new Topic.None(), PATIENT);

        walked.assertOutcomes(OK, OK, SKIPPED, SKIPPED, OK, SKIPPED, SKIPPED);
        assertThat(walked.step(Stage.RESOLVE).warnings())
                .singleElement()
                .asString()
                .contains("no-such-host");
        assertThat(walked.step(Stage.TCP).warnings()).singleElement().asString().contains(closed);
    }

    @Test
    void givesUpOnAPortThatSaysNothing(@TempDir Path folder) throws IOException {
        var certificate = Certificates.make(folder, "any").certificate();
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var server = "127.0.0.1:" + silent.getLocalPort();
            var begun = System.nanoTime();

            var inClear = Walked.to(plain(server), new Topic.None(), QUICK).assertFailsAt(Stage.METADATA);
            var encrypted = Walked.to(Walked.tls(certificate, server), new Topic.None(), QUICK)
                    .assertFailsAt(Stage.TLS);
            var login = Walked.login(BrokerSettings.Auth.PLAIN, "ann", Walked.CANARY, Optional.empty(), server);
            var loggingIn = Walked.to(login, new Topic.None(), QUICK).assertFailsAt(Stage.AUTH);

            assertThat(List.of(inClear.detail(), encrypted.detail(), loggingIn.detail()))
                    .allSatisfy(detail -> assertThat(detail).contains(server, "gave no answer in time"));
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isLessThan(QUICK.total().multipliedBy(3));
        }
    }

    @Test
    void staysWithinTheTotalLimit() throws IOException {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var limits = new Check.Limits(Duration.ofMillis(700), Duration.ofSeconds(30));

            var failed = Walked.to(plain("127.0.0.1:" + silent.getLocalPort()), new Topic.None(), limits)
                    .assertFailsAt(Stage.METADATA);

            assertThat(failed.took()).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void tellsAServerWithoutTls(@TempDir Path folder) {
        var certificate = Certificates.make(folder, "any").certificate();

        var failed = Walked.to(Walked.tls(certificate, TestKafka.bootstrapServers()), new Topic.None(), PATIENT)
                .assertFailsAt(Stage.TLS);

        assertThat(failed.detail()).contains("hung up when we began to speak TLS");
        assertThat(failed.cure()).contains("set tls of the broker to off");
    }

    @Test
    void endsWhenInterrupted() throws Exception {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var broker = plain("127.0.0.1:" + silent.getLocalPort());
            var asked = new FutureTask<>(
                    () -> Walked.to(broker, new Topic.None(), PATIENT).assertFailsAt(Stage.METADATA));
            var asking = Thread.ofVirtual().start(asked);
            silent.accept(); // to see whether it takes connections
            silent.accept(); // to ask

            asking.interrupt();

            assertThat(asked.get().detail()).isEqualTo("was interrupted");
        }
    }
}
