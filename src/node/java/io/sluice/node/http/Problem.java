package io.sluice.node.http;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Ends a request with an error its caller can do something about (RFC 9457).
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient List<String> problems;
    private final Optional<Duration> retryAfter;

    private Problem(ErrorCode code, String detail, List<String> problems, Optional<Duration> retryAfter) {
        super(detail, null, false, false);
        this.code = code;
        this.problems = List.copyOf(problems);
        this.retryAfter = retryAfter;
    }

    /// @param detail what was expected, what was found, what to do
    public static Problem of(ErrorCode code, String detail) {
        return new Problem(code, detail, List.of(), Optional.empty());
    }

    /// @param problems each thing that is wrong
    public static Problem of(ErrorCode code, String detail, List<String> problems) {
        return new Problem(code, detail, problems, Optional.empty());
    }

    public static Problem later(ErrorCode code, String detail, Duration retryAfter) {
        return new Problem(code, detail, List.of(), Optional.of(retryAfter));
    }

    public ErrorCode code() {
        return code;
    }

    Optional<Duration> retryAfter() {
        return retryAfter;
    }

    Answer answer() {
        var body = Json.object()
                .put("type", "/problems/" + code.code())
                .put("title", code.title())
                .put("status", code.status())
                .put("code", code.code())
                .put("detail", getMessage());
        if (!problems.isEmpty()) {
            var all = body.putArray("problems");
            problems.forEach(all::add);
        }
        var answer = new Answer(code.status(), "application/problem+json", Json.bytes(body), List.of());
        return retryAfter
                .map(pause -> answer.header("Retry-After", Long.toString(Math.max(1, (pause.toMillis() + 999) / 1000))))
                .orElse(answer);
    }
}
