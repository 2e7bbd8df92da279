package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Ends a command with an exit code, and a line or more for who called it.
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final int status;
    private final transient List<String> more;

    private Failure(int exitCode, int status, String line, List<String> more) {
        super(line, null, false, false);
        this.exitCode = exitCode;
        this.status = status;
        this.more = List.copyOf(more);
    }

    static Failure of(int exitCode, String line) {
        return new Failure(exitCode, 0, line, List.of());
    }

    /// The server refused it, for several reasons.
    static Failure refused(List<String> lines) {
        return new Failure(ExitCode.REFUSED, 0, lines.getFirst(), lines.subList(1, lines.size()));
    }

    /// The command cannot be meant like that.
    static Failure usage(String line) {
        return of(ExitCode.USAGE, line);
    }

    /// An answer that is no success.
    ///
    /// @param problem    its problem document, or a missing node
    /// @param base       the server
    /// @param retryAfter seconds to wait, as the server says
    static Failure answered(int status, JsonNode problem, URI base, Optional<String> retryAfter) {
        var code = problem.path("code").asText("");
        if (code.isEmpty()) {
            return new Failure(
                    ExitCode.AWAY,
                    status,
                    "expected a Sluice node at %s, was something else (status %d)".formatted(base, status),
                    List.of());
        }
        var detail = problem.path("detail").asText(problem.path("title").asText());
        var more = new ArrayList<String>();
        problem.path("problems").forEach(each -> more.add("- " + each.asText()));
        more.remove("- " + detail);
        retryAfter.ifPresent(seconds -> more.add("try again in %s s".formatted(seconds)));
        if (code.equals("unauthorized")) {
            more.add("log in with: sluice login");
        }
        more.add("see " + page(base, problem.path("type").asText("/problems/" + code)));
        return new Failure(exitCode(status), status, "%s (%s, status %d)".formatted(detail, code, status), more);
    }

    private static int exitCode(int status) {
        if (status == 401 || status == 403) {
            return ExitCode.FORBIDDEN;
        }
        return status >= 500 ? ExitCode.AWAY : ExitCode.REFUSED;
    }

    private static String page(URI base, String type) {
        return type.startsWith("/") ? base + type : type;
    }

    int exitCode() {
        return exitCode;
    }

    /// What the server answered; 0 if it did not.
    int status() {
        return status;
    }

    /// Lines after the first.
    List<String> more() {
        return more;
    }
}
