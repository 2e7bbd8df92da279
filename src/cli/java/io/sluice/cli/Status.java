package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Shows whether a node is ready, what is missing if not, and how its tasks are.
@Command(name = "status", description = "Readiness, members and tasks of a node.", mixinStandardHelpOptions = true)
final class Status implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String ROW = "%-24s %5s  %-12s %8s %8s %8s  %s%n";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--management",
            description = "Management address of the node, default ${DEFAULT-VALUE}.",
            defaultValue = "http://127.0.0.1:7626")
    @SuppressWarnings("NullAway.Init")
    private URI management;

    private final ObjectMapper json = new ObjectMapper();

    /// Exit code 0: ready; 1: not ready; 2: no answer.
    @Override
    public Integer call() throws InterruptedException {
        var out = spec.commandLine().getOut();
        try (var client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            var ready = get(client, "/ready");
            out.printf("%s: %s%n", management, ready.statusCode() == 200 ? "ready" : "not ready: " + ready.body());
            printMembers(out, json.readTree(get(client, "/cluster/members").body()));
            printTasks(out, json.readTree(get(client, "/tasks").body()));
            return ready.statusCode() == 200 ? 0 : 1;
        } catch (IOException e) {
            spec.commandLine()
                    .getErr()
                    .printf(
                            "status: expected a node at %s, was %s; start one with ./sluice up or name another with --management%n",
                            management, words(e));
            return 2;
        }
    }

    private static String words(IOException failure) {
        if (failure instanceof ConnectException) {
            return "nobody there";
        }
        return Objects.requireNonNullElse(
                failure.getMessage(), failure.getClass().getSimpleName());
    }

    private HttpResponse<String> get(HttpClient client, String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(management.resolve(path))
                .timeout(TIMEOUT)
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private static void printMembers(PrintWriter out, JsonNode cluster) {
        for (var member : cluster.path("members")) {
            out.printf(
                    "member %s %s%n",
                    member.path("node").asText(), member.path("status").asText());
        }
    }

    private static void printTasks(PrintWriter out, JsonNode tasks) {
        out.printf(ROW, "INTEGRATION", "TASK", "PHASE", "HELD", "LAG s", "EPOCH", "PROBLEM");
        for (var task : tasks) {
            out.printf(
                    ROW,
                    task.path("integration").asText(),
                    task.path("task").asText(),
                    task.path("phase").asText(),
                    task.path("heldBatches").asText(),
                    task.path("lagSeconds").asText(),
                    task.path("epoch").asText(),
                    task.path("problem").asText());
        }
    }
}
