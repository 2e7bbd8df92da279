package io.sluice.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
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
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/// Shows whether a node is ready, what is missing if not, and how its tasks are: by the API if somebody is
/// logged in, by the node's management if not.
@Command(
        name = "status",
        description = {
            "Readiness, members and tasks of a node.",
            "Asks the API if you are logged in. If not, or with --management, it asks the node's management, which"
                    + " needs no login; then exit code 2 also stands for no answer."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:ready",
            "1:not ready, or refused by the server",
            "2:wrong usage, or no answer of the management",
            "3:the server cannot be reached, or failed",
            "4:not logged in, or not allowed",
            "70:a fault of the command itself"
        },
        mixinStandardHelpOptions = true)
final class Status implements Callable<Integer> {
    private static final String PORT_VARIABLE = "SLUICE_MANAGEMENT_PORT";
    private static final int PORT_MAX = 65_535;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @Mixin
    private final Asking asking = new Asking();

    @Option(
            names = "--management",
            paramLabel = "HOST:PORT",
            converter = ManagementAddress.class,
            description = "Management of the node; default 127.0.0.1 and SLUICE_MANAGEMENT_PORT, or 7626.")
    private Optional<URI> given = Optional.empty();

    private final ObjectMapper json = new ObjectMapper();

    /// `HOST:PORT`, as every verb takes it; a leading `http://` does no harm.
    static final class ManagementAddress implements ITypeConverter<URI> {
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

    /// Exit code 0: ready; 1: not ready; 2: no answer of the management.
    @Override
    public Integer call() throws InterruptedException {
        return given.isEmpty() && asking.isLoggedIn() ? ofApi() : ofManagement();
    }

    private int ofApi() {
        try (var client = asking.client()) {
            return shown(client.base().getAuthority(), client.json(Ask.get("/status")));
        }
    }

    private int ofManagement() throws InterruptedException {
        var management = given.orElseGet(this::usual);
        var name = management.getAuthority();
        try (var client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            var ready = get(client, management.resolve("/ready"));
            var isReady = ready.statusCode() == 200;
            var status = json.createObjectNode().put("ready", isReady);
            var missing = status.putArray("missing");
            if (!isReady) {
                missing.add(ready.body().strip());
            }
            var members = json.readTree(
                    get(client, management.resolve("/cluster/members")).body());
            status.set(
                    "members",
                    json.createArrayNode()
                            .addAll(members.path("members").valueStream().toList()));
            status.set(
                    "tasks",
                    json.readTree(get(client, management.resolve("/tasks")).body()));
            return shown(name, status);
        } catch (IOException e) {
            throw Failure.of(
                    ExitCode.USAGE,
                    "expected a node at %s, was %s; start one with ./sluice up or name another with --management"
                            .formatted(name, words(e)));
        }
    }

    private int shown(String name, JsonNode status) {
        var isReady = status.path("ready").asBoolean();
        asking.show(status, () -> text(name, status));
        return isReady ? ExitCode.DONE : ExitCode.REFUSED;
    }

    private String text(String name, JsonNode status) {
        var text = new StringBuilder(name).append(": ");
        var missing = new StringJoiner(", ");
        status.path("missing").forEach(each -> missing.add(each.asText()));
        text.append(status.path("ready").asBoolean() ? "ready" : "not ready: " + Plain.line(missing.toString()))
                .append('\n');
        for (var member : status.path("members")) {
            text.append("member %s %s%n"
                    .formatted(
                            Plain.line(member.path("node").asText()),
                            Plain.line(member.path("status").asText())));
        }
        return text.append(asking.table(Integrations.TASKS, status.path("tasks")))
                .toString();
    }

    /// Where a node in this environment would listen; an empty variable counts as unset, as it does for a node.
    private URI usual() {
        var port = asking.surroundings().variable(PORT_VARIABLE);
        try {
            return new ManagementAddress().convert("127.0.0.1:" + port.orElse("7626"));
        } catch (TypeConversionException _) {
            throw new ParameterException(
                    asking.command().commandLine(),
                    "%s: expected a port, was %s".formatted(PORT_VARIABLE, port.orElse("")));
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
}
