package io.sluice.node.http;

import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.http.ParsingErrorHandler;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.ErrorInfo;
import org.apache.pekko.http.scaladsl.model.StatusCode;
import org.apache.pekko.http.scaladsl.settings.ServerSettings;

/// Answers what is no HTTP request, or one beyond the server's own limits, with a problem like every other. Named in
/// `hocon/sluice.conf`; Pekko takes the one instance of it.
public final class ParsingErrors extends ParsingErrorHandler {
    /// Where Pekko looks for it.
    public static final ParsingErrors MODULE$ = new ParsingErrors();

    private ParsingErrors() {}

    @Override
    public HttpResponse handle(StatusCode status, ErrorInfo error, LoggingAdapter log, ServerSettings settings) {
        log.debug("a request could not be read: {} {}", status, error.summary());
        return Server.response(answer(status.intValue()));
    }

    private static Answer answer(int status) {
        return switch (status) {
            // TRACE with a body, or a method that HTTP does not have
            case 422, 501 ->
                Problem.of(ErrorCode.METHOD_NOT_ALLOWED, "method: expected one that a path takes, was another")
                        .answer()
                        .header("Allow", "GET, POST, PUT, PATCH, DELETE");
            case 413 -> Problem.of(ErrorCode.TOO_LARGE, "body: expected less").answer();
            case 414 ->
                Problem.of(ErrorCode.INVALID_REQUEST, "uri: expected at most 8192 characters, was more")
                        .answer();
            case 431 ->
                Problem.of(ErrorCode.INVALID_REQUEST, "headers: expected at most 64 of 8192 characters each, was more")
                        .answer();
            default ->
                Problem.of(ErrorCode.INVALID_REQUEST, "request: expected one as RFC 9112 says, was something else")
                        .answer();
        };
    }
}
