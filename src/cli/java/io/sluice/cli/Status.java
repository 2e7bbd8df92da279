package io.sluice.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// Shows whether a node is ready, what is missing if not, and how its tasks are.
@Command(name = "status", description = "Readiness, members and tasks of a node.", mixinStandardHelpOptions = true)
final class Status implements Callable<Integer> {
    private static final String PORT_VARIABLE = "SLUICE_MANAGEMENT_PORT";
    private static final int PORT_MAX = 65_535;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String ROW = "%-24s %5s  %-12s %8s %8s %8s  %s%n";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--management",
            paramLabel = "HOST:PORT",
            converter = Address.class,
            description = "Management of the node; default 127.0.0.1 and SLUICE_MANAGEMENT_PORT, or 7626.")
    private Optional<URI> given = Optional.empty();

    private final ObjectMapper json = new ObjectMapper();

    /// `HOST:PORT`, as every verb takes it; a leading `http://` does no harm.
    static final class Address implements ITypeConverter<URI> {
        @Override
        public URI convert(String text) {
            try {
                var address = new URI(text.startsWith("http://") ? text : "http://" + text);
                var bare =
                        address.getRawPath().isEmpty() || address.getRawPath().equals("/");
                if (address.getHost() != null && address.getPort() > 0 && address.getPort() <= PORT_MAX && bare) {
                    return address.resolve("/");
                }
            } catch (URISyntaxException _) {
                // told below
            }
            throw new TypeConversionException("expected HOST:PORT, was " + text);
        }
    }

    /// Exit code 0: ready; 1: not ready; 2: no answer.
    @Override
    public Integer call() throws InterruptedException {
        var out = spec.commandLine().getOut();
        var management = given.orElseGet(this::usual);
        var name = management.getAuthority();
        try (var client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            var ready = get(client, management.resolve("/ready"));
            out.printf("%s: %s%n", name, ready.statusCode() == 200 ? "ready" : "not ready: " + ready.body());
            printMembers(
                    out,
                    json.readTree(
                            get(client, management.resolve("/cluster/members")).body()));
            printTasks(
                    out, json.readTree(get(client, management.resolve("/tasks")).body()));
            return ready.statusCode() == 200 ? 0 : 1;
        } catch (IOException e) {
            spec.commandLine()
                    .getErr()
                    .printf(
                            "status: expected a node at %s, was %s; start one with ./sluice up or name another with --management%n",
                            name, words(e));
            return 2;
        }
    }

    /// Where a node in this environment would listen; an empty variable counts as unset, as it does for a node.
    private URI usual() {
        var port = Optional.ofNullable(System.getenv(PORT_VARIABLE)).filter(text -> !text.isEmpty());
        try {
            return new Address().convert("127.0.0.1:" + port.orElse("7626"));
        } catch (TypeConversionException _) {
            throw new ParameterException(
                    spec.commandLine(), "%s: expected a port, was %s".formatted(PORT_VARIABLE, port.orElse("")));
        }
    }

    private static String words(IOException failure) {
        if (failure instanceof ConnectException) {
            return "nobody there";
        }
        if (failure instanceof JacksonException) {
            return "something else";
        }
        return Objects.requireNonNullElse(
                failure.getMessage(), failure.getClass().getSimpleName());
    }

    private static HttpResponse<String> get(HttpClient client, URI what) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(what).timeout(TIMEOUT).build();
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
