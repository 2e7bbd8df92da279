package io.sluice.node.http;

/// What a request can fail by. The code is stable; each has a page at `/problems/{code}` and a line in
/// `docs/problems.md`.
public enum ErrorCode {
    NO_SUCH_PATH("no-such-path", 404, "Nothing is served there", "See /docs for all paths."),
    METHOD_NOT_ALLOWED(
            "method-not-allowed", 405, "Not with this method", "The header Allow names the methods the path takes."),
    INVALID_REQUEST(
            "invalid-request",
            400,
            "The request is not as described",
            "A parameter, a header or the body breaks the description of the operation. `problems` names each place,"
                    + " /docs shows what is expected."),
    NOT_JSON(
            "not-json", 400, "The body is not JSON", "`detail` names line and column. Two equal keys are refused too."),
    TOO_LARGE(
            "too-large",
            413,
            "The request is too long",
            "Send less at a time, or raise sluice.api.request-max on the nodes."),
    UNSUPPORTED_CONTENT_TYPE(
            "unsupported-content-type", 415, "This content type is not taken", "`detail` names those that are."),
    TOO_SLOW(
            "request-too-slow",
            408,
            "The request took too long to arrive",
            "The whole request has to be there within sluice.api.request-timeout."),
    UNAUTHORIZED(
            "unauthorized",
            401,
            "Not logged in",
            "Log in with POST /v1/session, or send a token: Authorization: Bearer slc_…. What was shown is missing,"
                    + " unknown, expired or was revoked, or its user was locked or has another password now."),
    WRONG_PASSWORD(
            "wrong-password",
            401,
            "User or password is wrong",
            "Which of both is not told. A locked user cannot log in either; ask an admin."),
    FORBIDDEN(
            "forbidden",
            403,
            "The caller may not do this",
            "`detail` names the scope that is needed. An admin gives another role; a token can be made with more scopes."),
    CSRF(
            "csrf",
            403,
            "The session's second half is missing",
            "What changes anything by a session has to show header Sluice-Csrf with the value the login gave, or"
                    + " GET /v1/session tells. Programs use a token instead."),
    ABSENT("absent", 404, "There is none of that name", "It was never there, or somebody removed it."),
    PRESENT("present", 409, "There is one already", "Use another name, or change the one that is there."),
    STALE(
            "stale",
            412,
            "Another change came first",
            "Read it again, look at what the other one did, and repeat the change with the new ETag."),
    READ_ONLY(
            "read-only",
            409,
            "It is declared in the files of the nodes",
            "Change it there, on every node, and restart them; or remove it there to define it here."),
    FULL("full", 409, "There are as many as there may be", "Remove some, or raise sluice.catalog.entries-max."),
    DISABLED("disabled", 409, "The integration does not run", "Enable it first."),
    INVALID_DEFINITION(
            "invalid-definition",
            422,
            "It cannot be used as it is",
            "`problems` says all that is wrong with it, or with what depends on it. Nothing was changed."),
    TOO_MANY_REQUESTS(
            "too-many-requests",
            429,
            "Too many requests of this caller",
            "Wait as long as Retry-After says. The limits are in sluice.api."),
    LOCKED_OUT(
            "locked-out",
            429,
            "Too many wrong passwords",
            "The door is shut for this user from this address, longer with each further one. Retry-After says how long."),
    OVERLOADED(
            "overloaded",
            429,
            "The messages cannot be taken now",
            "Kafka is slower than what is published. None of the request was taken; send it again after Retry-After."),
    STORE_AWAY(
            "store-away",
            503,
            "The store does not answer",
            "Messages go on; only what is kept in the data base waits. A change may have been made all the same: read it"
                    + " again before it is repeated."),
    BUSY(
            "busy",
            503,
            "The node has too much to do",
            "Ask again after Retry-After, or ask another node. Nothing was changed."),
    NOT_SAFE_YET(
            "not-safe-yet",
            504,
            "Not known to be safe",
            "Kafka did not acknowledge in time. The message may be delivered yet: send it again with the same"
                    + " Idempotency-Key, or the same event id, so that a repeat can be told."),
    INTERNAL(
            "internal",
            500,
            "A fault of Sluice",
            "It is none of the request. The node's log has it under the id in `detail`; please report it.");

    private final String code;
    private final int status;
    private final String title;
    private final String cure;

    ErrorCode(String code, int status, String title, String cure) {
        this.code = code;
        this.status = status;
        this.title = title;
        this.cure = cure;
    }

    public String code() {
        return code;
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    /// What somebody who meets it can do.
    public String cure() {
        return cure;
    }
}
