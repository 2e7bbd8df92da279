package io.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.TestKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Whoever watches one node of a cluster sees what another one receives.
@Tag("kafka")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class TailOfClusterTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private OneNode left;
    private OneNode right;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        var server = PostgresServer.shared();
        var database = server.database();
        var ports = List.of(freePort(), freePort());
        var nodes = ports.stream()
                .map(port -> {
                    var own = folder.resolve(Integer.toString(port));
                    var hocon = """
                            sluice {
                              store { type = postgresql, postgresql {
                                hosts = ["%s"], database = %s, user = %s, password = "%s", tls = disable
                              } }
                              cluster { discovery = hosts, hosts.nodes = ["127.0.0.1:%d", "127.0.0.1:%d"] }
                              management.port = %d
                            }
                            pekko.management.cluster.bootstrap {
                              contact-point-discovery.stable-margin = 1s
                              contact-point.probe-interval = 300ms
                            }
                            """.formatted(
                                    server.host(),
                                    database,
                                    PostgresServer.USER,
                                    PostgresServer.PASSWORD,
                                    ports.getFirst(),
                                    ports.getLast(),
                                    port);
                    makeFolder(own);
                    return CompletableFuture.supplyAsync(() -> OneNode.start(own, TestKafka.bootstrapServers(), hocon));
                })
                .toList();
        left = nodes.getFirst().join();
        right = nodes.getLast().join();
    }

    private static void makeFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @AfterAll
    void stop() {
        right.close();
        left.close();
    }

    @Test
    void whatOneNodeReceivesIsSeenAtTheOtherByStreamAndBySubscriber() {
        var admin = Rest.admin(left);
        var secret = admin.post("/v1/tokens", "{\"scopes\":[\"view\"]}")
                .json()
                .path("secret")
                .asText();
        await("the other node knows the token")
                .atMost(LIMIT)
                .until(() -> Rest.nobody(right).token(secret).get("/v1/session").status() == 200);
        try (var stream = new LiveStream(Rest.nobody(right).base(), secret, "?filter=far/%2B&filter=far/%23");
                var subscriber = new TailTest.Subscriber(right, "subscriber", "far/#");
                var device = new TailTest.Subscriber(left, "device", "near")) {
            await("the other node is told").atMost(LIMIT).until(() -> {
                device.publish("far/ready", "x");
                return stream.topics().contains("far/ready") && !subscriber.seen.isEmpty();
            });

            for (int i = 0; i < 20; i++) {
                device.publish("far/mqtt/" + i, "m");
            }
            admin.post("/v1/messages/far/http", "1");
            device.publish("else", "x");

            await("all is seen")
                    .atMost(LIMIT)
                    .until(() -> stream.topics().contains("far/http") && subscriber.seen.contains("far/http 1"));
            assertThat(stream.topics().stream().filter(topic -> topic.startsWith("far/mqtt")))
                    .hasSize(20)
                    .doesNotHaveDuplicates();
            assertThat(subscriber.seen.stream().filter(seen -> seen.startsWith("far/mqtt/")))
                    .hasSize(20);
            assertThat(stream.topics()).doesNotContain("else");
            assertThat(stream.messages())
                    .allSatisfy(
                            message -> assertThat(message.path("node").asText()).isEqualTo(address(left)));
        }
    }

    private static String address(OneNode node) {
        return org.apache.pekko.cluster.typed.Cluster.get(node.node().system())
                .selfMember()
                .address()
                .hostPort();
    }
}
