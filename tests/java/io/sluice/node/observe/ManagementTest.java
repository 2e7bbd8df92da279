package io.sluice.node.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.node.settings.CannotStart;
import io.sluice.node.settings.Configuration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The endpoints over HTTP, on a real node of a cluster, configured as the node is.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class ManagementTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ManagementSettings ANY_PORT = new ManagementSettings("127.0.0.1", 0, Optional.empty());

    private final ActorTestKit kit = ActorTestKit.create(
            "sluice",
            new Configuration(
                            List.of(),
                            List.of(
                                    "pekko.coordinated-shutdown.exit-jvm=off",
                                    "pekko.management.http.routes.cluster-bootstrap="), // serves once in a system
                            Map.of())
                    .resolve());
    private final HttpClient client = HttpClient.newHttpClient();

    private PrometheusMeterRegistry registry;
    private Readiness readiness;
    private Supplier<List<TaskStatus>> tasks;
    private Management management;

    @BeforeEach
    void start() {
        registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        readiness = new Readiness();
        tasks = List::of;
        management = start(ANY_PORT);
    }

    @AfterEach
    void stop() {
        management.stop(PATIENCE).toCompletableFuture().join();
    }

    @AfterAll
    void terminate() {
        client.close();
        ActorTestKit.shutdown(kit.system(), PATIENCE);
    }

    @Test
    void isAliveBeforeItIsReady() throws Exception {
        assertThat(get("/alive").statusCode()).isEqualTo(200);
        assertThat(get("/ready").statusCode()).isEqualTo(503);
        assertThat(get("/ready").body()).startsWith("node: it is starting\n");
    }

    @Test
    void readyNamesWhatIsMissingUntilNothingIs() throws Exception {
        joinCluster();
        readiness.complete();
        var routes = new AtomicReference<>("not read yet");
        readiness.require("routes", routes::get);
        readiness.require("task telemetry/0", () -> "backing-off no broker answered");

        assertThat(get("/ready").statusCode()).isEqualTo(503);
        assertThat(get("/ready").body())
                .isEqualTo("routes: not read yet\ntask telemetry/0: backing-off no broker answered\n");

        routes.set("");
        readiness.forget("task telemetry/0");
        assertThat(get("/ready").statusCode()).isEqualTo(200);
        assertThat(get("/ready").body()).isEqualTo("ready\n");
    }

    @Test
    void metricsAreOursAndTheProcesses() throws Exception {
        new Meters(registry).routed("telemetry").increment(3);

        var answer = get("/metrics");

        assertThat(answer.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=UTF-8");
        assertThat(answer.body().lines())
                .contains("sluice_routed_messages_total{integration=\"telemetry\"} 3.0")
                .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{"))
                .anyMatch(line -> line.startsWith("jvm_threads_live_threads "))
                .anyMatch(line -> line.startsWith("process_cpu_usage "))
                .anyMatch(line -> line.startsWith("process_files_open_files "))
                .anyMatch(line -> line.startsWith("process_uptime_seconds "));
    }

    @Test
    void tasksAreAJsonList() throws Exception {
        tasks = () -> List.of(
                new TaskStatus("127.0.0.1:25520", "telemetry", 0, "backing-off", 42, 1.5, 7, 9, "no broker answered"));

        assertThat(json("/tasks")).isEqualTo(new ObjectMapper().readTree("""
                                        [{"node":"127.0.0.1:25520","integration":"telemetry","task":0,"phase":"backing-off","heldBatches":42,
                                          "lagSeconds":1.5,"epoch":7,"queueLag":9,"problem":"no broker answered"}]
                                        """));
    }

    @Test
    void aSlowAnswerHoldsNoOther() throws Exception {
        var released = new CountDownLatch(1);
        tasks = () -> {
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return List.of();
        };
        var slow = IntStream.range(0, 50)
                .mapToObj(_ -> client.sendAsync(request("/tasks").build(), BodyHandlers.ofString()))
                .toList();

        assertThat(get("/alive").statusCode()).isEqualTo(200);

        released.countDown();
        assertThat(slow)
                .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
    }

    @Test
    void logLevelsCanBeRead() throws Exception {
        var levels = json("/loglevel");

        assertThat(levels.path("ROOT").asText()).isEqualTo("WARN");
        assertThat(levels.path("io.sluice").asText()).isEqualTo("INFO");
    }

    @Test
    void membersAndShardsCanBeRead() throws Exception {
        joinCluster();
        var device = EntityTypeKey.create(String.class, "device");
        ClusterSharding.get(kit.system())
                .init(Entity.of(device, _ -> Behaviors.<String>receiveMessage(_ -> Behaviors.same())));
        ClusterSharding.get(kit.system()).entityRefFor(device, "device-1").tell("wake up");

        assertThat(json("/cluster/members").path("members")).singleElement().satisfies(member -> {
            assertThat(member.path("status").asText()).isEqualTo("Up");
            assertThat(member.path("node").asText())
                    .isEqualTo(Cluster.get(kit.system()).selfMember().address().toString());
        });
        assertThat(json("/cluster/shards").path("entityTypeKeys"))
                .extracting(JsonNode::asText)
                .contains("device");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                json("/cluster/shards/device").path("regions").findValuesAsText("numEntities"))
                        .containsExactly("1"));
    }

    @Test
    void nothingCanBeChanged() throws Exception {
        joinCluster();
        var self = Cluster.get(kit.system()).selfMember().address().toString();

        for (var method : List.of("POST", "PUT", "DELETE")) {
            for (var path :
                    List.of("/cluster/members", "/cluster/members/" + self, "/cluster", "/loglevel", "/tasks")) {
                var form = BodyPublishers.ofString("operation=Down&address=" + self);
                var answer = client.send(
                        request(path)
                                .method(method, form)
                                .header("content-type", "application/x-www-form-urlencoded")
                                .build(),
                        BodyHandlers.ofString());
                assertThat(answer.statusCode()).as(method + " " + path).isIn(404, 405);
            }
        }
        assertThat(json("/cluster/members").path("members").findValuesAsText("status"))
                .containsExactly("Up");
    }

    @Test
    void namesATakenPortAndItsKey() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var settings = new ManagementSettings("127.0.0.1", taken.getLocalPort(), Optional.empty());

            assertThatThrownBy(() -> start(settings))
                    .isInstanceOf(CannotStart.class)
                    .hasMessageMatching(
                            "management: expected to listen on 127.0.0.1:%d, was .*Address already in use; stop what listens there or set another sluice.management.port"
                                    .formatted(taken.getLocalPort()));
        }
    }

    private Management start(ManagementSettings settings) {
        return Management.start(kit.system(), settings, readiness, registry, () -> tasks.get());
    }

    private void joinCluster() {
        var cluster = Cluster.get(kit.system());
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        await().atMost(PATIENCE).until(() -> cluster.selfMember().status().equals(MemberStatus.up()));
    }

    private JsonNode json(String path) throws Exception {
        var answer = get(path);
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        return new ObjectMapper().readTree(answer.body());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(
                        "http://127.0.0.1:%d%s".formatted(management.address().getPort(), path)))
                .timeout(PATIENCE);
    }
}
